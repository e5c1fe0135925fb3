"""The audit log: who did which administrative act, and when. Rows are only ever added, and hold no text of anybody.

It outlives what it is about: that somebody's data were erased stays known, not what they were.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant_service.tables import Base

COMMAND_LINE = "opdrachtregel"  # who did it, when nobody signed in
RETENTION = "bewaartermijn"  # who did it, when nobody did


class AuditRow(Base):
    """One act; `tenant_id` is None for what is about no tenant alone."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_tenant_at", "tenant_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenants.id"))
    act: Mapped[str] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]


def note(session: Session, act: str, *, tenant_id: int | None, by: str, about: str = "", at: datetime) -> None:
    """Write an act down, in the transaction that does it.

    Args:
        session: of that transaction.
        act: a stable code, such as `policy-changed`.
        tenant_id: the institution that it is about, or None.
        by: the administrator, a host's issuer, COMMAND_LINE or RETENTION.
        about: a pseudonym, an id or counts; never a name or a text. Cut at 500 characters.
        at: when.
    """
    session.add(AuditRow(tenant_id=tenant_id, act=act, by=by[:200], about=about[:500], at=at))
