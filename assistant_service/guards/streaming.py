"""The guard on a streamed answer: what may be shown now, and what never is.

A sentence that names a grade or an address is broken off where it does, invented quotes and sources are left out, and
an answer that recites its instructions stops. However the answer is cut into pieces, the same is shown. A leak in other
words or in another language is not seen here; the instructions hold nothing that harms when it is read.
"""

import re
from collections.abc import Callable, Iterator, Sequence

import regex

from assistant_service.guards.containers import LEFT_OUT, Containers
from assistant_service.guards.judgements import ADDRESS, judgement
from assistant_service.guards.letters import folded, visible
from assistant_service.guards.recital import RUN, SUSPECT, Recital, letter

_TAIL = 240  # characters
_SENTENCE_END = re.compile(r"[.!?…](?=\s)|\n")


class GuardStop(Exception):
    """The rest of an answer must not be shown.

    Args:
        kind: why: `prompt-leak`.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class StreamGuard:
    """Guards one answer.

    Args:
        allowed_texts: what may be quoted: the learner's words and the passages.
        sources: how many passages were given, numbered from 1.
        secrets: the instructions, and marks that nobody may know; one word alone is a mark.
        levels: titles of the rubric's levels.
        restore: puts back what was redacted.
        hidden: a word between brackets that the model says to the programme; `hid` tells whether it did.
    """

    def __init__(
        self,
        allowed_texts: Sequence[str],
        sources: int,
        secrets: Sequence[str],
        levels: Sequence[str],
        restore: Callable[[str], str],
        hidden: str = "",
    ) -> None:
        self._containers = Containers(allowed_texts, sources, restore, hidden)
        self._patterns = (judgement(tuple(sorted(set(levels)))), ADDRESS)
        self._marks = [one for one in secrets if one and len(one.split()) == 1]
        self._recital = Recital([one for one in secrets if one not in self._marks])
        self._tail = ""  # the end of what was shown, for what patterns must see before a word
        self._held = ""
        self._dropping = False

    @property
    def cited(self) -> frozenset[int]:
        """The numbers of the passages that were cited."""
        return frozenset(self._containers.cited)

    @property
    def hid(self) -> bool:
        """Whether the hidden word was said."""
        return self._containers.hid

    def feed(self, piece: str) -> str:
        """Give what may be shown now.

        Raises:
            GuardStop: nothing more may be.
        """
        return self._pass(self._containers.feed(visible(piece)), last=False)

    def finish(self) -> str:
        """Give the rest.

        Raises:
            GuardStop: the rest may not be shown.
        """
        return self._pass(self._containers.feed("", last=True), last=True)

    def _pass(self, text: str, *, last: bool) -> str:
        self._held += text
        out: list[str] = []
        while self._held and not (self._dropping and not self._skip_sentence(last=last)):
            plain = folded(self._tail + self._held)
            start = len(self._tail)
            safe = len(self._held) if last else self._safe(plain) - start
            found = self._first(plain + "\n" if last else plain, start)
            if found is None or found.start() - start >= safe:
                out.append(self._show(safe, whole=last))
                break
            out.append(self._show(found.start() - start, whole=True))
            out.append(LEFT_OUT)
            self._dropping = True
        shown = "".join(out)
        if any(mark in shown for mark in self._marks):
            raise GuardStop("prompt-leak")
        return shown

    def _first(self, plain: str, start: int) -> "regex.Match[str] | None":
        found = [one for pattern in self._patterns if (one := pattern.search(plain, start))]
        return min(found, key=lambda one: one.start(), default=None)

    def _safe(self, plain: str) -> int:
        """Give the place up to which nothing can become forbidden by what is still to come."""
        for place in _starts(plain, len(self._tail)):
            for pattern in self._patterns:
                found = pattern.match(plain, place, partial=True)
                # A match that ends where the text does may still become another word.
                if found is not None and (found.partial or found.end() == len(plain)):
                    return place
        for mark in self._marks:
            # Its beginning waits, when it is long enough to be no chance.
            for size in range(min(len(mark) - 1, len(self._held)), 5, -1):
                if self._held.endswith(mark[:size]):
                    return len(plain) - size
        return len(plain)

    def _skip_sentence(self, *, last: bool) -> bool:
        """Leave out the rest of a sentence; False when its end is still to come."""
        end = _SENTENCE_END.search(self._held)
        if end is None:
            # A full stop is an end only with what stands after it.
            self._held = "" if last else self._held[-1:]
            return False
        self._held = self._held[end.start() if end.group() == "\n" else end.end() :]
        self._tail, self._dropping = "", False
        return True

    def _show(self, length: int, *, whole: bool) -> str:
        """Take so much off what is held; less, unless `whole`, where it recites the instructions so far."""
        told = self._tail + self._held[:length]
        letters, row = "", 0
        suspect: int | None = None
        for place, sign in enumerate(folded(told)):
            if not (plain := letter(sign)):
                continue
            letters = (letters + plain)[-SUSPECT:]
            row = row + 1 if self._recital.follow(letters) else 0
            if row > RUN - SUSPECT:
                raise GuardStop("prompt-leak")
            if not row:
                suspect = None
            elif suspect is None:
                suspect = place
        if suspect is not None and not whole:
            length = max(0, min(length, suspect - len(self._tail)))
        shown, self._held = self._held[:length], self._held[length:]
        self._tail = (self._tail + shown)[-_TAIL:]
        return shown


def _starts(plain: str, start: int) -> Iterator[int]:
    """Give the places where something forbidden can begin: where a word does, or a sign that is none."""
    for place in range(start, len(plain)):
        if not plain[place].isalnum() or place == 0 or not plain[place - 1].isalnum():
            yield place
