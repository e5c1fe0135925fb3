"""The language of signals: phrases that are looked for in a sentence, with what Dutch needs of endings and distance.

A phrase is words, in order. Besides: `geluk*` any ending; `…` up to eight words in between, within one clause;
`{dag}` any word of that group (data/feedback/woordgroepen.yaml); `A & B` both in the sentence, in any order;
`A & -B` A without B; `~A` counts too when the sentence denies it, for phrases that are about not knowing or not doing.
"""

import bisect
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import yaml

from assistant_service.feedback.sentences import Token, full_form

_GAP = "…"
_BETWEEN = r"(?:[^ ,;:()\"“”«»–—/]+ ){0,8}?"
_GROUP = re.compile(r"\{([a-z-]+)\}")
_DATA = files("assistant_service") / "data" / "feedback"
_FILES = ("woordgroepen.yaml", "crisis-woordgroepen.yaml")


class PhraseError(ValueError):
    """A phrase that cannot be looked for: an unknown group, or nothing in it."""


@dataclass(frozen=True)
class Line:
    """A sentence as phrases are looked for in it: its tokens, each with a space after it, and where each begins."""

    text: str
    starts: tuple[int, ...]

    @staticmethod
    def of(tokens: Sequence[Token]) -> "Line":
        """Put tokens in one line."""
        starts: list[int] = []
        place = 1
        for token in tokens:
            starts.append(place)
            place += len(token.folded) + 1
        return Line(" " + "".join(token.folded + " " for token in tokens), tuple(starts))


Place = tuple[int, int]  # the numbers of the first token and of the one after the last


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase.

    Args:
        source: as it was written.
        wanted: all of them must be there.
        unwanted: none of these may be there.
        denied_too: whether it counts in a sentence that denies it.
        needs: the longest of the words that any line it is in has, to see quickly that it is not there; or empty.
    """

    source: str
    wanted: tuple[re.Pattern[str], ...]
    unwanted: tuple[re.Pattern[str], ...]
    denied_too: bool
    needs: str

    def find(self, line: Line) -> list[list[Place]]:
        """Give for every part that must be there all the places where it is; empty when the phrase is not there."""
        if self.needs not in line.text:
            return []
        places = [[_place(line, match) for match in pattern.finditer(line.text)] for pattern in self.wanted]
        if not all(places) or any(pattern.search(line.text) for pattern in self.unwanted):
            return []
        return places


def _place(line: Line, match: re.Match[str]) -> Place:
    # A match begins where a token does, and ends with the space after one.
    first = bisect.bisect_left(line.starts, match.start())
    return first, bisect.bisect_left(line.starts, match.end())


@functools.lru_cache(maxsize=4096)
def compile_phrase(source: str) -> Phrase:
    """Give the phrase that a signal writes.

    Raises:
        PhraseError: it names an unknown group, or has no words.
    """
    text = source.strip()
    denied_too = text.startswith("~")
    wanted: list[re.Pattern[str]] = []
    unwanted: list[re.Pattern[str]] = []
    needs: list[str] = []
    for part in text.removeprefix("~").split("&"):
        stripped = part.strip()
        (unwanted if stripped.startswith("-") else wanted).append(_pattern(stripped.removeprefix("-"), source))
        if not stripped.startswith("-"):
            needs += _needs(stripped)
    if not wanted:
        raise PhraseError(f"{source!r} zegt niet wat er wel moet staan")
    return Phrase(source, tuple(wanted), tuple(unwanted), denied_too, max(needs, key=len, default=""))


def _pattern(text: str, source: str) -> re.Pattern[str]:
    pieces = [_BETWEEN if word == _GAP else _word(word) + " " for word in text.split()]
    if not pieces or all(piece == _BETWEEN for piece in pieces):
        raise PhraseError(f"{source!r} is leeg")
    return re.compile("(?<= )" + "".join(pieces))


def _needs(part: str) -> list[str]:
    words = [full_form(word) for word in part.split() if word != _GAP and not _GROUP.fullmatch(word)]
    return [" " + (word.removesuffix("*") if word.endswith("*") else word + " ") for word in words]


def _word(word: str) -> str:
    if group := _GROUP.fullmatch(word):
        return _group(group.group(1))
    folded = full_form(word)
    return re.escape(folded.removesuffix("*")) + (r"[^ ]*" if folded.endswith("*") else "")


@functools.lru_cache(maxsize=256)
def _group(name: str) -> str:
    entries = groups().get(name)
    if entries is None:
        raise PhraseError(f"de woordgroep {name!r} bestaat niet (data/feedback/woordgroepen.yaml)")
    return "(?:" + "|".join(_entry(entry) for entry in entries) + ")"


def _entry(entry: str) -> str:
    if entry.startswith("/"):
        return re.sub(r"\{([a-z-]+)\}", lambda name: _group(name.group(1)), entry.strip("/"))
    pieces = [_BETWEEN if word == _GAP else _word(word) + " " for word in entry.split()]
    return "".join(pieces).removesuffix(" ")


@functools.lru_cache(maxsize=1)
def groups() -> Mapping[str, tuple[str, ...]]:
    """Give the groups of words: each a list of rows, a row `/regular expression/` or phrases with commas between."""
    found: dict[str, tuple[str, ...]] = {}
    for file in _FILES:
        raw: dict[str, list[str]] = yaml.safe_load((_DATA / file).read_text(encoding="utf-8"))
        found |= {name: tuple(entry for row in rows for entry in _entries(row)) for name, rows in raw.items()}
    return found


def _entries(row: str) -> list[str]:
    return [row] if row.startswith("/") else [entry.strip() for entry in row.split(",") if entry.strip()]
