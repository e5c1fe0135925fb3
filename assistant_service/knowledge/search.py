"""Searching a tenant's knowledge: three rankings fused into one, over the passages that Chroma lets through.

BM25 on stems, parts of compounds and the thesaurus; BM25 on runs of letters; nearness of vectors in Chroma. A tenant's
index is found through our own records alone, opened lazily, and opened again when a new build is pointed to.
"""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import numpy

from assistant_service.configuration import AssistantSettings
from assistant_service.database import Database
from assistant_service.knowledge import jobs, standing
from assistant_service.knowledge.building import LEXICAL, Manifest, searched_text, versions_of
from assistant_service.knowledge.index_chroma import Entry
from assistant_service.knowledge.lexical import LexicalIndex, Scores
from assistant_service.knowledge.passages import HEADING, IndexState, Passage
from assistant_service.knowledge.vectors import vector
from assistant_service.knowledge.versions import Lease
from veranderkracht.activities.store import TenantSlug
from veranderkracht.clock import Clock, now
from veranderkracht.errors import VkError

THIN = 0.3  # coverage under which a passage hardly answers; measured, see `veranderkracht eval retrieval`
_DEPTH = 50  # places of each ranking that count
_RRF = 20  # how slowly a place loses worth; the usual 60 is for longer lists
_SPARE = 4  # passages that are looked at for each one that is given
_OPEN_TENANTS = 16  # indexes that a process keeps open

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """Which rankings take part and how heavily; the default is what searching uses, others are for measuring."""

    terms: float = 0.7
    grams: float = 1.0
    vectors: float = 0.1  # on its own it finds least; here it settles what the others leave undecided
    thesaurus: bool = True
    compounds: bool = True
    widening: bool = True
    without: frozenset[int] = frozenset()  # groups of the thesaurus, by number


class Knowledge:
    """The knowledge of all tenants, for one process; safe to use from several threads.

    Args:
        settings: where the indexes lie.
        database: where the documents and tenants are.
        clock: a document is not shown after its last valid day.
    """

    def __init__(self, settings: AssistantSettings, database: Database, clock: Clock = now) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._open: OrderedDict[TenantSlug, _Reader] = OrderedDict()
        self._process = os.getpid()
        self._lock = threading.Lock()

    def search(
        self, tenant: TenantSlug, query: str, k: int, module: str | None = None, *, parts: Parts | None = None
    ) -> list[Passage]:
        """Give the passages that fit a question best, best first; fewer than k, or none, when there is little.

        Args:
            tenant: whose knowledge; never another's.
            query: the question or text.
            k: how many at most.
            module: prefer what belongs to this module; others fill up when it has too little.
            parts: for measuring.

        Raises:
            Unavailable: `index-unavailable`, the index is missing or damaged; it is made anew by itself.
        """
        with self._reader(tenant) as reader:
            if reader is None or k < 1:
                return []
            on = self._clock().date()
            used = parts or Parts()
            if module is None:
                return reader.rank(query, k, None, on, used)
            fitting = reader.rank(query, k, module, on, used)
            if used.widening and all(one.coverage < THIN for one in fitting):
                fitting = []
            if len(fitting) < k and used.widening:
                known = {passage.id for passage in fitting}
                lowest = fitting[-1].score if fitting else 1.0
                wider = [one for one in reader.rank(query, k, None, on, used) if one.id not in known]
                fitting += [replace(one, score=min(one.score, lowest)) for one in wider]
            return fitting[:k]

    def groups_in(self, tenant: TenantSlug, query: str) -> dict[int, list[str]]:
        """Give the groups of the thesaurus that a question touches, by number; for measuring."""
        with self._reader(tenant) as reader:
            return reader.groups_in(query) if reader is not None else {}

    def state(self) -> IndexState:
        """Tell how the indexes stand; raises SQLAlchemyError when the database does not answer."""
        return standing.state_of_all(self._settings, self._database)

    def close(self) -> None:
        """Let go of every index."""
        with self._lock:
            for reader in self._open.values():
                reader.retire()
            self._open.clear()

    @contextmanager
    def _reader(self, tenant: TenantSlug) -> Iterator["_Reader | None"]:
        reader = None
        try:
            reader = self._take(tenant)
            if reader is None:
                standing.check_no_documents(self._database, tenant)
            yield reader
        except (VkError, RuntimeError):
            raise
        except Exception as fault:
            # Whatever it is (files, SQLite, numpy, Chroma or its server): the index does not answer.
            log.exception("the index of a tenant does not answer")
            self._let_go(tenant)
            jobs.wish_once(self._database, tenant)
            raise standing.unavailable() from fault
        finally:
            if reader is not None:
                reader.give_back()

    def _let_go(self, tenant: TenantSlug) -> None:
        with self._lock:
            if (reader := self._open.pop(tenant, None)) is not None:
                reader.retire()

    def _take(self, tenant: TenantSlug) -> "_Reader | None":
        with self._lock:
            if self._open and self._process != os.getpid():
                raise RuntimeError("this index was open before the process was forked; open it in each worker instead")
            self._process = os.getpid()
            versions = versions_of(self._settings, tenant)
            reader = self._open.get(tenant)
            if reader is None or reader.name != versions.current():
                lease = versions.lease()
                fresh = _Reader(lease) if lease is not None else None
                if reader is not None:
                    del self._open[tenant]
                    reader.retire()
                if fresh is None:
                    return None
                self._open[tenant] = reader = fresh
            self._open.move_to_end(tenant)
            reader.take()
            while len(self._open) > _OPEN_TENANTS:
                self._open.popitem(last=False)[1].retire()
            return reader


class _Reader:
    """One build, opened; closed when it is retired and the last search in it is done."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self.name = lease.build.name
        manifest = Manifest.of(lease.build)
        self._empty = manifest.passages == 0
        if not self._empty:
            self._lexical = LexicalIndex.load(lease.build / LEXICAL)
            self._store = manifest.open(lease.build)
        self._allowed: dict[tuple[str | None, date], list[str]] = {}
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
            if not self._empty:
                self._store.close()
            self._lease.release()

    retire = give_back

    def groups_in(self, query: str) -> dict[int, list[str]]:
        """Give the groups of the thesaurus that a question touches, by number."""
        if self._empty:
            return {}
        lexical = self._lexical
        return {number: lexical.groups[number] for number in lexical.synonyms.touched(query, lexical.analyzer)}

    def rank(self, query: str, k: int, module: str | None, on: date, parts: Parts) -> list[Passage]:
        """Give the k best passages of a module, or of all, valid on a day."""
        if self._empty:
            return []
        allowed = self._let_through(module, on)
        worth: dict[str, float] = {}
        full = 0.0
        for weight, ranked in self._rankings(query, module, on, parts, allowed):
            full += weight / (_RRF + 1)
            for place, id in enumerate(ranked, start=1):
                worth[id] = worth.get(id, 0.0) + weight / (_RRF + place)
        best = sorted(worth, key=lambda id: (-worth[id], id))[: k * _SPARE]
        found: dict[tuple[str, str], Entry] = {}
        for entry in self._store.read(best):
            # One passage of a document: five texts help more than five pieces of one.
            found.setdefault((entry.url, entry.title.partition(HEADING)[0]), entry)
        return [self._passage(query, entry, worth[entry.id] / full) for entry in list(found.values())[:k]]

    def _rankings(
        self, query: str, module: str | None, on: date, parts: Parts, allowed: list[str]
    ) -> Iterator[tuple[float, list[str]]]:
        if not allowed:
            return
        if parts.terms:
            scores = self._lexical.score_terms(
                query, thesaurus=parts.thesaurus, compounds=parts.compounds, without=parts.without
            )
            yield parts.terms, _best(scores, allowed)
        if parts.grams:
            yield parts.grams, _best(self._lexical.score_grams(query), allowed)
        if parts.vectors:
            asked = vector(self._lexical.analyzer.terms(query), self._lexical.rarity)
            near = self._store.nearest(asked, min(_DEPTH, len(allowed)), module, on) if asked.any() else []
            yield parts.vectors, near

    def _let_through(self, module: str | None, on: date) -> list[str]:
        key = (module, on)
        if key not in self._allowed:
            if len(self._allowed) > 100:
                self._allowed.clear()
            self._allowed[key] = self._store.allowed(module, on)
        return self._allowed[key]

    def _passage(self, query: str, entry: Entry, score: float) -> Passage:
        coverage = self._lexical.coverage(query, searched_text(entry.title, entry.text))
        return Passage(entry.id, entry.text, entry.title, entry.url, score, coverage, entry.modules)


def _best(scores: Scores, allowed: list[str]) -> list[str]:
    """Give the allowed passages with a score, best first."""
    places = numpy.fromiter((int(id) for id in allowed), dtype=numpy.int64, count=len(allowed))
    order = numpy.argsort(-scores[places], kind="stable")[:_DEPTH]
    return [allowed[number] for number in order if scores[places[number]] > 0]
