"""`admin invite`: the first administrator, who invites the others on a page; `admin account`: who says who they are."""

from pathlib import Path

import click

from assistant_service.commands.opening import opened


@click.command("invite")
@click.option("--tenant", required=True, metavar="SLUG", help="Voor welke instelling.")
@click.option("--name", required=True, metavar="NAAM", help="Wie je uitnodigt.")
@click.option("--role", type=click.Choice(["administrator", "adviser"]), default="administrator", show_default=True)
def invite_command(tenant: str, name: str, role: str) -> None:
    """Nodig iemand uit om de assistent te beheren; geeft een link die één keer werkt."""
    from assistant_service.administration import people
    from assistant_service.audit import COMMAND_LINE
    from assistant_service.tenants import find_tenant
    from veranderkracht.errors import Rejected

    with opened() as services, services.database.write() as session:
        if not services.settings.base_url:
            raise Rejected("Zeg eerst met VK_ASSISTANT_BASE_URL op welk adres browsers de assistent bereiken.")
        tenant_id = find_tenant(session, tenant).id
        secret = people.invite(session, tenant_id, name, role, by=COMMAND_LINE, at=services.clock())
        address = services.settings.base_url
    click.echo(f"{address}/admin/invitation?link={secret}")
    click.echo(f"Bezorg deze link aan {name}. Ze werkt één keer, {people.INVITATION_LASTS.days} dagen lang.", err=True)


@click.command("account")
@click.option("--tenant", required=True, metavar="SLUG", help="Van welke instelling.")
@click.option("--issuer", default="", metavar="ADRES", help="De OpenID Connect-aanmelding van de instelling.")
@click.option("--client-id", default="", metavar="ID", help="Hoe die de assistent kent.")
@click.option(
    "--secret-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="BESTAND",
    help="Bestand met het geheim dat ze de assistent gaf.",
)
@click.option("--off", is_flag=True, help="Niemand meldt zich nog aan met een account van de instelling.")
def account_command(tenant: str, issuer: str, client_id: str, secret_file: Path | None, off: bool) -> None:
    """Laat beheerders zich aanmelden met het account van hun instelling (OpenID Connect).

    Wie mag beheren, blijft wie is uitgenodigd. Toegangssleutels blijven werken.
    """
    from assistant_service.administration import institutions, oidc
    from assistant_service.audit import COMMAND_LINE
    from assistant_service.tenants import find_tenant
    from veranderkracht.errors import Rejected

    if off == bool(issuer and client_id and secret_file):
        raise click.UsageError("Geef --issuer, --client-id en --secret-file samen, of alleen --off.")
    with opened() as services:
        address = services.settings.base_url
        if not address:
            raise Rejected("Zeg eerst met VK_ASSISTANT_BASE_URL op welk adres browsers de assistent bereiken.")
        if not off:
            oidc.check(issuer, https=address.startswith("https:"))
        with services.database.write() as session:
            id, at = find_tenant(session, tenant).id, services.clock()
            if off:
                institutions.forget(session, id, by=COMMAND_LINE, at=at)
            elif secret_file:
                secret = secret_file.read_text(encoding="utf-8").strip()
                institutions.configure(
                    session, id, issuer, client_id, secret, services.settings, by=COMMAND_LINE, at=at
                )
    if off:
        click.echo("Niemand meldt zich nog aan met een account van de instelling; toegangssleutels blijven werken.")
    else:
        click.echo(f"Bewaard. Laat dit adres toe bij de instelling (redirect URI): {address}{institutions.BACK}")
