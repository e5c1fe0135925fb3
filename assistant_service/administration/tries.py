"""Tries to sign in or to add a way in: what was asked, to be answered once and soon. Only a hash of its id is kept."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from assistant_service.administration.people import digest
from assistant_service.administration.tables import TryRow


def begin(session: Session, body: dict[str, Any], at: datetime, lasts: timedelta, *, id: str = "") -> str:
    """Keep what an answer will be held against, and give the id that comes back with it; a new one, or `id`."""
    session.execute(delete(TryRow).where(TryRow.expires_at <= at))
    id = id or secrets.token_urlsafe(32)
    session.add(TryRow(id_hash=digest(id), body=body, expires_at=at + lasts))
    return id


def take(session: Session, id: str, at: datetime) -> dict[str, Any] | None:
    """Use a try up; None when there is none of that id, or it is over."""
    where = (TryRow.id_hash == digest(id), TryRow.expires_at > at)
    found = session.execute(delete(TryRow).where(*where).returning(TryRow.body)).first()
    return found.body if found is not None else None
