"""`index`: make a tenant's knowledge what the files are now."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant_service.commands.opening import opened

if TYPE_CHECKING:
    from assistant_service.services import Services

_SHOWN = 20  # skipped files that are named one by one


@click.command("index")
@click.option("--tenant", required=True, metavar="SLUG", help="Van welke instelling de kennis is.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PAD…")
def index_command(tenant: str, paths: tuple[Path, ...]) -> None:
    """Lees bestanden en mappen in de kennisbank van een instelling.

    PAD is een bestand of een map; mappen worden helemaal doorlopen. We lezen modules (module.yaml), Markdown,
    platte tekst, HTML, Word (.docx) en PDF. Een volgende keer wordt alleen opgenomen wat veranderde, en verdwijnt wat
    er niet meer staat. Draait de assistent, dan doet hij het werk of wacht dit tot hij klaar is.
    """
    from assistant_service.knowledge.indexing import wait_for
    from assistant_service.tenants import find_tenant
    from veranderkracht.activities.store import TenantSlug

    with opened() as services:
        with services.database.read() as session:
            row = find_tenant(session, tenant)
            slug, tenant_id = TenantSlug(row.slug), row.id
        for path in paths:
            _keep_equal(services, tenant_id, path.resolve())
        passages = wait_for(
            services.settings,
            services.database,
            services.clock,
            slug,
            tenant_id,
            lambda done, total: _progress(f"{done} van {total} passages geïndexeerd…"),
        )
        _end_of_progress()
    click.echo(f"Klaar: {passages} passages doorzoekbaar voor {tenant}.")


def _keep_equal(services: "Services", tenant_id: int, root: Path) -> None:
    from assistant_service.knowledge import corpus
    from assistant_service.knowledge.documents import collect
    from veranderkracht.errors import NotFound

    if not root.exists():
        with services.database.write() as session:
            removed = corpus.forget(session, tenant_id, root)
        if not removed:
            raise NotFound(f"{root} bestaat niet. Geef een bestand of een map.")
        click.echo(f"{root} bestaat niet meer: {removed} verwijderd.")
        return
    collected = collect(root, lambda count: _progress(f"{root}: {count} documenten gelezen…"))
    _end_of_progress()
    with services.database.write() as session:
        changes = corpus.keep_equal(session, tenant_id, root, collected, services.clock())
    click.echo(
        f"{root}: {changes.added} nieuw, {changes.changed} gewijzigd, {changes.removed} verwijderd, "
        f"{changes.same} ongewijzigd{f', {changes.twice} dubbel' if changes.twice else ''}."
    )
    _name("Niet te lezen", collected.broken)
    _name("Overgeslagen", collected.skipped)


def _name(what: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        click.echo(f"{what} ({len(rows)}):", err=True)
    for path, reason in rows[:_SHOWN]:
        click.echo(f"  {path}: {reason}", err=True)
    if len(rows) > _SHOWN:
        click.echo(f"  … en nog {len(rows) - _SHOWN}", err=True)


def _progress(line: str) -> None:
    """Write over one line where somebody watches; be silent in a log."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{line}", nl=False, err=True)


def _end_of_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
