"""The administration's tables: people, invitations, passkeys and other ways in, tries to sign in, and sessions.

Of every secret only a hash is kept, and of a passkey the public half: nobody can sign in with what stands here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant_service.tables import Base, TenantRow


class AdministratorRow(Base):
    """Somebody who may sign in, until `removed_at`; the row stays, for the audit log names it."""

    __tablename__ = "administrators"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    handle: Mapped[str] = mapped_column(String(64), unique=True)  # what a passkey knows a person by; tells nothing
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    tenant: Mapped[TenantRow] = relationship(lazy="joined")


class InvitationRow(Base):
    """A link with which somebody adds a passkey, once."""

    __tablename__ = "administrator_invitations"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey("administrators.id"), index=True)
    expires_at: Mapped[datetime]


class PasskeyRow(Base):
    """The public half of a passkey."""

    __tablename__ = "administrator_passkeys"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey("administrators.id"), index=True)
    public_key: Mapped[str] = mapped_column(Text)  # COSE, base64url
    sign_count: Mapped[int]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class InstitutionRow(Base):
    """An institution's own server that says who somebody is (OpenID Connect)."""

    __tablename__ = "administrator_institutions"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(255))
    client_secret: Mapped[str] = mapped_column(Text)  # sealed


class IdentityRow(Base):
    """By which name an institution's server knows somebody; the hash of that name and its issuer."""

    __tablename__ = "administrator_identities"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey("administrators.id"), index=True)
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class TryRow(Base):
    """One try to sign in or to add a passkey: what we asked of the browser, to be answered once and soon."""

    __tablename__ = "administrator_tries"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]


class SessionRow(Base):
    """Somebody who is signed in."""

    __tablename__ = "administrator_sessions"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey("administrators.id"), index=True)
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
