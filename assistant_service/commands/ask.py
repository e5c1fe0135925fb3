"""`ask`: a question to the assistant, on the command line."""

import click

from assistant_service.commands.opening import opened
from assistant_service.commands.search import searchable


@click.command("ask")
@click.option("--tenant", required=True, metavar="SLUG", help="In wiens kennis.")
@click.option("--module", metavar="SLUG", help="Zoek eerst in wat bij deze module hoort.")
@click.argument("question", metavar="VRAAG")
def ask_command(tenant: str, module: str | None, question: str) -> None:
    """Stel de assistent een vraag over de kennisbank van een instelling."""
    from assistant_service.asking import answer

    with opened() as services:
        told = answer(question, services.knowledge.search(searchable(services, tenant), question, 5, module))
    lines = [told.says, "", told.opening, ""]
    for place, finding in enumerate(told.findings, start=1):
        lines += [f"{place}. {finding.title}"]
        lines += [f"   {line}".rstrip() for line in click.wrap_text(f"“{finding.excerpt}”", 92).split("\n")]
        lines += [f"   Bron: {finding.url}", ""]
    click.echo("\n".join([*lines, f"Om over na te denken: {told.question}"]))
