"""Who may administer: invited by name and role, at most one way back in for who lost a device, removed with all access.

Roles are the sidecar's own; a role in an LMS is no right here.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assistant_service import audit
from assistant_service.administration.tables import AdministratorRow, IdentityRow, InvitationRow, PasskeyRow, SessionRow
from veranderkracht.errors import Conflict, NotFound, Rejected
from veranderkracht.languages import say

Role = Literal["administrator", "adviser"]  # an adviser answers questions, and sees no settings
ROLES: tuple[Role, ...] = get_args(Role)
INVITATION_LASTS = timedelta(days=7)
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in.

    Args:
        id: their row.
        tenant_id: the one institution whose pages they get.
        tenant: its slug.
        tenant_name: as people know it.
        name: as they were invited.
        role: what they may do.
    """

    id: int
    tenant_id: int
    tenant: str
    tenant_name: str
    name: str
    role: Role

    @property
    def acts_as(self) -> str:
        """How the audit log names them."""
        return f"{self.name} (nr. {self.id})"


@dataclass(frozen=True)
class PersonLine:
    """What a list of people tells of one.

    Args:
        id: their row.
        name: as they were invited.
        role: what they may do.
        passkeys: how many they have.
        account: whether they tied their institution's account.
        used_at: when either was last used.
        waits_until: until when an invitation is open, if one is.
    """

    id: int
    name: str
    role: Role
    passkeys: int
    account: bool
    used_at: datetime | None
    waits_until: datetime | None


def digest(secret: str) -> str:
    """Give what of a secret is kept: its SHA-256, in hexadecimal. All are random, so that needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def person_of(row: AdministratorRow) -> Person:
    """Give a row as the person that it is."""
    return Person(row.id, row.tenant_id, row.tenant.slug, row.tenant.name, row.name, cast(Role, row.role))


def invite(session: Session, tenant_id: int, name: str, role: str, *, by: str, at: datetime) -> str:
    """Add somebody, and give the secret of their invitation, that is never to be had again.

    Raises:
        Rejected: `name-invalid` or `role-invalid`.
        Conflict: `administrator-known`, there is somebody of that name.
    """
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Rejected(say("Geef een naam van 1 tot {longest} tekens.", longest=_LONGEST_NAME), code="name-invalid")
    if role not in ROLES:
        raise Rejected(say("Kies wat deze persoon mag."), code="role-invalid")
    same = (AdministratorRow.tenant_id == tenant_id, AdministratorRow.name == name)
    if session.scalar(select(AdministratorRow.id).where(*same, AdministratorRow.removed_at.is_(None))) is not None:
        raise Conflict(
            say("{name} staat al in de lijst. Een nieuwe link voor dezelfde persoon maak je daar.", name=name),
            code="administrator-known",
        )
    row = AdministratorRow(
        tenant_id=tenant_id, name=name, role=role, handle=secrets.token_hex(32), added_at=at, removed_at=None
    )
    session.add(row)
    session.flush()
    audit.note(session, "administrator-invited", tenant_id=tenant_id, by=by, about=f"nr. {row.id}, {role}", at=at)
    return _invitation(session, row, at)


def invite_again(session: Session, tenant_id: int, id: int, *, by: str, at: datetime) -> str:
    """Give somebody another invitation, for a new device or instead of a lost one; an open one no longer counts.

    Raises:
        NotFound: `administrator-unknown`.
    """
    row = _row(session, tenant_id, id)
    session.execute(delete(InvitationRow).where(InvitationRow.administrator_id == row.id))
    audit.note(session, "administrator-invited-again", tenant_id=tenant_id, by=by, about=f"nr. {row.id}", at=at)
    return _invitation(session, row, at)


def remove(session: Session, tenant_id: int, id: int, *, by: str, at: datetime) -> None:
    """Take away somebody's access: passkeys, account, invitations and sessions, at once.

    Raises:
        NotFound: `administrator-unknown`.
        Conflict: `administrator-last`, nobody would be left to administer.
    """
    row = _row(session, tenant_id, id)
    # Two who remove each other at the same moment wait here, and the second is refused.
    session.execute(select(AdministratorRow.id).where(AdministratorRow.tenant_id == tenant_id).with_for_update())
    others = (
        AdministratorRow.tenant_id == tenant_id,
        AdministratorRow.role == "administrator",
        AdministratorRow.removed_at.is_(None),
        AdministratorRow.id != id,
    )
    if row.role == "administrator" and session.scalar(select(AdministratorRow.id).where(*others).limit(1)) is None:
        raise Conflict(
            say("Dit is de laatste beheerder. Nodig eerst iemand anders uit als beheerder."), code="administrator-last"
        )
    for table in (InvitationRow, PasskeyRow, IdentityRow, SessionRow):
        session.execute(delete(table).where(table.administrator_id == id))
    row.removed_at = at
    audit.note(session, "administrator-removed", tenant_id=tenant_id, by=by, about=f"nr. {id}", at=at)


def invited(session: Session, secret: str, at: datetime) -> AdministratorRow:
    """Give whom an invitation is for; nothing is used up.

    Raises:
        NotFound: `invitation-invalid`: it is over, used, withdrawn, or never was.
    """
    row = session.get(InvitationRow, digest(secret))
    person = session.get(AdministratorRow, row.administrator_id) if row is not None and at < row.expires_at else None
    if person is None or person.removed_at is not None:
        raise NotFound(
            say(
                "Ze is al gebruikt, ouder dan een week, of niet volledig gekopieerd. Vraag een nieuwe aan"
                " een beheerder van je instelling."
            ),
            code="invitation-invalid",
        )
    return person


def use_up(session: Session, secret: str) -> bool:
    """Use an invitation up; of two at the same moment, one gets True."""
    where = InvitationRow.secret_hash == digest(secret)
    return (
        session.execute(delete(InvitationRow).where(where).returning(InvitationRow.administrator_id)).first()
        is not None
    )


def everybody(session: Session, tenant_id: int, at: datetime) -> list[PersonLine]:
    """Give who may administer an institution, by name."""
    lines = []
    mine = (AdministratorRow.tenant_id == tenant_id, AdministratorRow.removed_at.is_(None))
    for row in session.scalars(select(AdministratorRow).where(*mine).order_by(func.lower(AdministratorRow.name))):
        keys = select(func.count(), func.max(PasskeyRow.used_at)).where(PasskeyRow.administrator_id == row.id)
        number, used = session.execute(keys).one()
        accounts = select(func.count(), func.max(IdentityRow.used_at)).where(IdentityRow.administrator_id == row.id)
        tied, used_tied = session.execute(accounts).one()
        last = max((each for each in (used, used_tied) if each is not None), default=None)
        open_one = (InvitationRow.administrator_id == row.id, InvitationRow.expires_at > at)
        waits = session.scalar(select(func.max(InvitationRow.expires_at)).where(*open_one))
        lines.append(PersonLine(row.id, row.name, cast(Role, row.role), number, tied > 0, last, waits))
    return lines


def _invitation(session: Session, row: AdministratorRow, at: datetime) -> str:
    session.execute(delete(InvitationRow).where(InvitationRow.expires_at <= at))
    secret = secrets.token_urlsafe(32)
    session.add(InvitationRow(secret_hash=digest(secret), administrator_id=row.id, expires_at=at + INVITATION_LASTS))
    return secret


def _row(session: Session, tenant_id: int, id: int) -> AdministratorRow:
    row = session.get(AdministratorRow, id)
    if row is None or row.tenant_id != tenant_id or row.removed_at is not None:
        raise NotFound(say("Deze persoon staat niet (meer) in de lijst."), code="administrator-unknown")
    return row
