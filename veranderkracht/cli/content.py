"""The commands about content: `check` and `modules`."""

from pathlib import Path

import click

from veranderkracht.modules.check import Report, check
from veranderkracht.modules.library import Library


@click.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--strict", is_flag=True, help="Noem ook wat nog ontbreekt aan een hele module, en moeilijke teksten.")
def check_command(path: Path | None, *, strict: bool) -> None:
    """Kijk modules, rubrieken, de toolkit en kennisartikels na.

    PATH is een map met content/ of rubrics/ erin, een map met modules of rubrieken, of de map van één module.
    Zonder PATH wordt nagekeken wat geïnstalleerd is. Elke fout staat op een regel, als bestand:regel: reden.
    """
    report = check(path, strict=strict)
    for fault in report.faults:
        click.echo(str(fault))
    click.echo(_summary(report))
    if report.faults:
        raise SystemExit(1)


@click.command("modules")
def modules_command() -> None:
    """Toon de modules die geïnstalleerd zijn."""
    modules = Library.installed().modules()
    if not modules:
        click.echo("Er zijn nog geen modules geïnstalleerd.")
        return
    slug_width = max(len(module.slug) for module in modules)
    phase_width = max(len(module.phase) for module in modules)
    for module in modules:
        minutes = f"{module.minutes:3} min"
        click.echo(f"{module.slug:{slug_width}}  {module.phase:{phase_width}}  {minutes}  {module.title}")


def _summary(report: Report) -> str:
    scope = report.scope
    counts = [
        _count(len(scope.modules), "module", "modules"),
        _count(len(scope.rubrics), "rubriek", "rubrieken"),
        _count(len(scope.articles), "artikel", "artikels"),
    ]
    outcome = "geen fouten"
    if report.faults:
        in_files = _count(len({fault.file for fault in report.faults}), "bestand", "bestanden")
        outcome = f"{_count(len(report.faults), 'fout', 'fouten')} in {in_files}"
    if scope.tools:
        counts.append(f"{len(scope.tools)} in de toolkit")
    used = f" Rubrieken uit {report.rubrics_from}." if scope.modules else ""
    return f"Nagekeken: {', '.join(counts)}: {outcome}.{used}"


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
