"""How the indexes stand: what the service says of itself, and what a tenant is told about its own."""

import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant_service.configuration import AssistantSettings
from assistant_service.database import Database
from assistant_service.knowledge import corpus, jobs, soundness
from assistant_service.knowledge.building import manifest_of, versions_of
from assistant_service.knowledge.documents import TEXT
from assistant_service.knowledge.indexing import FAULTS
from assistant_service.knowledge.passages import IndexState
from assistant_service.tables import DocumentRow, TenantRow
from veranderkracht.activities.store import TenantSlug
from veranderkracht.errors import Unavailable
from veranderkracht.languages import say

_PATIENCE = 2  # seconds for a Chroma server to say that it is there

State = Literal["empty", "ready", "waiting", "indexing", "failed"]


@dataclass(frozen=True)
class Standing:
    """How one tenant's index stands.

    Args:
        state: `empty` without documents, `ready` when the index holds them all, `waiting` and `indexing` before that,
            `failed` when the last try did not end well; it is tried again by itself.
        documents: how many texts there are.
        done: passages that are in the index, or in the one being made.
        total: of how many.
        fault: a code, or an empty string.
        says: the fault in Dutch, with what to do.
        indexed_at: when the index was last made, or None.
    """

    state: State
    documents: int
    done: int
    total: int
    fault: str
    says: str
    indexed_at: datetime | None


def standing_of(session: Session, settings: AssistantSettings, tenant_id: int, slug: TenantSlug) -> Standing:
    """Tell how a tenant's index stands."""
    texts = select(func.count()).where(DocumentRow.tenant_id == tenant_id, DocumentRow.kind == TEXT)
    documents = session.scalar(texts) or 0
    job = jobs.job_of(session, tenant_id)
    if job is None:
        return Standing("waiting" if documents else "empty", documents, 0, 0, "", "", None)
    state: State = "ready" if documents else "empty"
    if job.wish > job.answered:
        state = "indexing" if versions_of(settings, slug).busy() else "failed" if job.fault else "waiting"
    says = say(FAULTS[job.fault]) if job.fault in FAULTS else job.fault
    return Standing(state, documents, job.done, job.total, job.fault, says, job.indexed_at)


def lacks(session: Session, settings: AssistantSettings, tenant_id: int, slug: TenantSlug) -> bool:
    """Tell whether a tenant's index is missing, damaged, or not of the documents that it has now."""
    versions = versions_of(settings, slug)
    manifest = manifest_of(versions)
    if manifest is None or manifest.fingerprint != corpus.fingerprint(session, tenant_id, settings.chroma_url):
        return True
    return soundness.fault_of(versions.build(versions.current() or "")) is not None


def check_no_documents(database: Database, slug: TenantSlug) -> None:
    """Let a search find nothing where nothing is to be found; where there should be an index, wish one.

    Raises:
        Unavailable: `index-unavailable`, there are documents, so there should be an index.
    """
    query = select(DocumentRow.id).join(TenantRow, TenantRow.id == DocumentRow.tenant_id)
    with database.read() as session:
        known = session.scalar(query.where(TenantRow.slug == slug, DocumentRow.kind == TEXT).limit(1))
    if known is not None:
        jobs.wish_once(database, slug)
        raise unavailable()


def unavailable() -> Unavailable:
    """Give the error for who searches where no index can answer."""
    return Unavailable(
        say(
            "De kennisbank is even niet doorzoekbaar; ze wordt vanzelf opnieuw opgebouwd. Probeer het"
            " over enkele minuten."
        ),
        code="index-unavailable",
        extra={"retry_after": 30},
    )


def state_of_all(settings: AssistantSettings, database: Database) -> IndexState:
    """Tell how the indexes of all tenants stand; raises SQLAlchemyError when the database does not answer."""
    tenants = ready = behind = 0
    faults = Counter[str]()
    with database.read() as session:
        known = select(DocumentRow.tenant_id)
        for row in session.scalars(select(TenantRow).where(TenantRow.id.in_(known))):
            tenants += 1
            versions = versions_of(settings, TenantSlug(row.slug))
            manifest = manifest_of(versions)
            ready += manifest is not None
            wanted = corpus.fingerprint(session, row.id, settings.chroma_url)
            behind += manifest is None or manifest.fingerprint != wanted
            job = jobs.job_of(session, row.id)
            if manifest is not None:
                faults.update(filter(None, [soundness.fault_of(versions.build(versions.current() or ""))]))
            elif job is not None and job.indexed_at is not None:
                faults["index-missing"] += 1
            if job is not None and job.fault:
                faults[job.fault] += 1
    if tenants and settings.chroma_url and not _is_there(settings.chroma_url):
        faults["index-store-unreachable"] = max(1, faults["index-store-unreachable"])
    return IndexState(tenants, ready, behind, dict(sorted(faults.items())))


def _is_there(server: str) -> bool:
    try:
        # The address is the administrator's own, and settings allow http and https alone.
        with urllib.request.urlopen(f"{server}/api/v2/heartbeat", timeout=_PATIENCE):  # noqa: S310
            return True
    except (urllib.error.URLError, OSError):
        return False
