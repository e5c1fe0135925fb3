"""`host add`: which host may speak for a tenant."""

from typing import TextIO

import click

from assistant_service.commands.opening import opened


@click.command("add")
@click.option("--tenant", required=True, metavar="SLUG", help="De instelling waarvoor de sleutel spreekt.")
@click.option("--kid", required=True, help="De naam van de sleutel, zoals de host hem in zijn tokens zet.")
@click.option("--issuer", required=True, help="De naam van de host, zoals hij hem in zijn tokens zet.")
@click.option(
    "--public-key",
    required=True,
    type=click.File(encoding="ascii", errors="replace"),
    metavar="BESTAND",
    help="De publieke sleutel in PEM; - leest van standaardinvoer.",
)
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="URL",
    help="Waar de pagina's van de host staan, zoals https://lms.voorbeeld.be. Kan meer dan één keer.",
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=("learner", "teacher", "host"),
    show_default=True,
    help="Welke rol de sleutel mag geven. Kan meer dan één keer.",
)
def add_command(
    tenant: str, kid: str, issuer: str, public_key: TextIO, origins: tuple[str, ...], roles: tuple[str, ...]
) -> None:
    """Zet de publieke sleutel van een host bij een instelling.

    Bestaat de sleutel al, dan krijgt hij de origins en rollen die je nu geeft.
    """
    from assistant_service.tenants import add_host_key

    with opened() as services, services.database.write() as session:
        fresh = add_host_key(
            session,
            tenant=tenant,
            kid=kid,
            issuer=issuer,
            public_pem=public_key.read(),
            origins=origins,
            roles=roles,
            at=services.clock(),
        )
    click.echo(f"Sleutel {kid} {'toegevoegd' if fresh else 'bijgewerkt'} voor {tenant}.")
