"""`ask` with a language model: only statements that rest on literal words of a passage are shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant_service.commands.ask import ask_command
from assistant_service.services import Services
from tests.assistant_service.conftest import Indexing
from tests.cast import WEST
from tests.peers.stub_model import StubModel, refuses, says
from veranderkracht.errors import Unavailable

TEXT = "Een vrijwilliger schenkt koffie omdat hij graag onder de mensen is. Vraag hem eerst wat hij zelf wil doen."


@pytest.fixture
def stub(services: Services, index: Indexing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubModel]:
    (tmp_path / "koffie.md").write_text(f"# Vrijwilligers\n\n{TEXT}\n", encoding="utf-8")
    index(WEST, tmp_path / "koffie.md")
    with StubModel() as server:
        for name, value in {
            "VK_DATA": str(services.settings.data),
            "VK_MODEL": "openai:stub",
            "VK_MODEL_URL": server.url,
            "VK_MODEL_KEY": "sleutel",
            "VK_MODEL_SECONDS": "60",
        }.items():
            monkeypatch.setenv(name, value)
        yield server


def ask(question: str) -> str:
    result = CliRunner().invoke(ask_command, ["--tenant", WEST, question], catch_exceptions=False)
    return result.output


def statement(**changes: object) -> dict[str, object]:
    right = {"text": "Begin bij zijn eigen wens.", "source": 1, "quote": "Vraag hem eerst wat hij zelf wil doen."}
    return {**right, **changes}


def test_a_statement_is_shown_with_the_words_and_the_source_that_it_rests_on(stub: StubModel) -> None:
    stub.will(says({"statements": [statement()], "question": "Wat zou hij willen?"}))
    told = ask("Wat kan een vrijwilliger doen?")
    for part in ("taalmodel", "Begin bij zijn eigen wens.", "“Vraag hem eerst", "Bron: Vrijwilligers", "Wat zou hij"):
        assert part in told
    assert TEXT in stub.prompt()


def test_what_rests_on_nothing_is_left_out(stub: StubModel) -> None:
    strangers = [
        statement(text="Verzonnen bron.", source=9),
        statement(text="Verzonnen woorden.", quote="Vrijwilligers moeten altijd betaald worden."),
        statement(text="Te mager.", quote="de"),
    ]
    stub.will(says({"statements": strangers, "question": "Hoezo?"}))
    told = ask("Wat kan een vrijwilliger doen?")
    assert not any(part in told for part in ("Verzonnen", "Te mager", "Hoezo?"))
    assert "niets dat duidelijk past" in told


def test_numbers_that_identify_somebody_do_not_leave_with_a_question(stub: StubModel) -> None:
    stub.will(says({"statements": [], "question": ""}))
    ask("Mag ik 0470 12 34 56 bellen, de vrijwilliger van de koffie?")
    assert "0470" not in stub.prompt()


def test_a_model_that_fails_is_told(stub: StubModel) -> None:
    stub.will(refuses(500))
    with pytest.raises(Unavailable, match="taalmodel"):
        ask("Wat kan een vrijwilliger doen?")
