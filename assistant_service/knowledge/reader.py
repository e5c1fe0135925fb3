"""One build of an index, opened: what a question touches in it, ranked, and given as readable passages.

Safe to use from several threads. Which build that is, and for whom, `search.py` knows.
"""

import math
import threading
from collections.abc import Sequence
from datetime import date

import numpy

from assistant_service.knowledge.building import LEXICAL, PLACES, TEXTS, Manifest
from assistant_service.knowledge.joining import readable
from assistant_service.knowledge.lexical import LexicalIndex
from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.places import Allowed, Places
from assistant_service.knowledge.postings import Numbers
from assistant_service.knowledge.ranking import DEPTH, Parts, Ranked, best, fuse
from assistant_service.knowledge.texts import Texts
from assistant_service.knowledge.vectors import Vector
from assistant_service.knowledge.versions import Lease

_MOST_NEAR = 200  # passages that are asked of Chroma when few of them may be shown


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
            self._texts = Texts.load(lease.build / TEXTS)
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
                self._texts.close()
            self._lease.release()

    retire = give_back

    def groups_in(self, query: str) -> dict[int, list[str]]:
        """Give the groups of the thesaurus that a question touches, by number."""
        if not self._size:
            return {}
        lexical = self._lexical
        return {number: lexical.groups[number] for number in lexical.synonyms.touched(query, lexical.analyzer)}

    def find(self, query: str, k: int, modules: Sequence[str | None], on: date, parts: Parts) -> list[list[Ranked]]:
        """Give the k best documents for a question, valid on a day, once for each of some modules; None: of all."""
        if not self._size:
            return [[] for _ in modules]
        lexical = self._lexical
        asked = lexical.asked_terms(query, thesaurus=parts.thesaurus, compounds=parts.compounds, without=parts.without)
        by_terms = lexical.score_terms(asked) if parts.terms else None
        by_grams = lexical.score_grams(query) if parts.grams else None
        masks = [self._places.allowed(module, on) for module in modules]
        near = self._near(lexical.vector(asked), masks) if parts.vectors else None
        found: list[list[Ranked]] = []
        for module, allowed in zip(modules, masks, strict=True):
            rankings: list[tuple[float, Numbers]] = []
            if by_terms is not None:
                rankings.append((parts.terms, best(by_terms, allowed)))
            if by_grams is not None:
                rankings.append((parts.grams, best(by_grams, allowed)))
            if near is not None:
                rankings.append((parts.vectors, near[allowed[near]][:DEPTH]))
            weights = self._places.own if module is not None and parts.own else None
            found.append(fuse(rankings, self._places.documents, k, own=weights, together=parts.documents))
        return found

    def read(self, query: str, found: Sequence[Ranked]) -> list[Passage]:
        """Give what was found for a question as passages, with what stands around each, in this order."""
        if not found:
            return []
        coverage = self._lexical.coverage(query)
        around = [self._around(one.passage) for one in found]
        wanted = {one.passage for one in found} | {number for both in around for number in both}
        entries = self._texts.read(sorted(wanted - {-1}))
        passages: list[Passage] = []
        for one, (before, after) in zip(found, around, strict=True):
            entry = entries[one.passage]
            text = readable(entry, entries.get(before), entries.get(after))
            share = coverage.of(one.passage)
            passages.append(Passage(entry.id, text, entry.title, entry.url, one.score, share, entry.modules))
        return passages

    def _around(self, passage: int) -> tuple[int, int]:
        """Give the numbers of the passages that it goes on from and that go on from it; -1 for none."""
        continued = self._places.continued
        before = passage - 1 if continued[passage] else -1
        after = passage + 1 if passage + 1 < self._size and continued[passage + 1] else -1
        return before, after

    def _near(self, vector: Vector, masks: Sequence[Allowed]) -> Numbers:
        """Give the nearest passages: enough of them that those which may be shown are among them."""
        fewest = min(int(mask.sum()) for mask in masks)
        if not vector.any() or not any(mask.any() for mask in masks):
            return numpy.zeros(0, dtype=numpy.int32)
        number = min(_MOST_NEAR, self._size, math.ceil(DEPTH * self._size / max(fewest, 1)))
        return numpy.array(self._store.nearest(vector, number), dtype=numpy.int32)
