"""`eval feedback`: figures that follow from what a model answers, and what the command says without one."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.peers.model_protocols import READ, WRITTEN
from tests.peers.stub_model import Behaviour, StubModel, refuses, says
from veranderkracht.cli import main
from veranderkracht.modules.library import Library

Run = Callable[..., Result]
RUBRIC = "reflectie-basis"
SAMPLES = Library.installed().samples(RUBRIC)
CRITERIA = [one.id for one in Library.installed().rubric(RUBRIC).criteria]
GRADED = [one.id for one in Library.installed().rubric(RUBRIC).graded]
SHOWING = sum(sample.levels[one] != "niet" for sample in SAMPLES for one in GRADED)


@pytest.fixture
def stub() -> Iterator[StubModel]:
    with StubModel() as server:
        yield server


@pytest.fixture
def run(stub: StubModel, tmp_path: Path) -> Run:
    """Measure the stub on the three works of one rubric, with a key from a file."""
    key = tmp_path / "sleutel"
    key.write_text("sleutel-uit-een-bestand\n", encoding="utf-8")

    def command(*more: str) -> Result:
        arguments = ("--model", "openai:stub", "--url", stub.url, "--key-file", str(key), "--rubric", RUBRIC, *more)
        environment = {"VK_DATA": str(tmp_path / "data")}
        return CliRunner().invoke(main, ["eval", "feedback", *arguments], env=environment)

    return command


def remark(criterion: str, quote: str | None, **changes: Any) -> dict[str, Any]:
    right = {"remark": "Je noemt het.", "question": "Wat zag je toen?", "next_step": "Schrijf dat erbij."}
    return {"criterion": criterion, "visible": quote is not None, "quote": quote, **right, **changes}


def quote_of(text: str) -> str:
    return " ".join(text.split()[:6])


def as_the_person_saw(number: int) -> dict[str, Any]:
    sample = SAMPLES[number]
    sees = {one: sample.levels.get(one, "niet") != "niet" for one in CRITERIA}
    quote = quote_of(sample.work)
    return {"criteria": [remark(one, quote if sees[one] else None) for one in CRITERIA], "sources": []}


def line(output: str, start: str) -> str:
    return next(one for one in output.splitlines() if one.startswith(start))


def test_a_model_that_sees_what_the_person_saw_agrees_on_everything(run: Run, stub: StubModel) -> None:
    stub.will(*(says(as_the_person_saw(number)) for number in range(3)))
    result = run("--price-in", "2", "--price-out", "8")
    assert result.exit_code == 0, result.output
    total = 3 * len(GRADED)
    assert (
        line(result.output, "Eens") == f"Eens met de mens, iets te zien of niets: {total} van {total} (100%) criteria."
    )
    assert "Beantwoord: 3 van 3 (100%) werken." in result.output
    assert f"letterlijk in de tekst staan: {SHOWING} van {SHOWING} (100%)" in result.output
    assert "tegengehouden: 0 van" in result.output
    assert f"Tokens: {3 * READ} gelezen, {3 * WRITTEN} geschreven (geteld door de aanbieder)." in result.output
    assert f"Kost: {3 * (2 * READ + 8 * WRITTEN) / 1e6:.4f} euro." in result.output
    assert re.search(r"p50 \d+\.\d, p95 \d+\.\d", result.output)
    assert stub.requests[0]["authorization"] == "Bearer sleutel-uit-een-bestand"
    assert quote_of(SAMPLES[0].work) in stub.prompt(0)


def test_what_the_guards_hold_back_is_told_with_the_reason_and_counts_as_unseen(run: Run, stub: StubModel) -> None:
    wrong = as_the_person_saw(0)
    seen = next(place for place, one in enumerate(wrong["criteria"]) if one["visible"])
    criterion = wrong["criteria"][seen]["criterion"]
    assert criterion in GRADED
    wrong["criteria"][seen] = remark(
        criterion, "Dit schreef helemaal niemand.", remark="Een 8 op 10.", question="Ken je www.kwaad.be?", next_step=""
    )
    stub.will(says(wrong), says(as_the_person_saw(1)), says(as_the_person_saw(2)))
    output = run().output
    total = 3 * len(GRADED)
    assert f"iets te zien of niets: {total - 1} van {total}" in output
    assert f"letterlijk in de tekst staan: {SHOWING - 1} van {SHOWING}" in output
    assert f"tegengehouden: 4 van {3 * 3 * len(CRITERIA) + visible()} " in output
    for why in ("citaat staat niet letterlijk", "noemt een cijfer", "bevat een adres op het internet", "leeg"):
        assert f"  1 × {why}" in output
    assert "niemand." not in output and "kwaad" not in output


def visible() -> int:
    return sum(one["visible"] for number in range(3) for one in as_the_person_saw(number)["criteria"])


def test_a_model_that_sees_everything_everywhere_gives_false_alarms(run: Run, stub: StubModel) -> None:
    stub.will(
        *(says({"criteria": [remark(one, quote_of(each.work)) for one in CRITERIA], "sources": []}) for each in SAMPLES)
    )
    output = run().output
    empty = 3 * len(GRADED) - SHOWING
    assert empty
    assert line(output, "samen").split() == [
        "samen",
        str(SHOWING),
        str(SHOWING),
        "(100%)",
        str(empty),
        str(empty),
        "(100%)",
    ]


def test_answers_in_another_form_and_no_answer_at_all_are_counted_apart(run: Run, stub: StubModel) -> None:
    stub.will(says("nee"), says(as_the_person_saw(0)), says("nee"), says(json.dumps({"a": 1})), refuses(429))
    output = run().output
    assert "Beantwoord: 1 van 3 (33%) werken." in output
    assert "niet op tijd: 1." in output and "andere vorm: 3." in output
    assert "deels door ons geschat" in output and "Kost: onbekend" in output


@pytest.mark.parametrize(
    ("behaviours", "told"),
    [
        ((refuses(401), refuses(401), refuses(401)), "Kloppen het adres en de sleutel?"),
        ((says("nee"),) * 6, "geen enkel antwoord in de vorm"),
    ],
)
def test_a_model_that_never_answers_ends_with_what_to_look_at(
    run: Run, stub: StubModel, behaviours: tuple[Behaviour, ...], told: str
) -> None:
    stub.will(*behaviours)
    result = run()
    assert result.exit_code == 1 and told in result.output
    assert "sleutel-uit-een-bestand" not in result.output and "Traceback" not in result.output


@pytest.mark.parametrize("arguments", [(), ("--model", "zomaar-iets")])
def test_without_a_model_it_says_what_it_needs(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["eval", "feedback", *arguments])
    assert result.exit_code == 2
    assert "--model aanbieder:model" in result.output and "--key-file" in result.output


def test_every_sample_work_of_every_rubric_is_read() -> None:
    from assistant_service.feedback.measuring_model import works

    library = Library.installed()
    found = [(one.rubric, one.id) for one in works(library)]
    assert found == [(rubric.slug, each.id) for rubric in library.rubrics() for each in library.samples(rubric.slug)]
