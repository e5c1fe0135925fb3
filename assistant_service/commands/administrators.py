"""`admin invite`: the first administrator of an institution, who invites the others on a page."""

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
