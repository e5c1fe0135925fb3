"""The running service indexes by itself: a thread that looks for work, and a process that does it.

The work is done in a process of its own, so that answering people does not slow down, and a crash takes nothing along.
Every worker of the service has such a thread; the writer's lock settles who is first, and a wish that a worker left
when it died, another finds.
"""

import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from assistant_service.configuration import AssistantSettings
from assistant_service.database import Database
from assistant_service.knowledge import jobs, standing
from assistant_service.knowledge.building import versions_of
from assistant_service.knowledge.indexing import work_off
from assistant_service.tables import DocumentRow, TenantRow
from veranderkracht.activities.store import TenantSlug
from veranderkracht.clock import Clock, now
from veranderkracht.errors import Conflict, Unavailable

LOOK_EVERY = 1.0  # seconds between two looks for work
FIRST_PAUSE = 2.0  # seconds after a process that did not end well, such as one that was killed; then twice as long
LONGEST_PAUSE = 300.0
CHECK_EVERY = 60.0  # seconds between two looks at whether the indexes are whole
_PROGRAM = "from assistant_service.knowledge.indexer import main; main()"
_ROOT = Path(__file__).resolve().parents[2]

log = logging.getLogger(__name__)


class Indexer:
    """Looks for work for as long as its process lives; start it after a fork.

    Args:
        settings: handed on to the process that does the work.
        database: where the jobs are.
        clock: the present moment.
    """

    def __init__(self, settings: AssistantSettings, database: Database, clock: Clock = now) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self._working: subprocess.Popen[bytes] | None = None
        self._pause = 0.0
        self._paused_until = 0.0

    def start(self) -> None:
        """Begin looking."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, and the work with it; who looks next takes it up."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        checked = -CHECK_EVERY
        while not self._stopped.is_set():
            try:
                if time.monotonic() - checked >= CHECK_EVERY:
                    checked = time.monotonic()
                    wish_what_is_missing(self._settings, self._database)
                self._look()
            except (SQLAlchemyError, OSError):
                log.exception("looking for indexing work failed; it is tried again")
            self._stopped.wait(LOOK_EVERY)
        if self._working is not None:
            self._working.kill()
            self._working.wait()

    def _look(self) -> None:
        if self._working is not None:
            if self._working.poll() is None:
                return
            ended_well = self._working.returncode == 0
            self._pause = 0.0 if ended_well else min(LONGEST_PAUSE, max(FIRST_PAUSE, 2 * self._pause))
            self._paused_until = time.monotonic() + self._pause
            self._working = None
        if time.monotonic() < self._paused_until:
            return
        with self._database.read() as session:
            slugs = [TenantSlug(row.slug) for row in jobs.waiting(session, self._clock())]
        if any(not versions_of(self._settings, slug).busy() for slug in slugs):
            self._working = begin(self._settings)


def wish_what_is_missing(settings: AssistantSettings, database: Database) -> None:
    """Wish an index for every tenant that has documents and no whole index of them, unless that wish waits already."""
    with database.read() as session:
        query = select(TenantRow).where(TenantRow.id.in_(select(DocumentRow.tenant_id)))
        tenants = [(row.id, TenantSlug(row.slug)) for row in session.scalars(query)]
        lacking = [slug for id, slug in tenants if standing.lacks(session, settings, id, slug)]
    for slug in lacking:
        jobs.wish_once(database, slug)


def begin(settings: AssistantSettings, errors: int | None = None) -> "subprocess.Popen[bytes]":
    """Start the process that works. Its standard input stays open: when we die, it sees the end and stops.

    Args:
        settings: of this service.
        errors: where it writes what goes wrong, as `subprocess` takes it; None: where we do.
    """
    working = subprocess.Popen(  # noqa: S603 - only words of our own
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(_ROOT)!r}); {_PROGRAM}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    if working.stdin is not None:
        # Through a pipe, for the settings hold passwords, which a command line would show.
        pickle.dump(settings, working.stdin)
        working.stdin.flush()
    return working


def main() -> None:
    """Do all work that waits; the process that `Indexer` starts."""
    settings: AssistantSettings = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started us
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for more by itself
    database = Database(settings.database_url)
    with database.read() as session:
        tenants = [(row.id, TenantSlug(row.slug)) for row in jobs.waiting(session, now())]
    for id, slug in tenants:
        try:
            work_off(settings, database, now, slug, id)
        except (Conflict, Unavailable):
            continue  # somebody else is at it, or it stands in the job


def _end_with_the_service() -> None:
    # Not through sys.stdin, whose lock a thread may not hold when the interpreter ends.
    while os.read(0, 1024):
        pass
    os._exit(1)
