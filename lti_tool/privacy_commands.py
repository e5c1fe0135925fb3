"""The commands about learners' data: export it, forget a learner, and how long an institution keeps them."""

import json
import os
import re
from pathlib import Path

import click
from sqlalchemy import select

from lti_tool import audit, configuration, learner_data, learner_document, retention
from lti_tool.configuration import LtiSettings
from lti_tool.forgetting import FORGET, forget, tenant_of
from lti_tool.queue_huey import open_queue
from lti_tool.services import open_database, open_keys
from lti_tool.tables import OutboxRow
from veranderkracht.clock import iso, now
from veranderkracht.errors import BadInput

_PSEUDONYM = re.compile(r"[0-9a-f]{64}")
_TENANT = click.option("--tenant", required=True, help="De instelling, als korte naam.")
_ISSUER = click.option("--issuer", default="", help="De leeromgeving (iss), samen met --user.")
_USER = click.option("--user", default="", help="De gebruiker zoals de leeromgeving hem noemt (sub).")
_LEARNER = click.option("--learner", default="", help="Of: het pseudoniem, zoals in het auditlogboek.")


@click.command("export")
@_TENANT
@_ISSUER
@_USER
@_LEARNER
@click.option("--html", "as_html", is_flag=True, help="Als pagina om te lezen, in plaats van JSON.")
@click.option("--output", type=click.Path(path_type=Path), help="Het bestand (0600); zonder: op het scherm.")
def export_command(tenant: str, issuer: str, user: str, learner: str, as_html: bool, output: Path | None) -> None:
    """Geef alles wat van één lerende bewaard wordt."""
    settings, at = configuration.read(os.environ), now()
    learner = _pseudonym(settings, tenant, issuer, user, learner)
    with open_database(settings).write() as session:
        document = learner_data.of_learner(session, tenant_of(session, tenant), learner, at)
        audit.note(session, "learner-exported", by=audit.COMMAND_LINE, tenant=tenant, about=learner, at=at)
    if learner_data.is_empty(document):
        click.echo("Van deze lerende wordt hier niets bewaard. Kijk --issuer en --user na.", err=True)
    text = learner_document.page(document) if as_html else json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    output.touch(mode=0o600)
    output.chmod(0o600)
    output.write_text(text, encoding="utf-8")
    click.echo(f"Geschreven: {output}")


@click.command("forget")
@click.option("--tenant", default="", help="De instelling, als korte naam.")
@_ISSUER
@_USER
@_LEARNER
@click.option("--yes", is_flag=True, help="Vraag niet nog eens of het mag.")
@click.option("--open", "still_open", is_flag=True, help="Toon wat de assistent nog moet vergeten; verwijder niets.")
def forget_command(tenant: str, issuer: str, user: str, learner: str, yes: bool, still_open: bool) -> None:
    """Verwijder alles van één lerende, hier en bij de assistent. Dit is niet terug te draaien."""
    settings, at = configuration.read(os.environ), now()
    if still_open:
        _show_open(settings)
        return
    if not tenant:
        raise BadInput("Zeg met --tenant om welke instelling het gaat.")
    learner = _pseudonym(settings, tenant, issuer, user, learner)
    database = open_database(settings)
    with database.read() as session:
        tenant_of(session, tenant)
    if not yes:
        click.confirm(f"Alles van {learner} bij {tenant} verwijderen? Dit is niet terug te draaien.", abort=True)
    with database.write() as session:
        gone = forget(session, tenant_of(session, tenant), learner, by=audit.COMMAND_LINE, at=at)
    open_queue(settings).wake()
    click.echo(f"Vergeten: {learner}. Verwijderde rijen: {gone}.")
    click.echo("Wat in het puntenboek staat, beheert de leeromgeving zelf.")
    if settings.assistant_url:
        click.echo(
            "De assistent krijgt de vraag via de worker; `veranderkracht lti forget --open` toont wat nog openstaat."
        )
    else:
        click.echo("Er is geen assistent ingesteld; de vraag om te vergeten wacht tot er een is (VK_ASSISTANT_URL).")


@click.command("retention")
@_TENANT
@click.option("--months", type=click.IntRange(1, 600), help="Na hoeveel maanden afwezigheid.")
@click.option("--never", is_flag=True, help="Bewaar tot iemand vraagt om te vergeten.")
@click.option("--show", is_flag=True, help="Toon de termijn, en wie nu aan de beurt is; verander niets.")
def retention_command(tenant: str, months: int | None, never: bool, show: bool) -> None:
    """Stel in hoelang een instelling lerenden bewaart die niet meer langskomen."""
    if (months is not None) + never + show != 1:
        raise BadInput("Kies één van --months, --never en --show.")
    at = now()
    with open_database(configuration.read(os.environ)).write() as session:
        row = tenant_of(session, tenant)
        if not show:
            retention.set_months(session, row, months, by=audit.COMMAND_LINE, at=at)
        count = retention.due(session, row, at)
        kept = row.retention_months
    if kept is None:
        click.echo(f"{tenant} bewaart lerenden tot iemand vraagt om te vergeten.")
        return
    click.echo(f"{tenant} vergeet lerenden die {kept} maanden niets deden. Nu aan de beurt: {count}.")


def _pseudonym(settings: LtiSettings, tenant: str, issuer: str, user: str, learner: str) -> str:
    if learner and not issuer and not user:
        if not _PSEUDONYM.fullmatch(learner):
            raise BadInput("Een pseudoniem heeft 64 tekens, 0-9 en a-f.")
        return learner
    if learner or not issuer or not user:
        raise BadInput("Geef --issuer en --user, of enkel --learner.")
    return open_keys(settings).host_key(tenant).learner(issuer, user)


def _show_open(settings: LtiSettings) -> None:
    query = select(OutboxRow).where(OutboxRow.kind == FORGET, OutboxRow.status != "sent").order_by(OutboxRow.id)
    with open_database(settings).read() as session:
        rows = session.scalars(query).all()
    for row in rows:
        state = "opgegeven; vraag opnieuw met lti forget" if row.status == "failed" else "wacht"
        click.echo(f"{row.tenant} {row.target} sinds {iso(row.created_at)}: {state}. {row.detail}".rstrip())
    if not rows:
        click.echo("De assistent heeft niets meer te vergeten.")
