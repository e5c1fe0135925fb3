"""The commands about keys: how they stand, changing them without a launch or score failing, encrypting them."""

import os
from datetime import timedelta

import click

from lti_tool import configuration
from lti_tool.keys import KEPT, KeyFolder, Standing, public_pem
from lti_tool.registrations import origin
from lti_tool.services import open_keys
from veranderkracht.clock import iso
from veranderkracht.errors import Conflict

SAYS: dict[Standing, str] = {
    "waits": "staat klaar",
    "signs": "tekent",
    "kept": "tekent niet meer, blijft gepubliceerd",
    "withdrawn": "ingetrokken, verdwijnt bij de volgende wissel",
}


@click.command("list")
def keys_list_command() -> None:
    """Toon de sleutels waaraan platformen deze tool herkennen, en wat elk nu doet."""
    for key, standing in open_keys(configuration.read(os.environ)).standings():
        since = f" (vanaf {iso(key.signs_from)})" if key.signs_from else ""
        click.echo(f"{key.kid}: {SAYS[standing]}{since}")


@click.command("rotate")
@click.option(
    "--overlap-hours",
    default=24,
    show_default=True,
    type=click.IntRange(1, 24 * 30),
    help="Hoelang de nieuwe sleutel gepubliceerd is voor ze tekent.",
)
@click.option(
    "--compromised", is_flag=True, help="De oude sleutel lekte: trek haar nu in en teken meteen met een nieuwe."
)
@click.option("--tenant", default="", help="Wissel de sleutel van deze instelling naar de assistent.")
@click.option("--activate", is_flag=True, help="Met --tenant: de assistent kent de nieuwe sleutel, teken er nu mee.")
def rotate_command(overlap_hours: int, compromised: bool, tenant: str, activate: bool) -> None:
    """Wissel een sleutel: die naar de platformen, of met --tenant die naar de assistent."""
    keys = open_keys(configuration.read(os.environ))
    if tenant and not activate:
        _offer(keys, tenant)
        return
    if activate:
        if not tenant:
            raise click.UsageError("--activate hoort bij --tenant.")
        key = keys.use_next_host_key(tenant)
        click.echo(f"Vanaf nu tekent {key.kid}. Wat de vorige tekende, is na tien minuten verlopen.")
        return
    new = keys.rotate(timedelta() if compromised else timedelta(hours=overlap_hours))
    if compromised:
        click.echo(f"{new.kid} tekent vanaf nu; alle oudere sleutels zijn weg. Platformen halen de nieuwe vanzelf op.")
        return
    starts = new.signs_from
    if starts is None:
        raise Conflict("De nieuwe sleutel heeft geen begin.", code="rotation-under-way")
    click.echo(f"{new.kid} staat in /lti/jwks en tekent vanaf {iso(starts)}.")
    click.echo(f"De vorige blijft gepubliceerd tot {iso(starts + KEPT)}. Je hoeft niets te herstarten.")


@click.command("encrypt")
def encrypt_command() -> None:
    """Versleutel de sleutelbestanden die nog leesbaar zijn, met VK_LTI_KEYS_SECRET."""
    done = open_keys(configuration.read(os.environ)).encrypt()
    click.echo(f"Versleuteld: {', '.join(done)}." if done else "Alles was al versleuteld.")


def _offer(keys: KeyFolder, tenant: str) -> None:
    key = keys.next_host_key(tenant)
    click.echo("Bewaar de nieuwe publieke sleutel als key.pem, en maak haar eerst bekend bij de assistent:")
    click.echo(
        f"  veranderkracht host add --tenant {tenant} --kid {key.kid} --issuer {key.issuer} "
        f"--public-key key.pem --origin {origin(key.issuer)}"
    )
    click.echo(public_pem(key.private_pem), nl=False)
    click.echo(f"Teken er daarna mee:\n  veranderkracht keys rotate --tenant {tenant} --activate")
