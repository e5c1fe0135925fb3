"""`eval feedback`: figures of a language model's feedback on the sample works, for whoever has a model."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant_service.commands.measure_guide import line

if TYPE_CHECKING:
    from assistant_service.feedback.measuring_model import ModelFigures, Reading
    from assistant_service.policies import Provider

_WIDTH = 30  # of the names, in characters
_NEEDS = (
    "Deze meting heeft een taalmodel nodig: geef --model aanbieder:model, bijvoorbeeld openai:gpt-4.1-mini of "
    "ollama:llama3.1. Vraagt het een sleutel, zet die dan in een bestand en wijs het aan met --key-file. Staat het op "
    "een eigen adres, geef dat dan met --url. De voorbeeldwerken gaan dan naar dat model."
)
_WHY = {
    "not-literal": "citaat staat niet letterlijk in de tekst, of is te lang of van de opdracht",
    "no-quote": "zegt iets te zien zonder citaat",
    "invented-quote": "aangehaalde woorden die niemand schreef",
    "grade": "noemt een cijfer, punten of een niveau",
    "instructions": "zegt de eigen opdracht op",
    "address": "bevat een adres op het internet",
    "markup": "bevat opmaak of code",
    "too-long": "te lang",
    "empty": "leeg",
}


@click.command("feedback")
@click.option("--model", default="", metavar="AANBIEDER:MODEL", help="Welk taalmodel, zoals langchain het noemt.")
@click.option("--url", default="", metavar="ADRES", help="Adres van het model, als het niet dat van de aanbieder is.")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="BESTAND",
    help="Bestand met de sleutel.",
)
@click.option("--price-in", default=0.0, type=click.FloatRange(0), help="Euro per miljoen gelezen tokens.")
@click.option("--price-out", default=0.0, type=click.FloatRange(0), help="Euro per miljoen geschreven tokens.")
@click.option("--rubric", "rubrics", multiple=True, metavar="SLUG", help="Alleen deze rubriek; mag meermaals.")
def feedback_command(
    model: str, url: str, key_file: Path | None, price_in: float, price_out: float, rubrics: tuple[str, ...]
) -> None:
    """Meet de feedback van een taalmodel op de voorbeeldwerken, naast wat een mens erin zag.

    Zonder kennisbank: alleen de opdracht, de rubriek en het werk gaan naar het model.
    """
    if not model:
        raise click.UsageError(_NEEDS)
    from pydantic import ValidationError

    from assistant_service.configuration import read
    from assistant_service.feedback.measuring_model import count_readings, measure, works
    from assistant_service.models import model_of
    from assistant_service.policies import Provider
    from veranderkracht.modules.library import Library

    key = key_file.read_text(encoding="utf-8").strip() if key_file else ""
    try:
        provider = Provider(model=model, url=url, key=key, price_in=price_in, price_out=price_out)
    except ValidationError:
        raise click.UsageError(f"{model!r} is geen aanbieder:model. {_NEEDS}") from None
    # Who types the address, runs the service too: it may be on this machine, as with VK_MODEL_URL.
    settings = read({**os.environ, "VK_MODEL": model, "VK_MODEL_URL": url})
    chosen = model_of(provider, settings)
    chosen.prepare()
    readings = list(measure(chosen, works(Library.installed(), rubrics)))
    if not any(one.answered for one in readings):
        raise click.ClickException("Het model gaf geen enkel antwoord in de vorm die gevraagd is.")
    _agreement(readings)
    _figures(count_readings(readings), provider)


def _agreement(readings: "list[Reading]") -> None:
    click.echo(f"{'':{_WIDTH}}{'toont':>7}{'gezien':>17}{'toont niet':>12}{'vals alarm':>12}")
    verdicts = [one for reading in readings for one in reading.verdicts]
    for rubric in dict.fromkeys(one.text.kind for one in verdicts):
        mine = [one for one in verdicts if one.text.kind == rubric]
        line(rubric, mine, _WIDTH)
        for criterion in dict.fromkeys(one.criterion for one in mine):
            line(f"  {criterion}", [one for one in mine if one.criterion == criterion], _WIDTH)
    line("samen", verdicts, _WIDTH)
    agreed = sum(one.right for one in verdicts)
    click.echo(f"Eens met de mens, iets te zien of niets: {_share(agreed, len(verdicts))} criteria.")


def _figures(figures: "ModelFigures", provider: "Provider") -> None:
    click.echo(f"Beantwoord: {_share(figures.answered, figures.works)} werken.")
    click.echo(f"Geen antwoord van de aanbieder, of niet op tijd: {figures.unavailable}.")
    click.echo(f"Antwoorden in een andere vorm: {figures.form_errors}.")
    click.echo(f"Citaten die letterlijk in de tekst staan: {_share(figures.literal, figures.quotes)}.")
    click.echo(f"Door de bewaking tegengehouden: {_share(figures.held.total(), figures.parts)} onderdelen.")
    for why, number in figures.held.most_common():
        click.echo(f"  {number} × {_WHY[why]}")
    if figures.p50 is not None and figures.p95 is not None:
        click.echo(f"Seconden per werk: p50 {figures.p50:.1f}, p95 {figures.p95:.1f}.")
    tokens = figures.tokens
    how = "deels door ons geschat" if tokens.estimated else "geteld door de aanbieder"
    click.echo(f"Tokens: {tokens.read} gelezen, {tokens.written} geschreven ({how}).")
    if provider.price_in or provider.price_out:
        euro = (tokens.read * provider.price_in + tokens.written * provider.price_out) / 1_000_000
        click.echo(f"Kost: {euro:.4f} euro.")
    else:
        click.echo("Kost: onbekend; geef --price-in en --price-out.")


def _share(part: int, whole: int) -> str:
    return f"{part} van {whole} ({part / whole:.0%})" if whole else "0 van 0"
