"""`veranderkracht bench launch`: how long a launch takes, beside its floor and beside another library's tool.

Exit code 1 when a validated launch takes more than the bar times its floor; the redirect before it (the login
initiation, which proves nothing and writes nothing) is shown too, and neither that nor the peer has a say in it.
"""

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from lti_tool.bench import rounds, servers
from lti_tool.bench.driver import BenchFault, Figures, launch, over_http
from lti_tool.bench.platform import Platform, listening

BAR = 2.0  # times the floor
PEER_WARM = 20

Serving = Callable[[Path, Platform], AbstractContextManager[tuple[int, str]]]


@click.command("launch")
@click.option("--launches", default=400, show_default=True, type=click.IntRange(1), help="Hoeveel starts.")
@click.option("--without-peer", is_flag=True, help="Meet enkel deze tool en haar bodem, niet ltijs.")
@click.option("--bar", default=BAR, show_default=True, help="Hoeveel keer de bodem een start mag duren.")
def launch_command(launches: int, without_peer: bool, bar: float) -> None:
    """Meet hele, nagekeken starts (aanmelding en launch), naast de bodem: één RS256-controle en één rij schrijven."""
    with tempfile.TemporaryDirectory(prefix="vk-bench-") as name, listening() as platform:
        folder = Path(name)
        measured = rounds.measure(_made(folder / "proces"), platform, launches)
        _heading(f"In één proces, {launches} starts")
        for row, figures in measured.rows.items():
            _row(row, figures)
        if not without_peer:
            _heading("Over HTTP, één proces, één na één")
            for row, serving in (("deze tool", servers.ours), ("ltijs + ltijs-sequelize", servers.peer)):
                _over_http(row, serving, _made(folder / row.split()[0]), platform, launches)
    click.echo(
        f"\nVerhouding tot de bodem: {_number(measured.landing_ratio)}× voor de nagekeken launch met haar pagina "
        f"(mediaan van rondes; de lat: {_number(bar)}×), {_number(measured.ratio)}× met de aanmelding erbij."
    )
    if measured.landing_ratio > bar:
        click.echo("De lat is niet gehaald.")
        raise SystemExit(1)


def _over_http(row: str, serving: Serving, folder: Path, platform: Platform, launches: int) -> None:
    try:
        with serving(folder, platform) as (port, base_url):
            ask = over_http(port)
            for number in range(PEER_WARM):
                launch(ask, platform, base_url, number)
            done = [launch(ask, platform, base_url, number) for number in range(launches)]
    except BenchFault as fault:
        click.echo(f"{row}: niet gemeten: {fault.detail}")
        return
    _row(row, Figures.of([each.whole for each in done]))
    if any(each.page for each in done):
        _row("  met de pagina erna", Figures.of([each.whole + each.page for each in done]))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _heading(title: str) -> None:
    click.echo(f"\n{title:36}{'p50 ms':>9}{'p95 ms':>9}{'per s':>9}")


def _row(name: str, figures: Figures) -> None:
    click.echo(f"{name:36}{figures.p50 * 1000:9.2f}{figures.p95 * 1000:9.2f}{figures.rate:9.0f}")


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
