"""`search`: what the knowledge base has on a question, for people and for programs."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from assistant_service.commands.opening import opened
from veranderkracht.activities.store import TenantSlug

if TYPE_CHECKING:
    from assistant_service.knowledge.passages import Passage
    from assistant_service.services import Services


@click.command("search")
@click.option("--tenant", required=True, metavar="SLUG", help="In wiens kennis.")
@click.option("-k", "number", type=click.IntRange(1, 50), default=5, show_default=True, help="Hoeveel resultaten.")
@click.option("--module", metavar="SLUG", help="Zoek eerst in wat bij deze module hoort.")
@click.option("--json", "as_json", is_flag=True, help="Eén regel JSON per vraag.")
@click.argument("query", metavar="VRAAG")
def search_command(tenant: str, number: int, module: str | None, as_json: bool, query: str) -> None:
    """Zoek in de kennisbank van een instelling.

    Is VRAAG een streepje (-), dan is elke regel van de standaardinvoer een vraag.
    """
    with opened() as services:
        slug = searchable(services, tenant)
        for question in _questions(query):
            found = services.knowledge.search(slug, question, number, module) if question else []
            click.echo(_as_json(question, found) if as_json else _as_text(question, found))


def searchable(services: "Services", tenant: str) -> TenantSlug:
    """Give the slug of a tenant whose knowledge can be searched.

    Raises:
        NotFound: the tenant does not exist, or has no index.
    """
    from assistant_service.knowledge.building import manifest_of, versions_of
    from assistant_service.tenants import find_tenant
    from veranderkracht.errors import NotFound

    with services.database.read() as session:
        slug = TenantSlug(find_tenant(session, tenant).slug)
    if manifest_of(versions_of(services.settings, slug)) is None:
        raise NotFound(f"Van {tenant} is nog niets geïndexeerd. Begin met: veranderkracht index --tenant {tenant} PAD…")
    return slug


def _questions(query: str) -> Iterator[str]:
    if query != "-":
        yield query.strip()
        return
    for line in sys.stdin:
        yield line.strip()


def _as_json(question: str, found: "list[Passage]") -> str:
    results = [{"text": one.text, "title": one.title, "url": one.url, "score": round(one.score, 4)} for one in found]
    return json.dumps({"query": question, "results": results}, ensure_ascii=False)


def _as_text(question: str, found: "list[Passage]") -> str:
    lines = [f"Vraag: {question}", ""]
    for place, one in enumerate(found, start=1):
        lines += [f"{place}. {one.title}  ({one.score:.2f})", f"   {one.url}", ""]
        lines += [f"   {line}".rstrip() for line in click.wrap_text(one.text, 96, preserve_paragraphs=True).split("\n")]
        lines.append("")
    return "\n".join(lines if found else [*lines, "Niets gevonden."])
