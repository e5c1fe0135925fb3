"""The first part of the output guard: what stands between marks, as `[1]`, “quoted words”, links, images and HTML.

Gives plain text on: citations of passages that were given, quotes that are literal, labels of links without their
address. Nothing of an image or a tag stays. Waits only for a mark to close, and not for long.
"""

import re
from collections.abc import Callable, Sequence

LEFT_OUT = "[…]"
_LONGEST = {"[": 260, "<": 200, "!": 720, "(": 502}  # characters that are waited for
_LONGEST_QUOTE = 500  # characters
_FEWEST_WORDS = 4  # of a quote that must be literal; fewer are a term or a title
_OPENERS = re.compile(r"[\[<!“„«\"‘]")
_CLOSERS = {"“": "”“", "„": "”“", "«": "»", '"': '"', "‘": "’"}
_BRACKET = re.compile(r"\[([^\[\]\n]{0,200})\]")
_TARGET = re.compile(r"\(([^()\n]{0,500})\)")
_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\([^()\n]{0,500}\)")
_TAG = re.compile(r"</?[a-zA-Z!?][^>\n]{0,180}>")


class Containers:
    """Reads a stream of text, and gives it on with what stands between marks checked.

    Args:
        allowed_texts: what may be quoted.
        sources: how many passages were given, numbered from 1.
        restore: puts back what was redacted, mark by mark.
        hidden: a word between brackets that is for the programme and not for people.
    """

    def __init__(self, allowed_texts: Sequence[str], sources: int, restore: Callable[[str], str], hidden: str) -> None:
        self._allowed = [_flat(text) for text in allowed_texts if text.strip()]
        self._sources = sources
        self._restore = restore
        self._hidden = hidden
        self._held = ""
        self._before = " "  # the last sign that was given on
        self.cited: set[int] = set()
        self.hid = False
        self.dropped: list[str] = []

    def feed(self, text: str, *, last: bool = False) -> str:
        """Give on what need not wait; with `last`, all of it."""
        self._held += text
        out: list[str] = []
        while self._held:
            found = _OPENERS.search(self._held)
            if found is None:
                out.append(self._take(len(self._held)))
                break
            if found.start():
                out.append(self._take(found.start()))
            told = self._container(last=last)
            if told is None:
                break
            out.append(told)
        return "".join(out)

    def _take(self, length: int) -> str:
        taken, self._held = self._held[:length], self._held[length:]
        self._before = taken[-1]
        return taken

    def _replace(self, length: int, told: str) -> str:
        self._before = self._held[length - 1]
        self._held = self._held[length:]
        return told

    def _container(self, *, last: bool) -> str | None:
        """Give what becomes of the mark at the beginning, or None to wait for more."""
        opener = self._held[0]
        if opener == "[":
            return self._bracket(last=last)
        if opener in "<!":
            return self._markup(opener, last=last)
        return self._quote(opener, last=last)

    def _bracket(self, *, last: bool) -> str | None:
        found = _BRACKET.match(self._held)
        if found is None:
            return self._wait_or_pass("[", "\n", last=last)
        inside, end = found.group(1).strip(), found.end()
        if not last and self._may_be_link(end):
            return None
        if target := _TARGET.match(self._held, end):
            self.dropped.append("address")
            return self._replace(target.end(), inside)
        if f"[{inside}]" == self._hidden:
            self.hid = True
            return self._replace(end, "")
        numbers = [part.strip() for part in inside.split(",")]
        if all(part.isdecimal() for part in numbers):
            good = [int(part) for part in numbers if 1 <= int(part) <= self._sources]
            self.cited.update(good)
            if len(good) < len(numbers):
                self.dropped.append("invented-source")
            return self._replace(end, "".join(f"[{number}]" for number in good))
        return self._replace(end, self._restore(found.group()))

    def _may_be_link(self, end: int) -> bool:
        if end == len(self._held):
            return True
        return self._held[end] == "(" and not _TARGET.match(self._held, end) and len(self._held) - end < _LONGEST["("]

    def _markup(self, opener: str, *, last: bool) -> str | None:
        if len(self._held) == 1:
            return self._take(1) if last else None
        if (opener == "!") != (self._held[1] == "[") and not (
            opener == "<" and re.match(r"[a-zA-Z/!?]", self._held[1])
        ):
            return self._take(1)
        found = (_IMAGE if opener == "!" else _TAG).match(self._held)
        if found is None:
            return self._wait_or_pass(opener, "\n", last=last)
        self.dropped.append("markup")
        return self._replace(found.end(), "")

    def _quote(self, opener: str, *, last: bool) -> str | None:
        if opener in '"‘' and self._before.isalnum():
            return self._take(1)  # inches, or a closing mark
        closers = _CLOSERS[opener]
        window, whole = self._held[:_LONGEST_QUOTE], last or len(self._held) > _LONGEST_QUOTE
        paragraph, broken, _ = window.partition("\n\n")
        end = next((place for place, sign in enumerate(paragraph[1:], start=1) if sign in closers), 0)
        if not end:
            # Nobody closes it: what follows is not a quote, and must not look like one.
            if not broken and not whole:
                return None
            plain = len(paragraph.split()) < _FEWEST_WORDS or self._is_literal(paragraph[1:])
            return self._take(1) if plain else self._replace(1, "")
        words = self._held[1:end]
        if len(words.split()) < _FEWEST_WORDS or self._is_literal(words):
            return self._replace(end + 1, opener + self._restore(self._inner(words)) + self._held[end])
        self.dropped.append("invented-quote")
        return self._replace(end + 1, LEFT_OUT)

    def _inner(self, words: str) -> str:
        """Give quoted words without marks of their own."""
        return re.sub(r"[\[\]<>!]", "", words) if self._restore(words) == words else words

    def _is_literal(self, words: str) -> bool:
        flat = _flat(words).strip(" .,;:…!?")
        return bool(flat) and any(flat in text for text in self._allowed)

    def _wait_or_pass(self, opener: str, end: str, *, last: bool) -> str | None:
        if not last and len(self._held) <= _LONGEST[opener] and end not in self._held:
            return None
        return self._take(1)


def _flat(text: str) -> str:
    """Give a text to compare quotes with: one space, plain apostrophes, small letters."""
    return " ".join(text.replace("’", "'").replace("‘", "'").split()).casefold()
