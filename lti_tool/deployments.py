"""Deployments of a registered platform: adding, switching off and on, and removing the ones that nobody used."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lti_tool import platforms_seen, registrations
from lti_tool.admin_tables import AdmittedRow, RefusedRow
from lti_tool.tables import DeploymentRow, WaitingDeploymentRow
from veranderkracht.errors import Conflict
from veranderkracht.languages import say


def add(session: Session, tenant: str, platform: int, names: Sequence[str], at: datetime) -> None:
    """Make deployments a tenant's own, whether they waited for it or not.

    Raises:
        BadInput: the tenant's or a deployment's name will not do.
        Conflict: `deployment-taken`, said without naming whose it is.
    """
    try:
        registrations.add_deployments(session, tenant, platform, names, at)
    except Conflict as taken:
        raise Conflict(
            say(
                "Een van deze deployments hoort al bij een andere instelling. Kijk na of het id klopt. Zo ja, vraag "
                "dan aan wie de server beheert bij welke instelling het hoort."
            ),
            code=taken.code,
        ) from taken
    waited = WaitingDeploymentRow.deployment_id.in_(names)
    session.execute(delete(WaitingDeploymentRow).where(WaitingDeploymentRow.registration_id == platform, waited))


def switch(session: Session, row: DeploymentRow, off_at: datetime | None) -> None:
    """Switch a deployment off from a moment on, or with None on again. Who is inside keeps their visit till its end."""
    session.execute(update(DeploymentRow).where(DeploymentRow.id == row.id).values(switched_off_at=off_at))


def remove(session: Session, row: DeploymentRow) -> None:
    """Remove a deployment from which nobody opened anything yet.

    Raises:
        Conflict: `deployment-in-use`.
    """
    if platforms_seen.has_work(session, row.id):
        raise Conflict(
            say(
                "Deployment {id} kan niet weg: er zijn activiteiten uit geopend, en daar kan werk van lerenden bij "
                "horen. Zet het uit als er niet meer gestart mag worden; het werk blijft dan bewaard.",
                id=row.deployment_id,
            ),
            code="deployment-in-use",
        )
    for table in (AdmittedRow, RefusedRow):
        session.execute(
            delete(table).where(table.registration_id == row.registration_id, table.deployment_id == row.deployment_id)
        )
    session.execute(delete(DeploymentRow).where(DeploymentRow.id == row.id))


def platform_of_waiting(session: Session, waiting_id: int) -> int | None:
    """Give the platform of a deployment that waits."""
    row = session.get(WaitingDeploymentRow, waiting_id)
    return row.registration_id if row else None
