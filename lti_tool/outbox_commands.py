"""The commands about scores on their way: how many wait, went or failed, and sending them anew."""

import os
from collections import defaultdict
from datetime import datetime

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import audit, configuration
from lti_tool.outbox_rows import SCORE
from lti_tool.queue_huey import open_queue
from lti_tool.resending import Resent, links_of, resend
from lti_tool.services import open_database
from lti_tool.tables import DeploymentRow, LinkRow, OutboxRow, RegistrationRow, TenantRow
from veranderkracht.clock import iso, now
from veranderkracht.errors import NotFound

_STATES = {"waiting": "wachten", "sent": "verzonden", "superseded": "vervangen", "failed": "mislukt"}
_ASSISTANT = "de assistent"


@click.command("outbox")
def outbox_command() -> None:
    """Toon per leeromgeving hoeveel scores wachten, verzonden, vervangen of mislukt zijn, en wat het langst wacht."""
    with open_database(configuration.read(os.environ)).read() as session:
        counts, oldest = _counts(session)
    if not counts:
        click.echo("Er is nog niets verzonden, en er wacht niets.")
        return
    for target in sorted(counts, key=lambda name: (name == _ASSISTANT, name)):
        said = ", ".join(f"{counts[target][state]} {word}" for state, word in _STATES.items())
        click.echo(f"{target}: {said}")
        if target in oldest:
            click.echo(f"  het langst wacht iets van {iso(oldest[target])}")


@click.command("resend")
@click.option("--tenant", required=True, help="De instelling, als korte naam.")
@click.option("--failed", is_flag=True, help="Enkel de scores die niet doorkwamen.")
def resend_command(tenant: str, failed: bool) -> None:
    """Stuur gepubliceerde scores opnieuw naar de puntenboeken; wat daar zelf gewijzigd werd, blijft staan."""
    settings, at = configuration.read(os.environ), now()
    database = open_database(settings)
    done = Resent(0, 0)
    with database.read() as session:
        if session.scalar(select(TenantRow.id).where(TenantRow.slug == tenant)) is None:
            raise NotFound(f"Er is geen instelling {tenant!r}.", code="tenant-unknown")
        links = links_of(session, tenant)
    for link in links:
        # A transaction each, so that teachers and learners need not wait for the whole institution.
        with database.write() as session:
            here = resend(session, tenant, link, f"{link.id}:{link.module}/{link.step}", at, failed=failed)
            if here.scores:
                about = f"{link.id}:{link.module}/{link.step} {here.scores}"
                audit.note(session, "scores-resent", by=audit.COMMAND_LINE, tenant=tenant, about=about, at=at)
        done += here
    if done.scores:
        open_queue(settings).wake()
    click.echo(f"{done.scores} {'score wordt' if done.scores == 1 else 'scores worden'} opnieuw gestuurd.")
    if done.without_column:
        click.echo(f"{done.without_column} niet: daarvoor is er geen kolom in het puntenboek.")


def _counts(session: Session) -> tuple[dict[str, dict[str, int]], dict[str, datetime]]:
    """Give per platform how many rows are in each state, and since when the oldest waits."""
    link = OutboxRow.payload["link"].as_integer()
    scores = (
        select(RegistrationRow.issuer, OutboxRow.status, func.count(), func.min(OutboxRow.created_at))
        .select_from(OutboxRow)
        .outerjoin(LinkRow, LinkRow.id == link)
        .outerjoin(DeploymentRow, DeploymentRow.id == LinkRow.deployment_id)
        .outerjoin(RegistrationRow, RegistrationRow.id == DeploymentRow.registration_id)
        .where(OutboxRow.kind == SCORE)
        .group_by(RegistrationRow.issuer, OutboxRow.status)
    )
    others = (
        select(OutboxRow.status, func.count(), func.min(OutboxRow.created_at))
        .where(OutboxRow.kind != SCORE)
        .group_by(OutboxRow.status)
    )
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_STATES, 0))
    oldest: dict[str, datetime] = {}
    gone = "een koppeling die er niet meer is"
    rows: list[tuple[str, str, int, datetime]] = [
        (issuer or gone, status, number, since) for issuer, status, number, since in session.execute(scores)
    ]
    rows += [(_ASSISTANT, status, number, since) for status, number, since in session.execute(others)]
    for target, status, number, since in rows:
        counts[target][status] += number
        if status == "waiting":
            oldest[target] = since
    return counts, oldest
