"""The sidecar's tables: tenants, host keys, acceptances of the notice, events and the documents behind the index.

Rules about them are elsewhere; a room with tables of its own (feedback) declares them on the same `Base`. Every change
here comes with a migration; a test compares the two.
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, this gives it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a moment without a zone, write the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The one metadata of the sidecar, with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: Moment(),
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON,
        list[str]: JSON,
    }


class TenantRow(Base):
    """An institution."""

    __tablename__ = "tenants"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class HostKeyRow(Base):
    """The public key of a host, with the tenant, roles and origins that it may speak for."""

    __tablename__ = "host_keys"

    kid: Mapped[str] = mapped_column(String(120), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    public_pem: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]]
    created_at: Mapped[datetime]
    origins: Mapped[list["HostOriginRow"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class HostOriginRow(Base):
    """An origin whose pages may use a key's tokens."""

    __tablename__ = "host_origins"

    kid: Mapped[str] = mapped_column(ForeignKey("host_keys.kid"), primary_key=True)
    origin: Mapped[str] = mapped_column(String(300), primary_key=True, index=True)


class NoticeAcceptanceRow(Base):
    """That a person accepted one version of the notice."""

    __tablename__ = "notice_acceptances"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), primary_key=True)
    version: Mapped[str] = mapped_column(String(60), primary_key=True)
    accepted_at: Mapped[datetime]


class StatementRow(Base):
    """An xAPI statement that a host delivered; an id is a tenant's own, so that no host can block another's."""

    __tablename__ = "statements"
    __table_args__ = (Index("ix_statements_tenant_time", "tenant_id", "happened_at"),)

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    verb: Mapped[str] = mapped_column(String(40))
    module: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(60))
    course: Mapped[str] = mapped_column(String(500))
    happened_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]


class DocumentRow(Base):
    """A text of a tenant's knowledge, whole; the index is derived from these rows.

    `root` and `path` say where it was read, so that a later run sees what changed or went away. A row of kind
    `thesaurus` holds groups of words instead of a text. `wish` is the number of the wish for a new index that it came
    with: an index that answers a later wish holds it. An id is never given twice, or a page from before a removal
    would remove another document.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("tenant_id", "root", "path"),
        Index("ix_documents_content", "tenant_id", "content_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    root: Mapped[str] = mapped_column(String(1000))
    path: Mapped[str] = mapped_column(String(1000))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(500))
    url: Mapped[str] = mapped_column(String(2000))
    modules: Mapped[list[str]]
    source: Mapped[str] = mapped_column(String(2000))
    licence: Mapped[str] = mapped_column(String(200))
    asked: Mapped[list[str]]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    wish: Mapped[int]
    read_at: Mapped[datetime]
