"""`eval retrieval`: figures of searching, with each part on and off."""

from pathlib import Path

import click

from assistant_service.commands.opening import opened
from assistant_service.commands.search import searchable


@click.command("retrieval")
@click.option("--tenant", required=True, metavar="SLUG", help="In wiens kennis.")
@click.option(
    "--half",
    type=click.Choice(["tune", "held-out", "all"]),
    default="all",
    show_default=True,
    help="Welke helft van de vragen.",
)
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="VRAGEN")
def retrieval_command(tenant: str, half: str, questions: Path) -> None:
    """Meet hoe vaak het antwoord op een vraag gevonden wordt.

    VRAGEN is een YAML-lijst van {question, answers: [begin van een titel…], module?}. Vragen
    zonder antwoord (answers: []) tonen hoe goed te zien is dat iets er niet staat.
    """
    from assistant_service.knowledge.measuring import (
        DEPTH,
        VARIANTS,
        best_coverage,
        measure,
        read_questions,
        separation,
    )
    from assistant_service.knowledge.search import THIN

    asked = [one for one in read_questions(questions) if half == "all" or one.held_out == (half == "held-out")]
    if not asked:
        raise click.ClickException("Er zijn geen vragen in deze helft.")
    with opened() as services:
        slug = searchable(services, tenant)
        knowledge = services.knowledge
        knowledge.search(slug, asked[0].question, 1)  # loading is not searching
        click.echo(f"{len(asked)} vragen ({half})")
        click.echo(f"{'':32} {'R@1':>6} {'R@5':>6} {'MRR@10':>7} {'p50 ms':>7}")
        for with_module in (False, True):
            for name, parts in VARIANTS:
                figures = measure(
                    lambda text, module, used: knowledge.search(slug, text, DEPTH, module, parts=used),
                    asked,
                    parts,
                    with_module=with_module,
                )
                label = f"{name}, met module" if with_module else name
                click.echo(
                    f"{label:32} {figures.at_one:6.3f} {figures.at_five:6.3f} {figures.reciprocal:7.3f} "
                    f"{figures.milliseconds:7.1f}"
                )
        answered, unanswered = best_coverage(
            lambda text, module, used: knowledge.search(slug, text, DEPTH, module, parts=used), asked
        )
        click.echo(f"dekking scheidt vragen met en zonder antwoord: AUC {separation(answered, unanswered):.3f}")
        for name, figures_of in (("met antwoord", answered), ("zonder antwoord", unanswered)):
            thin = sum(one < THIN for one in figures_of)
            click.echo(f"  {name}: {thin} van {len(figures_of)} onder {THIN}")
