"""Deployments that knocked and are not known: kept for an administrator, who says which institution they are.

Only launches that a registered platform signed get here, and none is let in before somebody accepted its deployment.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from lti_tool import audit, registrations
from lti_tool.database import insert_new
from lti_tool.tables import DeploymentRow, InviteRow, RegistrationRow, TenantRow, WaitingDeploymentRow
from veranderkracht.errors import BadInput, NotFound
from veranderkracht.languages import say

MOST = 100  # that are kept of one platform


@dataclass(frozen=True)
class Waiting:
    """A deployment that waits.

    Args:
        id: to accept it by.
        issuer, client_id, deployment_id: as the platform names them.
        proposed: the institution it most likely is; empty when that cannot be told.
        first_seen_at, last_seen_at: of its refused launches.
        launches: how many were refused.
    """

    id: int
    issuer: str
    client_id: str
    deployment_id: str
    proposed: str
    first_seen_at: datetime
    last_seen_at: datetime
    launches: int


def knock(session: Session, registration_id: int, deployment_id: str, at: datetime) -> None:
    """Note that a verified launch came from a deployment that is not known."""
    here = select(WaitingDeploymentRow).where(WaitingDeploymentRow.registration_id == registration_id)
    row = session.scalars(
        here.where(WaitingDeploymentRow.deployment_id == deployment_id).with_for_update()
    ).one_or_none()
    if row is not None:
        row.last_seen_at, row.launches = at, row.launches + 1
    elif (session.scalar(select(func.count()).select_from(here.subquery())) or 0) < MOST:
        first = {"first_seen_at": at, "last_seen_at": at, "launches": 1}
        insert_new(session, WaitingDeploymentRow, registration_id=registration_id, deployment_id=deployment_id, **first)


def waiting(session: Session) -> list[Waiting]:
    """Give the deployments that wait, the one that knocked last in front."""
    query = (
        select(WaitingDeploymentRow, RegistrationRow)
        .join(RegistrationRow, RegistrationRow.id == WaitingDeploymentRow.registration_id)
        .where(~_known())
        .order_by(WaitingDeploymentRow.last_seen_at.desc(), WaitingDeploymentRow.id)
    )
    return [
        Waiting(
            id=row.id,
            issuer=platform.issuer,
            client_id=platform.client_id,
            deployment_id=row.deployment_id,
            proposed=_proposed(session, platform.id),
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            launches=row.launches,
        )
        for row, platform in session.execute(query)
    ]


def accept(session: Session, waiting_id: int, *, by: str, at: datetime, tenant: str = "") -> Waiting:
    """Make a waiting deployment an institution's own; give what it was, with that institution as `proposed`.

    Args:
        session: of the caller's transaction.
        waiting_id: as `waiting` gives it.
        by: who accepts it, for the audit log.
        at: now.
        tenant: the institution; by default the proposed one.

    Raises:
        NotFound: `deployment-not-waiting`.
        BadInput: `tenant-missing`, or `tenant-invalid`.
        Conflict: `deployment-taken`: it became another institution's in the meantime.
    """
    known = next((each for each in waiting(session) if each.id == waiting_id), None)
    row = session.get(WaitingDeploymentRow, waiting_id)
    if known is None or row is None:
        raise NotFound(say("Er wacht geen deployment {id}.", id=waiting_id), code="deployment-not-waiting")
    slug = tenant or known.proposed
    if not slug:
        raise BadInput(say("Zeg bij welke instelling dit deployment hoort."), code="tenant-missing")
    registrations.add_deployments(session, slug, row.registration_id, [row.deployment_id], at)
    session.delete(row)
    about = f"{known.issuer} {known.client_id} {known.deployment_id}"
    audit.note(session, "deployment-accepted", by=by, tenant=slug, about=about, at=at)
    return replace(known, proposed=slug)


def _known() -> ColumnElement[bool]:
    """Whether an institution got the deployment in another way."""
    return exists().where(
        DeploymentRow.registration_id == WaitingDeploymentRow.registration_id,
        DeploymentRow.deployment_id == WaitingDeploymentRow.deployment_id,
    )


def _proposed(session: Session, registration_id: int) -> str:
    """The one institution that the platform is known for: by its deployments, else by the invitation it came with."""
    deployed = select(TenantRow.slug).join(DeploymentRow).where(DeploymentRow.registration_id == registration_id)
    slugs = set(session.scalars(deployed))
    if not slugs:
        slugs = set(session.scalars(select(InviteRow.tenant).where(InviteRow.registration_id == registration_id)))
    return slugs.pop() if len(slugs) == 1 else ""
