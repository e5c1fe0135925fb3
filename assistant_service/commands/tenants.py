"""`tenant add` and `tenant list`."""

import click

from assistant_service.commands.opening import opened


@click.command("add")
@click.argument("slug")
@click.option("--name", required=True, metavar="NAAM", help="Hoe de instelling heet.")
def add_command(slug: str, name: str) -> None:
    """Voeg een instelling toe; SLUG is haar korte naam, voorgoed."""
    from assistant_service.tenants import add_tenant

    with opened() as services, services.database.write() as session:
        fresh = add_tenant(session, slug, name, services.clock())
    click.echo(f"Instelling {slug} toegevoegd." if fresh else f"Instelling {slug} bestond al.")


@click.command("list")
def list_command() -> None:
    """Toon de instellingen, met hoeveel sleutels en documenten ze hebben."""
    from assistant_service.tenants import list_tenants

    with opened() as services, services.database.read() as session:
        lines = list_tenants(session)
    if not lines:
        click.echo("Er zijn nog geen instellingen. Begin met: veranderkracht tenant add SLUG --name NAAM")
    width = max((len(line.slug) for line in lines), default=0)
    for line in lines:
        click.echo(f"{line.slug:{width}}  {line.keys:3} sleutels  {line.documents:5} documenten  {line.name}")
