"""What is a person's: given to them, erased for good when they leave, and forgotten when its time is over.

Each room says what it has of a person in `PersonalData`; the table of them is in `app.py`. Erasing leaves one row in
the audit log, with numbers and a pseudonym and no content.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant_service import audit
from assistant_service.api import BROWSER_ROLES, Call, Endpoint, Message, Nothing
from assistant_service.policies import policy_of
from assistant_service.services import Services
from assistant_service.tables import TenantRow


@dataclass(frozen=True)
class PersonalData:
    """What one room keeps of people.

    Args:
        name: for the export.
        erase: `(session, tenant_id, subject)`: erase it, and give how many rows.
        export: `(session, tenant_id, subject)`: give it as JSON-able rows.
        expire: `(session, tenant_id, before)`: forget what is older, and give how many rows; None: nothing expires.
    """

    name: str
    erase: Callable[[Session, int, str], int]
    export: Callable[[Session, int, str], list[dict[str, Any]]]
    expire: Callable[[Session, int, datetime], int] | None = None


class Export(Message):
    """All that the assistant has of a person in one institution."""

    tenant: str
    subject: str
    at: datetime
    data: dict[str, list[dict[str, Any]]]


def expire(services: Services, rooms: Iterable[PersonalData]) -> int:
    """Forget, in every tenant, what its policy says is over; give how many rows."""
    table = tuple(rooms)
    with services.database.read() as session:
        tenants = list(session.scalars(select(TenantRow.id)))
    total = 0
    for tenant_id in tenants:
        at = services.clock()
        with services.database.write() as session:
            before = at - timedelta(days=policy_of(session, tenant_id, services.settings).retention_days)
            gone = sum(room.expire(session, tenant_id, before) for room in table if room.expire)
            if gone:
                about = f"{gone} rijen van voor {before.date()}"
                audit.note(session, "data-expired", tenant_id=tenant_id, by=audit.RETENTION, about=about, at=at)
        total += gone
    return total


def endpoints(rooms: Iterable[PersonalData]) -> tuple[Endpoint[Any], ...]:
    """Give the endpoints over these rooms."""
    table = tuple(rooms)

    def erase(call: Call[Nothing]) -> None:
        caller, at = call.caller, call.services.clock()
        subject = call.path.get("sub", caller.subject)
        with call.services.database.write() as session:
            gone = sum(room.erase(session, caller.tenant_id, subject) for room in table)
            # Also for who is not known: the host is told the same, and the log says that it asked.
            about = f"{subject[:128]}: {gone} rijen"
            audit.note(session, "learner-erased", tenant_id=caller.tenant_id, by=caller.issuer, about=about, at=at)

    def export(call: Call[Nothing]) -> Export:
        caller = call.caller
        subject = call.path.get("sub", caller.subject)
        with call.services.database.read() as session:
            data = {room.name: room.export(session, caller.tenant_id, subject) for room in table}
        return Export(tenant=caller.tenant, subject=subject, at=call.services.clock(), data=data)

    own = ("feedback", "supervision")
    return (
        Endpoint("DELETE", "/v1/learners/{sub}", "Wis iemand", "learners", Nothing, None, erase, roles=("host",)),
        Endpoint("GET", "/v1/learners/{sub}", "Alles van iemand", "learners", Nothing, Export, export, roles=("host",)),
        Endpoint("GET", "/v1/me", "Alles van mij", own, Nothing, Export, export, roles=BROWSER_ROLES),
        Endpoint("DELETE", "/v1/me", "Wis alles van mij", own, Nothing, None, erase, roles=BROWSER_ROLES),
    )
