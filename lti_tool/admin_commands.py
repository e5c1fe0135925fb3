"""The commands about the administration: a link to sign in with, and the audit log."""

import os

import click

from lti_tool import admin_access, audit_rows, configuration
from lti_tool.admin_words import act
from lti_tool.services import open_database
from veranderkracht.clock import iso, now


@click.command("admin-link")
@click.option("--name", default="beheerder", show_default=True, help="Voor wie: deze naam staat in het auditlogboek.")
@click.option("--tenant", default="", help="Enkel voor deze instelling; zonder: voor alle.")
def admin_link_command(name: str, tenant: str) -> None:
    """Maak een link waarmee één beheerder zich één keer kan aanmelden, binnen een kwartier."""
    settings = configuration.read(os.environ)
    with open_database(settings).write() as session:
        secret = admin_access.make_link(session, name, tenant, now())
    whose = f"de leeromgevingen van {tenant}" if tenant else "alle leeromgevingen"
    minutes = int(admin_access.LINK_LIFETIME.total_seconds() // 60)
    click.echo(f"Aanmeldlink voor {name}, voor {whose}; {minutes} minuten en één keer bruikbaar:")
    click.echo(f"  {settings.base_url}/lti/admin/sign-in?link={secret}")


@click.command("audit")
@click.option("--tenant", default="", help="Enkel wat over deze instelling gaat.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="Hoeveel, de nieuwste eerst."
)
def audit_command(tenant: str, limit: int) -> None:
    """Toon het auditlogboek: wie deed wat, en wanneer."""
    with open_database(configuration.read(os.environ)).read() as session:
        rows = audit_rows.newest(session, tenant, limit=limit)
    for row in rows:
        about = " · ".join(filter(None, (row.tenant, row.about)))
        click.echo(f"{iso(row.at)}  {row.by} {act(row.act)} [{row.act}]{f': {about}' if about else ''}")
    if not rows:
        click.echo("Er staat nog niets in het auditlogboek.")
