"""The commands about connecting platforms: invitations, and the deployments that wait for an institution."""

import os
from datetime import timedelta

import click

from lti_tool import audit, configuration, invites, waiting
from lti_tool.configuration import LtiSettings
from lti_tool.services import open_database, open_keys
from veranderkracht.clock import iso, now


@click.command("invite")
@click.option("--tenant", default="", help="De instelling, als korte naam: hogeschool-west.")
@click.option(
    "--days", default=7, show_default=True, type=click.IntRange(1, 90), help="Hoelang de link bruikbaar blijft."
)
@click.option("--list", "as_list", is_flag=True, help="Toon de uitnodigingen die nog openstaan.")
@click.option("--withdraw", type=int, metavar="ID", help="Trek een uitnodiging in.")
def invite_command(tenant: str, days: int, as_list: bool, withdraw: int | None) -> None:
    """Maak een link waarmee een beheerder zijn leeromgeving zelf koppelt: één keer, en maar een tijd."""
    if sum((bool(tenant), as_list, withdraw is not None)) != 1:
        raise click.UsageError("Geef --tenant voor een nieuwe uitnodiging, of --list, of --withdraw ID.")
    settings = _settings()
    if as_list:
        _list(settings)
        return
    with open_database(settings).write() as session:
        if withdraw is not None:
            row = invites.withdraw(session, withdraw, by=audit.COMMAND_LINE, at=now())
            click.echo(f"Ingetrokken: uitnodiging {row.id} voor {row.tenant}.")
            return
        row, secret = invites.make(session, tenant, timedelta(days=days), by=audit.COMMAND_LINE, at=now())
    click.echo(f"Uitnodiging {row.id} voor {row.tenant}, bruikbaar tot {iso(row.expires_at)}:")
    click.echo(f"  {settings.base_url}/lti/register?invite={secret}")
    click.echo("Plak ze als beheerder in Moodle (Externe tool > Beheer tools > Tool-URL > Voeg toe LTI Advantage),")
    click.echo("Canvas (Admin > Apps > Dynamic Registration) of Brightspace (LTI Advantage > Register Tool > Dynamic).")
    click.echo("Wie ze heeft, kan één leeromgeving aan deze instelling koppelen. Ze wordt hierna niet meer getoond.")


@click.command("deployments")
def deployments_command() -> None:
    """Toon de deployments die geweigerd werden, tot je zegt bij welke instelling ze horen."""
    with open_database(_settings()).read() as session:
        rows = waiting.waiting(session)
    for each in rows:
        click.echo(f"{each.id}: {each.deployment_id} van {each.issuer} (client-id {each.client_id})")
        proposed = f"wellicht {each.proposed}" if each.proposed else "instelling onbekend"
        click.echo(f"   {proposed}; {each.launches} keer geweigerd, het laatst op {iso(each.last_seen_at)}")
    if rows:
        click.echo("Aanvaard er een met: veranderkracht lti accept ID [--tenant INSTELLING]")
    else:
        click.echo("Er wacht geen enkel deployment.")


@click.command("accept")
@click.argument("waiting_id", metavar="ID", type=int)
@click.option("--tenant", default="", help="De instelling; zonder deze: die `lti deployments` voorstelt.")
def accept_command(waiting_id: int, tenant: str) -> None:
    """Aanvaard een deployment dat wacht: wat eruit gestart wordt, hoort voortaan bij de instelling."""
    settings = _settings()
    with open_database(settings).write() as session:
        done = waiting.accept(session, waiting_id, by=audit.COMMAND_LINE, at=now(), tenant=tenant)
    open_keys(settings).make_host_key(done.proposed)
    click.echo(f"Aanvaard: {done.deployment_id} van {done.issuer} hoort bij {done.proposed}.")


def _list(settings: LtiSettings) -> None:
    with open_database(settings).read() as session:
        rows = invites.still_open(session, now())
    for row in rows:
        click.echo(f"{row.id}: {row.tenant}, bruikbaar tot {iso(row.expires_at)}")
    if not rows:
        click.echo("Er staat geen uitnodiging open.")


def _settings() -> LtiSettings:
    return configuration.read(os.environ)
