"""The tool's commands: register a platform, the host's key for the assistant, migrate, serve, and the worker."""

import json
import logging
import os
from datetime import datetime

import click

from lti_tool import audit, configuration, registrations
from lti_tool.admin_commands import admin_link_command, audit_command
from lti_tool.ags import Gradebooks
from lti_tool.bench.command import launch_command as bench_launch_command
from lti_tool.configuration import LtiSettings
from lti_tool.database import Database
from lti_tool.invite_commands import accept_command, deployments_command, invite_command
from lti_tool.key_commands import encrypt_command, keys_list_command, rotate_command
from lti_tool.keys import public_pem
from lti_tool.nrps import Memberships
from lti_tool.outbox import Sender
from lti_tool.outbox_commands import outbox_command, resend_command
from lti_tool.privacy_commands import export_command, forget_command, retention_command
from lti_tool.queue_huey import open_queue
from lti_tool.registrations import Registration
from lti_tool.rosters import Rosters
from lti_tool.services import open_database, open_keys, open_services
from veranderkracht.cli import subgroup
from veranderkracht.clock import now


def register(group: click.Group) -> None:
    """Add the commands to the group of all commands."""
    lti = subgroup(group, "lti", help="Beheer de LTI-tool.")
    for command in (register_command, host_key_command, migrate_command, settings_command):
        lti.add_command(command)
    for command in (export_command, forget_command, retention_command):
        lti.add_command(command)
    for command in (outbox_command, resend_command, admin_link_command, audit_command):
        lti.add_command(command)
    for command in (invite_command, deployments_command, accept_command):
        lti.add_command(command)
    keys = subgroup(group, "keys", help="Beheer de sleutels van de LTI-tool.")
    for command in (keys_list_command, rotate_command, encrypt_command):
        keys.add_command(command)
    subgroup(group, "serve", help="Start een van de diensten.").add_command(serve_command)
    subgroup(group, "bench", help="Meet hoe snel deze software is.").add_command(bench_launch_command)
    group.add_command(worker_command)


@click.command("register")
@click.option("--tenant", required=True, help="De instelling, als korte naam: hogeschool-west.")
@click.option("--issuer", required=True, help="De naam van het platform (iss), meestal zijn adres.")
@click.option("--client-id", required=True, help="Hoe het platform deze tool noemt.")
@click.option("--auth-url", required=True, help="Waar het platform aanmeldingen beantwoordt.")
@click.option("--token-url", required=True, help="Waar het platform toegangsbewijzen geeft.")
@click.option("--jwks-url", required=True, help="Waar de publieke sleutels van het platform staan.")
@click.option("--deployment-id", "deployments", required=True, multiple=True, help="Mag meer dan één keer.")
@click.option(
    "--token-audience", default="", help="De `aud` die het platform verwacht, als dat niet het token-adres is."
)
@click.option("--frame-origin", "frame_origins", multiple=True, help="Nog een adres dat de tool in een kader toont.")
def register_command(
    tenant: str,
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    deployments: tuple[str, ...],
    token_audience: str,
    frame_origins: tuple[str, ...],
) -> None:
    """Registreer een platform voor een instelling, of werk de registratie bij."""
    settings = _settings()
    registration = Registration(issuer, client_id, auth_url, token_url, jwks_url, token_audience, frame_origins)
    with open_database(settings).write() as session:
        new = registrations.register(session, tenant, registration, deployments, now())
        act = "registration-added" if new else "registration-changed"
        audit.note(session, act, by=audit.COMMAND_LINE, tenant=tenant, about=f"{issuer} {client_id}", at=now())
    open_keys(settings).make_host_key(tenant)
    click.echo(f"{'Geregistreerd' if new else 'Bijgewerkt'}: {issuer} ({client_id}) voor {tenant}.")
    click.echo("Vul op het platform in:")
    for name, path in (("Aanmelding (login)", "login"), ("Start en redirect", "launch"), ("Sleutels (JWKS)", "jwks")):
        click.echo(f"  {name}: {settings.base_url}/lti/{path}")


@click.command("host-key")
@click.option("--tenant", required=True, help="De instelling, als korte naam.")
@click.option("--json", "as_json", is_flag=True, help="Als JSON: kid, issuer, public_key.")
def host_key_command(tenant: str, as_json: bool) -> None:
    """Toon de publieke sleutel waarmee de assistent deze tool herkent; maak hem als hij er niet is."""
    key = open_keys(_settings()).make_host_key(tenant)
    public = public_pem(key.private_pem)
    if as_json:
        click.echo(json.dumps({"kid": key.kid, "issuer": key.issuer, "public_key": public}))
        return
    click.echo(f"kid: {key.kid}\nissuer: {key.issuer}\n{public}", nl=False)


@click.command("migrate")
def migrate_command() -> None:
    """Breng de databank bij tot deze versie."""
    Database(_settings().database_url).migrate()
    click.echo("De databank is bij.")


@click.command("settings")
def settings_command() -> None:
    """Toon de instellingen, met uitleg en standaardwaarde."""
    for setting in configuration.TABLE:
        click.echo(f"{setting.name}: {setting.help} (standaard: {setting.default or 'leeg'})")


@click.command("lti")
@click.option("--host", default="127.0.0.1", show_default=True, help="Waarop geluisterd wordt.")
@click.option("--port", default=8001, show_default=True, help="De poort.")
@click.option("--workers", default=2, show_default=True, help="Hoeveel processen.")
@click.option("--threads", default=8, show_default=True, help="Hoeveel draden per proces.")
@click.option("--access-log", is_flag=True, help="Schrijf een regel per vraag, zonder wat er na het vraagteken staat.")
def serve_command(host: str, port: int, workers: int, threads: int, access_log: bool) -> None:
    """Start de LTI-tool."""
    from lti_tool.server_gunicorn import serve

    settings = _settings()
    open_database(settings).close()
    open_keys(settings).session_secret()
    serve(settings, host=host, port=port, workers=workers, threads=threads, access_log=access_log)


@click.command("worker")
def worker_command() -> None:
    """Stuur scores naar puntenboeken en gebeurtenissen naar de assistent en haal deelnemers op, tot je het stopt."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = _settings()
    queue = open_queue(settings)
    services = open_services(settings, wake=queue.wake)
    sender = Sender(services, Gradebooks(services.outgoing, services.access))
    rosters = Rosters(services, Memberships(services.outgoing, services.access))

    def drain() -> datetime | None:
        rosters.refresh()  # first, for a teacher is looking
        return sender.drain()

    queue.serve(drain, sender.clean)


def _settings() -> LtiSettings:
    return configuration.read(os.environ)
