"""`eval retrieval` and `eval contributions`: figures of searching, and what each text and group of words adds to it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant_service.commands.opening import opened
from assistant_service.commands.search import searchable

if TYPE_CHECKING:
    from assistant_service.knowledge.passages import Passage
    from assistant_service.knowledge.ranking import Parts


_questions = click.argument(
    "questions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="VRAGEN…",
    nargs=-1,
    required=True,
)


@click.command("retrieval")
@click.option("--tenant", required=True, metavar="SLUG", help="In wiens kennis.")
@click.option(
    "--half",
    type=click.Choice(["tune", "held-out", "all"]),
    default="all",
    show_default=True,
    help="Welke helft van de vragen.",
)
@_questions
def retrieval_command(tenant: str, half: str, questions: tuple[Path, ...]) -> None:
    """Meet hoe vaak het antwoord op een vraag gevonden wordt.

    VRAGEN zijn YAML-lijsten van {question, answers: [begin van een titel…], module?}. Vragen
    zonder antwoord (answers: []) tonen hoe goed te zien is dat iets er niet staat. Achter elk
    cijfer staat tussen haken waar het met 95 % zekerheid ligt.
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

    every = [one for file in questions for one in read_questions(file)]
    asked = [one for one in every if half == "all" or one.held_out == (half == "held-out")]
    if not any(one.answers for one in asked):
        raise click.ClickException("Er zijn geen vragen met een antwoord in deze helft.")
    with opened() as services:
        slug = searchable(services, tenant)
        knowledge = services.knowledge
        knowledge.search(slug, asked[0].question, 1)  # loading is not searching
        click.echo(f"{len(asked)} vragen ({half}), waarvan {sum(bool(one.answers) for one in asked)} met een antwoord")
        click.echo(f"{'':36}{'R@1':<18}{'R@5':<18}{'MRR@10':<18}{'p50 ms':>7}{'p95 ms':>7}")
        for with_module in (False, True):
            for name, parts in VARIANTS:
                figures = measure(
                    lambda text, module, used: knowledge.search(slug, text, DEPTH, module, parts=used),
                    asked,
                    parts,
                    with_module=with_module,
                )
                label = f"{name}, met module" if with_module else name
                shown = "".join(
                    f"{f'{one.value:.2f} ({one.low:.2f}–{one.high:.2f})':<18}"
                    for one in (figures.at_one, figures.at_five, figures.reciprocal)
                )
                click.echo(f"{label:36}{shown}{figures.p50:7.1f}{figures.p95:7.1f}")
        answered, unanswered = best_coverage(
            lambda text, module, used: knowledge.search(slug, text, DEPTH, module, parts=used), asked
        )
        click.echo(f"dekking scheidt vragen met en zonder antwoord: AUC {separation(answered, unanswered):.3f}")
        for name, figures_of in (("met antwoord", answered), ("zonder antwoord", unanswered)):
            thin = sum(one < THIN for one in figures_of)
            click.echo(f"  {name}: {thin} van {len(figures_of)} onder {THIN}")


@click.command("contributions")
@click.option("--tenant", required=True, metavar="SLUG", help="In wiens kennis.")
@_questions
def contributions_command(tenant: str, questions: tuple[Path, ...]) -> None:
    """Toon welke teksten en welke groepen van de thesaurus aan geen enkel antwoord iets veranderen.

    Alleen de helft van de vragen telt mee waarop afgesteld mag worden.
    """
    from assistant_service.knowledge.contributions import groups_that_matter, titles_seen
    from assistant_service.knowledge.measuring import DEPTH, read_questions
    from veranderkracht.modules.library import Library

    asked = [one for file in questions for one in read_questions(file) if one.answers and not one.held_out]
    library = Library.installed()
    with opened() as services:
        slug = searchable(services, tenant)
        knowledge = services.knowledge

        def search(text: str, module: str | None, parts: "Parts") -> "list[Passage]":
            return knowledge.search(slug, text, DEPTH, module, parts=parts)

        seen = tuple(titles_seen(search, asked))
        articles = library.articles()
        idle = [one.slug for one in articles if not any(title.startswith(one.title) for title in seen)]
        click.echo(f"{len(asked)} vragen; {len(idle)} van {len(articles)} artikels staan nooit bij de eerste vijf:")
        for article in idle:
            click.echo(f"  {article}")
        groups = [tuple(group) for group in library.thesaurus()]
        matter = groups_that_matter(search, lambda text: knowledge.groups_in(slug, text), asked)
        unmoved = [group for group in groups if group not in matter]
        click.echo(f"{len(unmoved)} van {len(groups)} groepen van de thesaurus veranderen niets:")
        for group in unmoved:
            click.echo(f"  {', '.join(group)}")
