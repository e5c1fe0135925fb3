"""One build of an index, opened: what a question touches in it, ranked, and given as readable passages.

Safe to use from several threads. Which build that is, and for whom, `search.py` knows.
"""

import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice, zip_longest

import numpy

from assistant_service.knowledge.building import LEXICAL, PLACES, Manifest
from assistant_service.knowledge.index_chroma import Entry
from assistant_service.knowledge.joining import readable
from assistant_service.knowledge.lexical import LexicalIndex
from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.places import Allowed, Places
from assistant_service.knowledge.postings import Numbers
from assistant_service.knowledge.ranking import DEPTH, Parts, best, fuse
from assistant_service.knowledge.vectors import Vector
from assistant_service.knowledge.versions import Lease

_FIRST = 3  # places of all in which a module that is not thin has something
_MOST_NEAR = 200  # passages that are asked of Chroma when few of them may be shown


@dataclass(frozen=True)
class Found:
    """A document that a question found.

    Args:
        passage: the number of its best passage.
        score: how it ranks, from 0 to 1.
        coverage: the share of the question's words that the passage has.
    """

    passage: int
    score: float
    coverage: float


def widened(fitting: Sequence[Found], wider: Sequence[Found], k: int) -> list[Found]:
    """Give what a module has first, and fill up with what others have.

    Where the module is thin, with none of its own among the first few of all, they take turns: somebody may ask about
    something else than the module they are in.

    Args:
        fitting: found in the module, best first.
        wider: found in all, best first.
        k: how many are wanted.
    """
    own = {one.passage for one in fitting}
    others = [one for one in wider if one.passage not in own]
    turns: Iterable[Found] = chain(fitting, others)
    if others[:_FIRST] == list(wider[:_FIRST]):
        turns = (one for pair in zip_longest(fitting, others) for one in pair if one is not None)
    lowest = 1.0
    given: list[Found] = []
    for one in islice(turns, k):
        lowest = min(lowest, one.score)
        given.append(replace(one, score=lowest))
    return given


class Reader:
    """One build, opened; closed when it is retired and the last search in it is done."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self.name = lease.build.name
        manifest = Manifest.of(lease.build)
        self._size = manifest.passages
        if self._size:
            self._lexical = LexicalIndex.load(lease.build / LEXICAL)
            self._places = Places.load(lease.build / PLACES)
            self._store = manifest.open(lease.build)
        self._users = 1  # the one who keeps it open
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count one more who uses it."""
        with self._lock:
            self._users += 1

    def give_back(self) -> None:
        """Count one less; the last one out closes."""
        with self._lock:
            self._users -= 1
            last = self._users == 0
        if last:
            if self._size:
                self._store.close()
            self._lease.release()

    retire = give_back

    def groups_in(self, query: str) -> dict[int, list[str]]:
        """Give the groups of the thesaurus that a question touches, by number."""
        if not self._size:
            return {}
        lexical = self._lexical
        return {number: lexical.groups[number] for number in lexical.synonyms.touched(query, lexical.analyzer)}

    def find(self, query: str, k: int, modules: Sequence[str | None], on: date, parts: Parts) -> list[list[Found]]:
        """Give the k best documents for a question, valid on a day, once for each of some modules; None: of all."""
        if not self._size:
            return [[] for _ in modules]
        lexical = self._lexical
        asked = lexical.asked_terms(query, thesaurus=parts.thesaurus, compounds=parts.compounds, without=parts.without)
        by_terms = lexical.score_terms(asked) if parts.terms else None
        by_grams = lexical.score_grams(query) if parts.grams else None
        masks = [self._places.allowed(module, on) for module in modules]
        near = self._near(lexical.vector(asked), masks) if parts.vectors else None
        coverage = lexical.coverage(query)
        found: list[list[Found]] = []
        for module, allowed in zip(modules, masks, strict=True):
            rankings: list[tuple[float, Numbers]] = []
            if by_terms is not None:
                rankings.append((parts.terms, best(by_terms, allowed)))
            if by_grams is not None:
                rankings.append((parts.grams, best(by_grams, allowed)))
            if near is not None:
                rankings.append((parts.vectors, near[allowed[near]][:DEPTH]))
            weights = self._places.own if module is not None and parts.own else None
            ranked = fuse(rankings, self._places.documents, weights, parts.documents)
            found.append([Found(one.passage, one.score, coverage.of(one.passage)) for one in ranked[:k]])
        return found

    def read(self, found: Sequence[Found]) -> list[Passage]:
        """Give what was found as passages, with what stands around each, in this order."""
        if not found:
            return []
        wanted: dict[int, None] = {}
        for one in found:
            for number in (one.passage, *self._around(one.passage)):
                if number is not None:
                    wanted[number] = None
        entries: dict[int, Entry] = {int(entry.id): entry for entry in self._store.read(list(wanted))}
        passages: list[Passage] = []
        for one in found:
            entry = entries[one.passage]
            before, after = (entries[number] if number is not None else None for number in self._around(one.passage))
            text = readable(entry, before, after)
            passages.append(Passage(entry.id, text, entry.title, entry.url, one.score, one.coverage, entry.modules))
        return passages

    def _around(self, passage: int) -> tuple[int | None, int | None]:
        continued = self._places.continued
        before = passage - 1 if continued[passage] else None
        after = passage + 1 if passage + 1 < self._size and continued[passage + 1] else None
        return before, after

    def _near(self, vector: Vector, masks: Sequence[Allowed]) -> Numbers:
        """Give the nearest passages: enough of them that those which may be shown are among them."""
        fewest = min(int(mask.sum()) for mask in masks)
        if not vector.any() or not any(mask.any() for mask in masks):
            return numpy.zeros(0, dtype=numpy.int32)
        number = min(_MOST_NEAR, self._size, math.ceil(DEPTH * self._size / max(fewest, 1)))
        return numpy.array(self._store.nearest(vector, number), dtype=numpy.int32)
