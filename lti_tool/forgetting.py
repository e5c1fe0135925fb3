"""Forgetting a learner: everything kept of them goes, in the caller's transaction, and the assistant is told so.

Which tables those are follows from the tables themselves: whatever has a column `learner`, and whatever points at a row
of such a table. What stays is a line of the audit log with the pseudonym, and the outbox row that tells the assistant.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Table, delete, exists, select, text, update
from sqlalchemy.orm import Session

from lti_tool import audit
from lti_tool.tables import (
    AssessmentRow,
    Base,
    DeploymentRow,
    LinkRow,
    OutboxRow,
    SessionRow,
    SnapshotRow,
    SubmissionRow,
    TenantRow,
)
from veranderkracht.errors import NotFound

FORGET = "forget"  # the kind of outbox row
LEARNER = "learner"  # the name of every column with a learner's pseudonym
UNDER_WAY = timedelta(minutes=2)  # in which events that were being sent just now still reach the assistant

# Columns with somebody else than whose row it is: who graded it, or whose work was asked for. Emptied, the row stays.
_NAMED = ((AssessmentRow, "grader"), (SessionRow, "about"))


@dataclass(frozen=True)
class Forgotten:
    """What went: how many rows of each table."""

    rows: Mapping[str, int]

    def __str__(self) -> str:
        return " ".join(f"{name}={count}" for name, count in sorted(self.rows.items()) if count) or "niets"


def tables_of_learners() -> tuple[Table, ...]:
    """Give every table that holds something of a learner; what points at another's rows comes before it."""
    found: list[Table] = []
    for table in Base.metadata.sorted_tables:
        if LEARNER in table.c or any(key.column.table in found for key in table.foreign_keys):
            found.append(table)
    return tuple(reversed(found))


def rows_of(table: Table, tenant: TenantRow, learner: str) -> ColumnElement[bool]:
    """Give the condition for a learner's rows in one of `tables_of_learners`."""
    if LEARNER in table.c:
        return (table.c[LEARNER] == learner) & _inside(table, tenant)
    owned = tables_of_learners()
    key = next(key for key in table.foreign_keys if key.column.table in owned)
    above = key.column.table
    pointing: Column[object] = key.parent
    return pointing.in_(select(key.column).where(rows_of(above, tenant, learner)))


def tenant_of(session: Session, slug: str) -> TenantRow:
    """Give an institution.

    Raises:
        NotFound: `tenant-unknown`.
    """
    row = session.scalars(select(TenantRow).where(TenantRow.slug == slug)).one_or_none()
    if row is None:
        raise NotFound(f"De instelling {slug!r} bestaat hier niet.", code="tenant-unknown")
    return row


def forget(session: Session, tenant: TenantRow, learner: str, *, by: str, at: datetime) -> Forgotten:
    """Forget a learner because somebody asks it, and write down that it was done."""
    gone = erase(session, tenant, learner, at)
    audit.note(session, "learner-forgotten", by=by, tenant=tenant.slug, about=learner, at=at)
    return gone


def erase(session: Session, tenant: TenantRow, learner: str, at: datetime) -> Forgotten:
    """Delete everything of a learner, and have the assistant do the same; in the caller's transaction.

    What the institution's own gradebook got, is the platform's.
    """
    gone: Counter[str] = Counter()
    for table in tables_of_learners():
        deleted = session.connection().execute(delete(table).where(rows_of(table, tenant, learner)))
        gone[table.name] += deleted.rowcount
    for row, column in _NAMED:
        session.execute(update(row).where(getattr(row, column) == learner).values({column: ""}))
    session.add(
        OutboxRow(
            kind=FORGET,
            tenant=tenant.slug,
            target=learner,
            submission=None,
            learner=learner,
            payload={},
            status="waiting",
            detail="",
            attempts=0,
            created_at=at,
            due_at=at + UNDER_WAY,
            done_at=None,
        )
    )
    session.flush()
    return Forgotten(gone)


def drop_unused_snapshots(session: Session) -> int:
    """Delete the snapshots that no submission and no assessment shows any more; give how many."""
    if session.get_bind().dialect.name == "postgresql":
        # Somebody who hands in at this moment may count on a snapshot that is there already: wait for them.
        session.execute(text("LOCK TABLE snapshots IN EXCLUSIVE MODE"))
    used = [exists().where(each.snapshot_hash == SnapshotRow.hash) for each in (SubmissionRow, AssessmentRow)]
    rows = session.scalars(delete(SnapshotRow).where(~used[0], ~used[1]).returning(SnapshotRow.hash))
    return len(rows.all())


def _inside(table: Table, tenant: TenantRow) -> ColumnElement[bool]:
    """Give the condition for an institution's rows, by whatever column says whose they are."""
    deployments = select(DeploymentRow.id).where(DeploymentRow.tenant_id == tenant.id)
    by_column: dict[str, object] = {"tenant": tenant.slug, "tenant_id": tenant.id}
    for name, value in by_column.items():
        if name in table.c:
            return table.c[name] == value
    if "link_id" in table.c:
        return table.c.link_id.in_(select(LinkRow.id).where(LinkRow.deployment_id.in_(deployments)))
    if "deployment_id" in table.c:
        return table.c.deployment_id.in_(deployments)
    raise LookupError(f"nothing in {table.name} says of which institution its rows are")
