"""`veranderkracht bench search`: how long a search takes, beside a bare Chroma query, and in an index ten times larger.

Exit code 1 when a search in the smaller index takes more than the bar times a bare query of as many passages in the
same run, or one in the larger index more than the bar times one in the smaller; both at the 95th percentile.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant_service.bench.searching import Times

BAR = 3.0  # times a bare Chroma query
GROWTH_BAR = 5.0  # times the smaller index
TIMES = 10  # how much larger the larger is


@click.command("search")
@click.option("--passages", default=10_000, show_default=True, type=click.IntRange(10), help="Van de kleine index.")
@click.option("--questions", default=300, show_default=True, type=click.IntRange(1), help="Hoeveel vragen per index.")
@click.option("-k", "number", default=5, show_default=True, type=click.IntRange(1, 50), help="Hoeveel resultaten.")
@click.option("--bar", default=BAR, show_default=True, help="Hoeveel keer een kale Chroma-vraag een zoekvraag duurt.")
@click.option("--growth-bar", default=GROWTH_BAR, show_default=True, help="Hoeveel keer trager in de grote index.")
def search_command(passages: int, questions: int, number: int, bar: float, growth_bar: float) -> None:
    """Meet zoeken in een index vol tekst die op Nederlands lijkt, en in een die tien keer zo groot is."""
    from assistant_service.bench.searching import measure

    found = []
    for size in (passages, passages * TIMES):
        with tempfile.TemporaryDirectory(prefix="vk-bench-") as name:
            one = measure(Path(name), size, number, questions)
        found.append(one)
        click.echo(f"{one.passages} passages, geïndexeerd in {one.building:.0f} s; {questions} vragen, k = {number}")
        click.echo(f"{'':24}{'p50 ms':>9}{'p95 ms':>9}")
        for row, times in (("kale Chroma-vraag", one.bare), ("zoeken", one.search), ("in een module", one.in_module)):
            _row(row, times)
        click.echo()
    small, large = found
    held = _told("Zoeken tegen een kale vraag", small.search.p95 / small.bare.p95, bar)
    held &= _told("Zoeken in een module tegen een kale vraag", small.in_module.p95 / small.bare.p95, bar)
    held &= _told("De grote index tegen de kleine", large.search.p95 / small.search.p95, growth_bar)
    grown = large.in_module.p95 / small.in_module.p95
    held &= _told("De grote index tegen de kleine, in een module", grown, growth_bar)
    if not held:
        raise SystemExit(1)


def _row(name: str, times: "Times") -> None:
    click.echo(f"{name:24}{times.p50:9.2f}{times.p95:9.2f}")


def _told(what: str, ratio: float, bar: float) -> bool:
    kept = ratio <= bar
    click.echo(f"{what}: {_number(ratio)}× (de lat: {_number(bar)}×){'' if kept else ': niet gehaald'}")
    return kept


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
