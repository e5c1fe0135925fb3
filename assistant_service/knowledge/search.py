"""Searching a tenant's knowledge: three rankings fused into one, over what is valid, the learner's module first.

BM25 on stems, parts of compounds and the thesaurus; BM25 on runs of letters; nearness of vectors in Chroma. A tenant's
index is found through our own records alone, opened lazily, and opened again when a new build is pointed to.
"""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from assistant_service.configuration import AssistantSettings
from assistant_service.database import Database
from assistant_service.knowledge import jobs, standing
from assistant_service.knowledge.building import versions_of
from assistant_service.knowledge.passages import IndexState, Passage
from assistant_service.knowledge.ranking import Parts, widened
from assistant_service.knowledge.reader import Reader
from veranderkracht.activities.store import TenantSlug
from veranderkracht.clock import Clock, now
from veranderkracht.errors import VkError

THIN = 0.3  # coverage under which a passage hardly answers; measured, see `veranderkracht eval retrieval`
_OPEN_TENANTS = 16  # indexes that a process keeps open

log = logging.getLogger(__name__)


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
        self._open: OrderedDict[TenantSlug, Reader] = OrderedDict()
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
            module: what belongs to this module comes first; others fill up, and take turns with it where it is thin.
            parts: for measuring.

        Raises:
            Unavailable: `index-unavailable`, the index is missing or damaged; it is made anew by itself.
        """
        used = parts or Parts()
        with self._reader(tenant) as reader:
            if reader is None or k < 1:
                return []
            scopes = (module, None) if module is not None and used.widening else (module,)
            fitting, *wider = reader.find(query, k, scopes, self._clock().date(), used)
            return reader.read(query, widened(fitting, wider[0], k) if wider else fitting)

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
    def _reader(self, tenant: TenantSlug) -> Iterator["Reader | None"]:
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

    def _take(self, tenant: TenantSlug) -> "Reader | None":
        with self._lock:
            if self._open and self._process != os.getpid():
                raise RuntimeError("this index was open before the process was forked; open it in each worker instead")
            self._process = os.getpid()
            versions = versions_of(self._settings, tenant)
            reader = self._open.get(tenant)
            if reader is None or reader.name != versions.current():
                lease = versions.lease()
                fresh = Reader(lease) if lease is not None else None
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
