"""`eval guide`: figures of the built-in guide on labelled reflections, per half and per class."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant_service.feedback.measuring import Verdict

QUOTED_BAR = 0.70  # of the criteria that show, over all texts
FALSE_ALARM_BAR = 0.25  # of the criteria that do not show


@click.command("guide")
@click.option("--module", default="samen-kijken", show_default=True, metavar="SLUG")
@click.option("--step", default="eigen-praktijk", show_default=True, metavar="STAP")
@click.option("--failures", is_flag=True, help="Noem ook wat misging: tekst en criterium, nooit de tekst zelf.")
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("tests/assistant_service/reflections"),
    metavar="[MAP]",
)
def guide_command(module: str, step: str, failures: bool, folder: Path) -> None:
    """Meet hoe goed de ingebouwde gids leest, op reflecties die met de hand gemerkt zijn.

    Eindigt met code 1 als hij over alle teksten samen de lat niet haalt.
    """
    from assistant_service.feedback.measuring import count, measure, read_labelled
    from veranderkracht.activities.assignment import assign, find_step
    from veranderkracht.modules.library import Library
    from veranderkracht.modules.model import WrittenStep

    library = Library.installed()
    found = find_step(library.module(module), step)
    if not isinstance(found, WrittenStep):
        raise click.ClickException(f"{step!r} vraagt geen tekst.")
    snapshot = assign(library, library.module(module), found).snapshot
    verdicts = measure(read_labelled(folder), snapshot)
    if not verdicts:
        raise click.ClickException(f"In {folder} liggen geen reflecties.")
    click.echo(f"{'':22}{'toont':>7}{'goed geciteerd':>17}{'toont niet':>12}{'vals alarm':>12}")
    for half in sorted({one.text.half for one in verdicts}):
        mine = [one for one in verdicts if one.text.half == half]
        line(half, mine)
        for kind in sorted({one.text.kind for one in mine}):
            line(f"  {kind}", [one for one in mine if one.text.kind == kind])
    line("samen", verdicts)
    for criterion in dict.fromkeys(one.criterion for one in verdicts):
        line(f"  {criterion}", [one for one in verdicts if one.criterion == criterion])
    doubtful = [one for one in verdicts if one.showing is None]
    click.echo(
        f"Op de rand, niet meegeteld: {len(doubtful)}, waarvan {sum(not one.right for one in doubtful)} getoond."
    )
    if failures:
        for one in verdicts:
            if not one.right and one.showing is not None:
                click.echo(f"{'gemist' if one.showing else 'vals alarm'}: {one.text.id} · {one.criterion}")
    figures = count(verdicts)
    if figures.quoted < QUOTED_BAR or figures.false_alarms > FALSE_ALARM_BAR:
        raise click.ClickException(
            f"Onder de lat: minstens {QUOTED_BAR:.0%} goed geciteerd, hoogstens {FALSE_ALARM_BAR:.0%} vals alarm."
        )


def line(name: str, verdicts: "Sequence[Verdict]", width: int = 22) -> None:
    """Print one line of the table: what showed and was seen, and what did not show and was said to."""
    from assistant_service.feedback.measuring import count

    figures = count(verdicts)
    click.echo(
        f"{name:{width}}{figures.showing:>7}{f'{figures.quoted_well} ({figures.quoted:.0%})':>17}"
        f"{figures.empty:>12}{f'{figures.empty - figures.rightly_silent} ({figures.false_alarms:.0%})':>12}"
    )
