"""The tables of the administration: links to sign in with, sessions, and what is remembered of launches for it.

Of a launch only the platform's names are kept, never a person's. What they are for is the admin modules'.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.tables import NAME, Base

SLUG = 60
REASON = 300


class AdminLinkRow(Base):
    """A link that signs one administrator in: once, and for a quarter of an hour. Without a tenant: for all of them."""

    __tablename__ = "admin_links"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    tenant: Mapped[str] = mapped_column(String(SLUG))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class AdminSessionRow(Base):
    """An administrator who is signed in, under the hash of what their cookie holds."""

    __tablename__ = "admin_sessions"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    tenant: Mapped[str] = mapped_column(String(SLUG))
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class AdmittedRow(Base):
    """The last launch that a deployment brought in, and by which way; kept to ten seconds or so."""

    __tablename__ = "admitted_launches"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    deployment_id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    at: Mapped[datetime]
    way: Mapped[str] = mapped_column(String(10))


class RefusedRow(Base):
    """The last launch of a platform that was refused: of each known deployment, and one of all others (named `""`).

    `said` is the name that came with one of those others.
    """

    __tablename__ = "refused_launches"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    deployment_id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    said: Mapped[str] = mapped_column(String(NAME))
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(REASON))


class StrangerRow(Base):
    """A platform that is not registered and wanted to launch; the newest fifty are kept."""

    __tablename__ = "strangers"

    issuer: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    deployment_id: Mapped[str] = mapped_column(String(NAME))
    last_at: Mapped[datetime] = mapped_column(index=True)
    times: Mapped[int]
