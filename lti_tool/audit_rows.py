"""Reading the audit log: the newest act in front, for one institution or for all."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.tables import AuditRow


def newest(session: Session, tenant: str, *, limit: int, offset: int = 0) -> Sequence[AuditRow]:
    """Give acts about an institution; without one, all acts."""
    query = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(limit).offset(offset)
    return session.scalars(query.where(AuditRow.tenant == tenant) if tenant else query).all()


def tenants(session: Session) -> list[str]:
    """Give the institutions that acts are about."""
    return [slug for slug in session.scalars(select(AuditRow.tenant).distinct().order_by(AuditRow.tenant)) if slug]


def count(session: Session, tenant: str) -> int:
    """Give how many acts there are."""
    query = select(func.count()).select_from(AuditRow)
    return session.scalar(query.where(AuditRow.tenant == tenant) if tenant else query) or 0
