"""The work of indexing done: one tenant at a time, under the writer's lock, until no wish is left.

The command, the service and the tests all come through `work_off`; what it meets stands in the tenant's job.
"""

import errno
import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from assistant_service.configuration import AssistantSettings
from assistant_service.database import Database
from assistant_service.knowledge import jobs
from assistant_service.knowledge.building import Manifest, build, versions_of
from veranderkracht.activities.store import TenantSlug
from veranderkracht.clock import Clock
from veranderkracht.errors import Conflict, Unavailable
from veranderkracht.languages import later, say

FAULTS = {
    "disk-full": later("De schijf van de assistent is vol. Maak plaats; daarna gaat het indexeren vanzelf verder."),
    "index-store-unreachable": later(
        "De Chroma-server antwoordt niet. Kijk of hij draait; daarna gaat het vanzelf verder."
    ),
    "index-failed": later(
        "Het indexeren mislukte. De assistent probeert het zelf opnieuw; het logboek zegt wat er was."
    ),
}
_TOLD_EVERY = 1.0  # seconds between two notes of how far it is
_ROOM = 20_000_000  # bytes that must go on a disk that is not full
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("database or disk is full", "no space left", "file too large", "disk quota")
_UNREACHABLE_WORDS = ("could not connect", "connection refused", "connecterror", "timed out", "disconnected")

log = logging.getLogger(__name__)


def work_off(
    settings: AssistantSettings,
    database: Database,
    clock: Clock,
    tenant: TenantSlug,
    tenant_id: int,
    progress: Callable[[int, int], None] | None = None,
) -> Manifest:
    """Answer a tenant's wishes for an index, the one that came last included.

    Args:
        settings: where the index lies.
        database: where documents and jobs are.
        clock: the present moment.
        tenant: the tenant's slug.
        tenant_id: its row.
        progress: told how many passages are in it, of how many.

    Raises:
        Conflict: `index-busy`, somebody else is at it.
        Unavailable: with a code of FAULTS, which stands in the job as well; the old index still counts.
    """
    with versions_of(settings, tenant).writing():
        while True:
            with database.read() as session:
                job = jobs.job_of(session, tenant_id)
                wished = job.wish if job is not None else 0
            try:
                manifest = build(settings, database, tenant, tenant_id, _noting(database, tenant_id, progress))
            except SQLAlchemyError:
                raise  # it is the database that fails: there is nowhere to note anything
            except Exception as fault:
                code = fault_code(fault, settings.data)
                log.warning("indexing failed: %s (%s)", code, fault, exc_info=fault if code == "index-failed" else None)
                with database.write() as session:
                    jobs.fail(session, tenant_id, code, clock())
                raise Unavailable(say(FAULTS[code]), code=code) from fault
            with database.write() as session:
                if jobs.settle(session, tenant_id, wished, manifest.passages, clock()):
                    return manifest


def wait_for(
    settings: AssistantSettings,
    database: Database,
    clock: Clock,
    tenant: TenantSlug,
    tenant_id: int,
    progress: Callable[[int, int], None],
) -> int:
    """Have the wishes of a tenant answered, by who is at it already or else here; give the number of passages.

    Raises:
        Unavailable: it failed, with a code of FAULTS.
    """
    while True:
        try:
            return work_off(settings, database, clock, tenant, tenant_id, progress).passages
        except Conflict:
            with database.read() as session:
                job = jobs.job_of(session, tenant_id)
                if job is not None:
                    progress(job.done, job.total)
            time.sleep(0.3)


def _noting(
    database: Database, tenant_id: int, progress: Callable[[int, int], None] | None
) -> Callable[[int, int], None]:
    last = 0.0

    def note(done: int, total: int) -> None:
        nonlocal last
        if progress is not None:
            progress(done, total)
        if done == 0 or time.monotonic() - last > _TOLD_EVERY:
            last = time.monotonic()
            with database.write() as session:
                jobs.tell(session, tenant_id, done, total)

    return note


def fault_code(fault: Exception, data: Path) -> str:
    """Give the code of FAULTS for what went wrong.

    Args:
        fault: what was raised.
        data: the folder that was written to.
    """
    words = f"{type(fault).__name__} {fault}".casefold()
    if (isinstance(fault, OSError) and fault.errno in _FULL) or any(one in words for one in _FULL_WORDS):
        return "disk-full"
    if not _has_room(data):
        return "disk-full"
    if any(one in words for one in _UNREACHABLE_WORDS):
        return "index-store-unreachable"
    return "index-failed"


def _has_room(folder: Path) -> bool:
    """Tell whether a folder takes a file of some size; quotas and limits count as well as the disk."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, _ROOM)
    except OSError as fault:
        return fault.errno not in _FULL
    return True
