"""The tool's tables: institutions and their platforms, who launched what, learners' work, and the outbox.

Rules about them are elsewhere. Every change here comes with a migration; a test compares the two.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

LONG = 2000  # addresses
NAME = 255  # what a platform calls something; the specification's own limit


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
    """The one metadata of the tool, with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Moment(), dict[str, Any]: JSON, list[str]: JSON, dict[str, str]: JSON}


class TenantRow(Base):
    """An institution; `retention_months` says after how long learners who stay away are forgotten (None: never)."""

    __tablename__ = "tenants"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    created_at: Mapped[datetime]
    retention_months: Mapped[int | None]


class RegistrationRow(Base):
    """A platform that knows this tool: OIDC names and addresses. Its deployments say whose launches it brings."""

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(NAME))
    client_id: Mapped[str] = mapped_column(String(NAME))
    auth_url: Mapped[str] = mapped_column(String(LONG))
    token_url: Mapped[str] = mapped_column(String(LONG))
    jwks_url: Mapped[str] = mapped_column(String(LONG))
    token_audience: Mapped[str] = mapped_column(String(LONG))
    frame_origins: Mapped[list[str]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DeploymentRow(Base):
    """One placing of the tool on a platform; issuer, client and deployment together find the tenant.

    One that is switched off stays the tenant's, and lets no launches in.
    """

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    deployment_id: Mapped[str] = mapped_column(String(NAME))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    created_at: Mapped[datetime]
    switched_off_at: Mapped[datetime | None]
    registration: Mapped[RegistrationRow] = relationship(lazy="joined", innerjoin=True)
    tenant: Mapped[TenantRow] = relationship(lazy="joined", innerjoin=True)


class UsedNonceRow(Base):
    """A nonce that a launch has used up; that it is a key makes each good for one launch."""

    __tablename__ = "used_nonces"

    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LinkRow(Base):
    """A resource link: one placing of a step, or of a whole module, in one course.

    `line_item` is its column in the gradebook, where we had to look that up ourselves; `finding_until`: until when one
    worker looks for it, or makes it.
    """

    __tablename__ = "links"
    __table_args__ = (UniqueConstraint("deployment_id", "resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"))
    resource_link_id: Mapped[str] = mapped_column(String(NAME))
    context_id: Mapped[str] = mapped_column(String(NAME))
    module: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(60))
    line_item: Mapped[str] = mapped_column(String(LONG), default="", server_default="")
    finding_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    deployment: Mapped[DeploymentRow] = relationship(lazy="joined", innerjoin=True)


class PersonRow(Base):
    """A person as the platform knows them, under their pseudonym; the name only when the platform sends one."""

    __tablename__ = "people"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    learner: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME))
    seen_at: Mapped[datetime]


class SeatRow(Base):
    """Where a person's score for a link goes, as their last launch told; `stamped_at` is the last score's time.

    Without a `line_item` the column is looked up in `line_items`.
    """

    __tablename__ = "seats"

    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), primary_key=True)
    learner: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(NAME))
    line_item: Mapped[str] = mapped_column(String(LONG))
    line_items: Mapped[str] = mapped_column(String(LONG), default="", server_default="")
    scopes: Mapped[list[str]]
    stamped_at: Mapped[datetime | None]


class SessionRow(Base):
    """A launch that was let in: who, in which role, on which link, and until when.

    `about` is the learner whose work was asked for, when it was one's; `language` the launch's, if we speak it.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(43), primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), index=True)
    learner: Mapped[str] = mapped_column(String(64), index=True)
    role: Mapped[str] = mapped_column(String(10))
    module: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(64), default="", server_default="")
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    link: Mapped[LinkRow] = relationship(lazy="joined", innerjoin=True)


class RosterRow(Base):
    """Where a platform lists who is expected at a link, and how the last asking went.

    `wanted_at`: since when somebody waits for a newer list; `taken_until`: until when a worker has it in hand.
    """

    __tablename__ = "rosters"

    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), primary_key=True)
    context_id: Mapped[str] = mapped_column(String(NAME))
    address: Mapped[str] = mapped_column(String(LONG))
    fetched_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    wanted_at: Mapped[datetime | None] = mapped_column(index=True)
    taken_until: Mapped[datetime | None]
    whole_course: Mapped[bool]
    complete: Mapped[bool]
    fault: Mapped[str] = mapped_column(String(500))


class MemberRow(Base):
    """A learner who is expected at a link, under their pseudonym; the name only when the platform sends one."""

    __tablename__ = "members"

    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), primary_key=True)
    learner: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME))


class CourseRoleRow(Base):
    """As what somebody came to a course who was not always a learner in it, whatever its list of members says."""

    __tablename__ = "course_roles"

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    context_id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    learner: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(10))
    seen_at: Mapped[datetime]


class WorkRow(Base):
    """A learner's unfinished work; version 0 holds a place to lock and means that nothing was saved."""

    __tablename__ = "works"

    tenant: Mapped[str] = mapped_column(String(60), primary_key=True)
    placement: Mapped[str] = mapped_column(String(200), primary_key=True)
    learner: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime | None]


class SnapshotRow(Base):
    """An assignment as learners saw it, under the hash of its content."""

    __tablename__ = "snapshots"

    hash: Mapped[str] = mapped_column(String(80), primary_key=True)
    body: Mapped[dict[str, Any]]


class SubmissionRow(Base):
    """Work as handed in; never changed."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("tenant", "placement", "learner", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(60))
    placement: Mapped[str] = mapped_column(String(200))
    learner: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    words: Mapped[int]
    snapshot_hash: Mapped[str] = mapped_column(String(80))
    submitted_at: Mapped[datetime]
    points: Mapped[str | None] = mapped_column(String(20))
    maximum: Mapped[str | None] = mapped_column(String(20))


class AssessmentRow(Base):
    """A teacher's reading of a submission; points are decimal strings, for a float is not exact."""

    __tablename__ = "assessments"

    submission: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    version: Mapped[int]
    rubric: Mapped[str] = mapped_column(String(60))
    rubric_version: Mapped[int]
    snapshot_hash: Mapped[str] = mapped_column(String(80))
    levels: Mapped[dict[str, str]]
    comments: Mapped[dict[str, str]]
    comment: Mapped[str] = mapped_column(Text)
    score: Mapped[str | None] = mapped_column(String(20))
    maximum: Mapped[str] = mapped_column(String(20))
    grader: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class OutboxRow(Base):
    """Something to tell another system, written with what it tells of; `target` names what a newer row replaces.

    `learner` is whom it is about, so that it can be forgotten with them.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "status", "due_at"), Index("ix_outbox_target", "kind", "target"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    tenant: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(300))
    submission: Mapped[str | None] = mapped_column(String(36), index=True)
    learner: Mapped[str] = mapped_column(String(64), index=True, default="", server_default="")
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(String(500))
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class AuditRow(Base):
    """An administrative act: who did what, and when."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(String(120))
    tenant: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(500))


class InviteRow(Base):
    """A link that lets one platform connect itself to an institution: once, and for a while."""

    __tablename__ = "invites"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(String(60))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    held_by: Mapped[str] = mapped_column(String(43), default="")
    held_until: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"), index=True)


class WaitingDeploymentRow(Base):
    """A deployment that a registered platform launched from, and that no institution is known for."""

    __tablename__ = "waiting_deployments"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    deployment_id: Mapped[str] = mapped_column(String(NAME))
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    launches: Mapped[int]
