"""The first page after signing in, what language models were used for, and the log."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy import select

from assistant_service.administration.guard import guarded, here, page, services
from assistant_service.audit import AuditRow
from assistant_service.conversations import inbox
from assistant_service.knowledge import library_of_tenant
from assistant_service.policies import policy_of
from assistant_service.usage import report, spent_today

_ROWS = 50
_DAYS = (7, 30, 90, 365)

blueprint = guarded("admin_overview", __name__)
records = guarded("admin_records", __name__, ("administrator",))


@dataclass(frozen=True)
class Today:
    """What of the day's budget is gone, in tokens."""

    tokens: int
    budget: int


@blueprint.get("/")
def show() -> Response:
    """Show what asks for attention."""
    ours, person = services(), here()
    now = ours.clock()
    with ours.database.read() as session:
        policy = policy_of(session, person.tenant_id, ours.settings)
        documents = library_of_tenant.every(session, person.tenant_id, now.date())
        return page(
            "overview.html",
            said=request.args.get("said", ""),
            waiting=inbox.waiting(session, person.tenant_id),
            gaps=inbox.gaps(session, person.tenant_id, now - timedelta(days=30)),
            documents=len(documents),
            expired=sum(one.state == "expired" for one in documents),
            busy=sum(one.state == "waiting" for one in documents),
            providers=policy.providers,
            today=Today(spent_today(session, person.tenant_id, now), policy.budget.tenant_tokens),
        )


@records.get("/usage")
def usage() -> Response:
    """Show what language models did, for how many people, and what it cost."""
    ours = services()
    asked = request.args.get("days", "30")
    days = int(asked) if asked in map(str, _DAYS) else 30
    now = ours.clock()
    with ours.database.read() as session:
        lines = report(session, here().tenant_id, _midnight(now) - timedelta(days=days - 1), now + timedelta(seconds=1))
    return page("usage.html", lines=lines, days=days, choices=_DAYS, euro=sum(line.euro for line in lines))


@records.get("/log")
def log() -> Response:
    """Show who did what, the newest first."""
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 6 else 1
    query = (
        select(AuditRow).where(AuditRow.tenant_id == here().tenant_id).order_by(AuditRow.at.desc(), AuditRow.id.desc())
    )
    with services().database.read() as session:
        rows = list(session.scalars(query.offset((max(number, 1) - 1) * _ROWS).limit(_ROWS + 1)))
    return page("log.html", rows=rows[:_ROWS], number=max(number, 1), more=len(rows) > _ROWS)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
