"""`veranderkracht bench stream`: how long the first word of an answer takes, beside bare Flask and langchain.

Exit code 1 when what the sidecar adds to the model's own time is at the median more than the bar times what the bare
one adds in the same run, or when one of many answers at once does not come to its end.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant_service.bench.searching import Times

BAR = 2.0  # times what bare Flask and langchain add


@click.command("stream")
@click.option("--answers", default=200, show_default=True, type=click.IntRange(1), help="Hoeveel antwoorden van elk.")
@click.option("--crowd", default=200, show_default=True, type=click.IntRange(1), help="Hoeveel antwoorden tegelijk.")
@click.option("--passages", default=1000, show_default=True, type=click.IntRange(10), help="In de kennisbank.")
@click.option("--bar", default=BAR, show_default=True, help="Hoeveel keer de toegevoegde tijd van kale langchain.")
def stream_command(answers: int, crowd: int, passages: int, bar: float) -> None:
    """Meet hoelang het eerste woord van een antwoord duurt, en of velen tegelijk antwoord krijgen."""
    from assistant_service.bench.streaming import measure

    with tempfile.TemporaryDirectory(prefix="vk-bench-") as name:
        added, many = measure(Path(name), passages, answers, crowd)
    click.echo(f"{'Tot het eerste woord':28}{'p50 ms':>9}{'p95 ms':>9}{'erbij, p50':>12}")
    for row, times in (("het model zelf", added.model), ("Flask + langchain", added.bare), ("assistent", added.ours)):
        _row(row, times, times.p50 - added.model.p50)
    click.echo(
        f"\n{many.asked} antwoorden tegelijk: {many.done} tot het einde, hoogstens {many.together} samen onderweg"
    )
    _row("assistent", many.first, None)
    held = added.ratio <= bar
    click.echo(
        f"\nErbij, tegen kale Flask + langchain: {_number(added.ratio)}× (de lat: {_number(bar)}×)"
        f"{'' if held else ': niet gehaald'}"
    )
    if many.done < many.asked:
        click.echo(f"Niet alle antwoorden kwamen tot het einde: {', '.join(many.faults)}")
    if not held or many.done < many.asked:
        raise SystemExit(1)


def _row(name: str, times: "Times", added: float | None) -> None:
    more = "" if added is None else f"{added:12.2f}"
    click.echo(f"{name:28}{times.p50:9.2f}{times.p95:9.2f}{more}")


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
