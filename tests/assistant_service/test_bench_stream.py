"""`bench stream` measures what it says, with real processes; and its bars can be missed."""

import pytest
from click.testing import CliRunner, Result

from assistant_service.bench import streaming
from assistant_service.bench.searching import Times
from assistant_service.bench.streaming import Added, Crowd
from veranderkracht.cli import main

FAST, SLOW = Times(1.0, 2.0), Times(5.0, 9.0)


def test_the_model_the_bare_peer_and_the_sidecar_are_asked_and_a_crowd_is_answered() -> None:
    told = CliRunner().invoke(
        main, ["bench", "stream", "--answers", "2", "--crowd", "4", "--passages", "10", "--bar=-99"]
    )
    assert told.exit_code == 1, told.output
    for row in ("het model zelf", "Flask + langchain", "assistent", "4 antwoorden tegelijk: 4 tot het einde"):
        assert row in told.output
    assert "niet gehaald" in told.output


def measured(monkeypatch: pytest.MonkeyPatch, ours: Times, done: int) -> Result:
    crowd = Crowd(200, done, 200, SLOW, () if done == 200 else ("model-unavailable",))
    monkeypatch.setattr(streaming, "measure", lambda *_: (Added(FAST, Times(3.0, 4.0), ours), crowd))
    return CliRunner().invoke(main, ["bench", "stream"])


def test_twice_what_the_bare_peer_adds_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measured(monkeypatch, SLOW, 200).exit_code == 0


def test_more_than_twice_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    told = measured(monkeypatch, Times(5.1, 9.0), 200)
    assert told.exit_code == 1 and "2,05× (de lat: 2,00×): niet gehaald" in told.output


def test_an_answer_that_does_not_end_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    told = measured(monkeypatch, SLOW, 199)
    assert told.exit_code == 1 and "model-unavailable" in told.output
