"""`ask`: a question to the assistant, on the command line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from assistant_service.commands.opening import opened
from assistant_service.commands.search import searchable

if TYPE_CHECKING:
    from assistant_service.knowledge.passages import Passage
    from assistant_service.models import Chain


@click.command("ask")
@click.option("--tenant", required=True, metavar="SLUG", help="In wiens kennis.")
@click.option("--module", metavar="SLUG", help="Zoek eerst in wat bij deze module hoort.")
@click.argument("question", metavar="VRAAG")
def ask_command(tenant: str, module: str | None, question: str) -> None:
    """Stel de assistent een vraag over de kennisbank van een instelling."""
    from assistant_service.asking import answer
    from assistant_service.callers import at_the_command_line
    from assistant_service.models import chain_of
    from assistant_service.tenants import find_tenant

    with opened() as services:
        passages = services.knowledge.search(searchable(services, tenant), question, 5, module)
        with services.database.read() as session:
            caller = at_the_command_line(find_tenant(session, tenant))
        chain = chain_of(services, caller, "ask")
        if chain is not None:
            lines = _by_model(chain, question, passages)
        else:
            told = answer(question, passages)
            lines = [told.says, "", told.opening, ""]
            for place, finding in enumerate(told.findings, start=1):
                lines += [f"{place}. {finding.title}", *_quoted(finding.excerpt), f"   Bron: {finding.url}", ""]
            lines.append(f"Om over na te denken: {told.question}")
    click.echo("\n".join(lines))


def _by_model(chain: "Chain", question: str, passages: "Sequence[Passage]") -> list[str]:
    from assistant_service.asking import NOTHING
    from assistant_service.asking_model import answer

    told = answer(chain, question, passages)
    lines = [told.says, ""]
    for place, statement in enumerate(told.statements, start=1):
        lines += [f"{place}. {statement.text}", *_quoted(statement.quote)]
        lines += [f"   Bron: {statement.title}, {statement.url}", ""]
    if not told.statements:
        lines.append(NOTHING)
    if told.question:
        lines.append(f"Om over na te denken: {told.question}")
    return lines


def _quoted(text: str) -> list[str]:
    return [f"   {line}".rstrip() for line in click.wrap_text(f"“{text}”", 92).split("\n")]
