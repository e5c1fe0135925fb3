"""Invitations: a secret link that lets one platform connect itself to one institution, once and for a while.

Only a hash of the secret is kept. An invitation is held while it is being used, so that of two completions at the same
time only one reaches the platform; a failed attempt lets it go, and a hold that nobody ended runs out by itself.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import audit
from lti_tool.connection_faults import NotConnected
from lti_tool.registrations import require_tenant_name
from lti_tool.signed import digest
from lti_tool.tables import InviteRow
from veranderkracht.errors import NotFound
from veranderkracht.languages import say

HOLD = timedelta(minutes=2)  # longer than both calls to a platform may take together


def make(session: Session, tenant: str, lifetime: timedelta, *, by: str, at: datetime) -> tuple[InviteRow, str]:
    """Make an invitation; give it, and the secret that is never to be had again.

    Args:
        session: of the caller's transaction.
        tenant: the institution's slug; it need not exist yet.
        lifetime: how long it can be used.
        by: who makes it, for the audit log.
        at: now.

    Raises:
        BadInput: `tenant-invalid`.
    """
    require_tenant_name(tenant)
    secret = secrets.token_urlsafe(32)
    row = InviteRow(tenant=tenant, secret_hash=digest(secret), created_at=at, expires_at=at + lifetime)
    session.add(row)
    session.flush()
    audit.note(session, "invite-made", by=by, tenant=tenant, about=_about(row), at=at)
    return row, secret


def still_open(session: Session, at: datetime) -> Sequence[InviteRow]:
    """Give the invitations that can still be used, the one that ends first in front."""
    query = select(InviteRow).where(*_usable(), InviteRow.expires_at > at).order_by(InviteRow.expires_at, InviteRow.id)
    return session.scalars(query).all()


def withdraw(session: Session, invite_id: int, *, by: str, at: datetime) -> InviteRow:
    """Make an invitation that is not used yet useless.

    Raises:
        NotFound: `invite-unknown`: there is none of this number, or it was used or withdrawn.
    """
    row = session.get(InviteRow, invite_id)
    changed = session.execute(
        update(InviteRow).where(InviteRow.id == invite_id, *_usable()).values(withdrawn_at=at).returning(InviteRow.id)
    )
    if row is None or changed.first() is None:
        raise NotFound(say("Er staat geen uitnodiging {id} open.", id=invite_id), code="invite-unknown")
    audit.note(session, "invite-withdrawn", by=by, tenant=row.tenant, about=_about(row), at=at)
    return row


def find(session: Session, secret_hash: str, at: datetime) -> InviteRow:
    """Give the invitation of a hashed secret, when it can be used.

    Raises:
        NotConnected: `invite-unknown`, `invite-used`, `invite-withdrawn` or `invite-expired`.
    """
    row = session.scalars(select(InviteRow).where(InviteRow.secret_hash == secret_hash)).one_or_none()
    if row is None:
        raise NotConnected("invite-unknown")
    if row.used_at is not None:
        raise NotConnected("invite-used")
    if row.withdrawn_at is not None:
        raise NotConnected("invite-withdrawn")
    if at >= row.expires_at:
        raise NotConnected("invite-expired")
    return row


def hold(session: Session, invite_id: int, at: datetime) -> str:
    """Keep an invitation to oneself for a while; give the name of this hold.

    Raises:
        NotConnected: `invite-busy`: somebody else holds it, or has just used it.
    """
    name = secrets.token_urlsafe(16)
    held = session.execute(
        update(InviteRow)
        .where(InviteRow.id == invite_id, *_usable(), or_(InviteRow.held_until.is_(None), InviteRow.held_until <= at))
        .values(held_by=name, held_until=at + HOLD)
        .returning(InviteRow.id)
    )
    if held.first() is None:
        raise NotConnected("invite-busy")
    return name


def let_go(session: Session, invite_id: int, hold_name: str) -> None:
    """End one's own hold, so that the invitation can be used again."""
    session.execute(
        update(InviteRow)
        .where(InviteRow.id == invite_id, InviteRow.held_by == hold_name)
        .values(held_by="", held_until=None)
    )


def use_up(session: Session, invite_id: int, hold_name: str, registration_id: int, at: datetime) -> bool:
    """Use an invitation up for a registration; False when the hold was lost meanwhile, or it was withdrawn."""
    used = session.execute(
        update(InviteRow)
        .where(InviteRow.id == invite_id, InviteRow.held_by == hold_name, *_usable())
        .values(used_at=at, registration_id=registration_id, held_until=None)
        .returning(InviteRow.id)
    )
    return used.first() is not None


def _usable() -> tuple[ColumnElement[bool], ...]:
    return InviteRow.used_at.is_(None), InviteRow.withdrawn_at.is_(None)


def _about(row: InviteRow) -> str:
    return f"uitnodiging {row.id}"
