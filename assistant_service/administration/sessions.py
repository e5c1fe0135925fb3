"""Short sessions of people who signed in: half an hour without a click, or four hours, and they end."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from assistant_service import audit
from assistant_service.administration.people import Person, digest, person_of
from assistant_service.administration.tables import AdministratorRow, SessionRow

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=4)
SEEN_EVERY = timedelta(minutes=1)  # that a session in use is written down


@dataclass(frozen=True)
class SignedIn:
    """A session.

    Args:
        person: whose.
        id_hash: of its secret.
        form_token: stands in each form of this session; known to who holds its secret only, and tells nothing of it.
        due: whether `seen` is to be called.
    """

    person: Person
    id_hash: str
    form_token: str
    due: bool


def begin(session: Session, row: AdministratorRow, at: datetime) -> str:
    """Sign somebody in, and give the secret for their cookie."""
    session.execute(delete(SessionRow).where(SessionRow.ends_at <= at))
    secret = secrets.token_urlsafe(32)
    session.add(SessionRow(id_hash=digest(secret), administrator_id=row.id, seen_at=at, ends_at=at + LONGEST))
    by = person_of(row).acts_as
    audit.note(session, "administrator-signed-in", tenant_id=row.tenant_id, by=by, at=at)
    return secret


def find(session: Session, secret: str, at: datetime) -> SignedIn | None:
    """Give who holds a cookie's secret; None when nobody does, or when it took too long."""
    row = session.get(SessionRow, digest(secret)) if secret else None
    if row is None or at >= row.ends_at or at >= row.seen_at + IDLE:
        return None
    person = session.get(AdministratorRow, row.administrator_id)
    if person is None or person.removed_at is not None:
        return None
    return SignedIn(person_of(person), row.id_hash, digest(f"form\n{secret}"), at >= row.seen_at + SEEN_EVERY)


def seen(session: Session, signed_in: SignedIn, at: datetime) -> None:
    """Write down that a session is in use."""
    session.execute(update(SessionRow).where(SessionRow.id_hash == signed_in.id_hash).values(seen_at=at))


def end(session: Session, signed_in: SignedIn, at: datetime, *, everywhere: bool = False) -> None:
    """End this session, or all of this person's."""
    person = signed_in.person
    which = SessionRow.administrator_id == person.id if everywhere else SessionRow.id_hash == signed_in.id_hash
    session.execute(delete(SessionRow).where(which))
    act = "administrator-signed-out-everywhere" if everywhere else "administrator-signed-out"
    audit.note(session, act, tenant_id=person.tenant_id, by=person.acts_as, at=at)
