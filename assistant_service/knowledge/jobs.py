"""The work of indexing, as the database knows it: what was wished, what was answered, how far it is, what failed.

One row per tenant, and wishes are counted: a tenant has work waiting while its last wish is not answered. Who does the
work is settled by the writer's lock on disk (`versions`), which ends with its process; so there is nothing to expire.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant_service.database import Database
from assistant_service.tables import Base, TenantRow
from veranderkracht.activities.store import TenantSlug

_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=10)


class IndexJobRow(Base):
    """The indexing of one tenant.

    `wish` and `answered` count; `done` of `total` are passages; `fault` is the code of what went wrong the last time,
    or empty; after a fault nobody tries `not_before` that moment.
    """

    __tablename__ = "index_jobs"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True, autoincrement=False)
    wish: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    indexed_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(String(60), default="")
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]


def wish(session: Session, tenant_id: int) -> int:
    """Ask for an index of what the documents are at the end of this transaction; give the number of the wish."""
    # Who wishes at the same time waits here, so that each has a number of its own.
    session.get(TenantRow, tenant_id, with_for_update=True)
    job = session.get(IndexJobRow, tenant_id, populate_existing=True)
    if job is None:
        job = IndexJobRow(tenant_id=tenant_id, wish=0)
        session.add(job)
    job.wish += 1
    job.tries, job.not_before = 0, None
    session.flush()
    return job.wish


def wish_once(database: Database, tenant: TenantSlug) -> None:
    """Ask for an index of a tenant, unless such a wish waits already."""
    with database.read() as session:
        row = session.scalar(select(TenantRow).where(TenantRow.slug == tenant))
        job = job_of(session, row.id) if row is not None else None
        if row is None or (job is not None and job.wish > job.answered):
            return
        id = row.id
    with database.write() as session:
        wish(session, id)


def waiting(session: Session, at: datetime) -> list[TenantRow]:
    """Give the tenants whose last wish is not answered, and whose turn it is."""
    due = or_(IndexJobRow.not_before.is_(None), IndexJobRow.not_before <= at)
    query = select(TenantRow).join(IndexJobRow, IndexJobRow.tenant_id == TenantRow.id)
    return list(session.scalars(query.where(IndexJobRow.wish > IndexJobRow.answered, due).order_by(TenantRow.id)))


def job_of(session: Session, tenant_id: int) -> IndexJobRow | None:
    """Give a tenant's row, or None when nothing was ever wished."""
    return session.get(IndexJobRow, tenant_id)


def tell(session: Session, tenant_id: int, done: int, total: int) -> None:
    """Note how far the work is, in passages."""
    if (job := session.get(IndexJobRow, tenant_id)) is not None:
        job.done, job.total = done, total


def settle(session: Session, tenant_id: int, answered: int, passages: int, at: datetime) -> bool:
    """Note that an index answers a wish and all before it; tell whether no later one waits."""
    job = session.get(IndexJobRow, tenant_id)
    if job is None:
        return True
    job.answered = max(job.answered, answered)
    job.done = job.total = passages
    job.indexed_at = at
    job.fault, job.tries, job.not_before = "", 0, None
    return job.answered >= job.wish


def fail(session: Session, tenant_id: int, fault: str, at: datetime) -> None:
    """Note that the work failed, and when to try again: longer each time."""
    if (job := session.get(IndexJobRow, tenant_id)) is not None:
        job.fault = fault
        job.not_before = at + min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(job.tries, 10))
        job.tries += 1
