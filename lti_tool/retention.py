"""How long an institution keeps learners who stay away: they are forgotten some months after they were last active.

Nothing is until the institution says after how many. What forgetting is, is `forgetting.py`'s.
"""

import calendar
import logging
from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from lti_tool import audit
from lti_tool.database import Database
from lti_tool.forgetting import drop_unused_snapshots, erase
from lti_tool.tables import PersonRow, SessionRow, SubmissionRow, TenantRow, WorkRow

log = logging.getLogger("lti_tool.retention")

BATCH = 20  # learners in one transaction, so that who is writing never waits long
MAINTENANCE = "onderhoud"  # who did it, in the audit log


def set_months(session: Session, tenant: TenantRow, months: int | None, *, by: str, at: datetime) -> None:
    """Say after how many months of absence an institution's learners are forgotten; None: never."""
    tenant.retention_months = months
    about = "geen termijn" if months is None else f"{months} maanden"
    audit.note(session, "retention-changed", by=by, tenant=tenant.slug, about=about, at=at)


def due(session: Session, tenant: TenantRow, at: datetime) -> int:
    """Tell how many learners would be forgotten now."""
    if tenant.retention_months is None:
        return 0
    absent = _absent(tenant, months_before(at, tenant.retention_months)).subquery()
    return session.scalar(select(func.count()).select_from(absent)) or 0


def clean(database: Database, at: datetime) -> None:
    """Forget who stayed away too long, of every institution that says how long that is, and what only they used."""
    with database.read() as session:
        tenants = session.scalars(select(TenantRow).where(TenantRow.retention_months.is_not(None))).all()
    for tenant in tenants:
        while _forget_some(database, tenant.id, at):
            pass
    with database.write() as session:
        drop_unused_snapshots(session)


def months_before(at: datetime, months: int) -> datetime:
    """Give the same day and time some months earlier; the month's last day where it has no such day."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def _forget_some(database: Database, tenant_id: int, at: datetime) -> bool:
    """Forget a batch in a transaction of its own; tell whether there may be more."""
    with database.write() as session:
        tenant = session.get_one(TenantRow, tenant_id, with_for_update=True)
        if tenant.retention_months is None:
            return False
        learners = session.scalars(_absent(tenant, months_before(at, tenant.retention_months)).limit(BATCH)).all()
        if not learners:
            return False
        gone: Counter[str] = Counter()
        for learner in learners:
            gone.update(erase(session, tenant, learner, at).rows)
        counts = " ".join(f"{name}={count}" for name, count in sorted(gone.items()) if count)
        audit.note(session, "retention-cleaned", by=MAINTENANCE, tenant=tenant.slug, about=counts, at=at)
    log.info("retention: tenant=%s learners=%s", tenant.slug, len(learners))
    return len(learners) == BATCH


def _absent(tenant: TenantRow, since: datetime) -> Select[str]:
    """Give the learners who neither launched, nor saved, nor handed in since then."""
    mine = PersonRow.learner

    def active(row: type[WorkRow] | type[SubmissionRow], when: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(row.tenant == tenant.slug, row.learner == mine, when)

    return (
        select(mine)
        .where(PersonRow.tenant_id == tenant.id, PersonRow.seen_at < since)
        .where(~active(WorkRow, WorkRow.saved_at >= since))
        .where(~active(SubmissionRow, SubmissionRow.submitted_at >= since))
        .where(~exists().where(SessionRow.learner == mine, SessionRow.created_at >= since))
        .order_by(PersonRow.seen_at)
    )
