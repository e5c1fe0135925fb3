"""Promises of `check --strict`: what a whole module lacks is named, and a text that is hard to read too."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.core.content_files import replace, write_content
from veranderkracht.cli import main
from veranderkracht.modules.check import check
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Case, Quiz, Reading
from veranderkracht.modules.readability import prose, readability
from veranderkracht.modules.strict import module_faults, text_faults

ROOT = Path(__file__).parents[2]
EASY = "De bus is laat. Wij wachten samen. Dan komt hij toch."
HARD = (
    "Organisatieontwikkelingstrajecten veronderstellen systematische verantwoordelijkheidsverdelingen, waarbij "
    "multidisciplinaire samenwerkingsverbanden kwaliteitsverbeteringsprocessen operationaliseren en verduurzamen."
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_content(tmp_path)
    return tmp_path


def reasons(root: Path) -> str:
    return "\n".join(fault.reason for fault in check(root, strict=True).faults)


def test_a_sound_module_that_is_not_whole_is_told_what_it_lacks_and_only_when_asked(root: Path) -> None:
    assert check(root).faults == ()
    told = reasons(root)
    for lack in (
        "'supervision' ontbreekt",
        "'intervision' ontbreekt",
        "stap 'vooraf' ontbreekt",
        "stap 'voor-het-teamoverleg' ontbreekt",
        "er is geen scan of werkblad",
        "1 teksten om te lezen",
        "heeft 1 beslissingen; verwacht minstens 2",
        "telt 1 vragen; verwacht 6 tot 10",
        "verwacht 300 tot 700",
        "geen enkele tekst heeft een figuur",
    ):
        assert lack in told


def test_the_command_says_so_and_fails(root: Path) -> None:
    assert CliRunner().invoke(main, ["check", str(root)]).exit_code == 0
    done = CliRunner().invoke(main, ["check", "--strict", str(root)])
    assert done.exit_code == 1
    assert "'supervision' ontbreekt" in done.output


def test_a_source_that_nobody_cites_is_named(root: Path) -> None:
    replace(root / "content/modules/klein-begin/module.yaml", "    sources: [opcz]\n", "")
    assert "bron 'opcz' wordt nergens aangehaald" in reasons(root)


def test_a_quiz_that_can_be_guessed_without_reading_is_named() -> None:
    module = Library.at(ROOT).module("koers-kiezen")
    (quiz,) = (step for step in module.steps if isinstance(step, Quiz))
    telling = [
        question.model_copy(
            update={
                "options": tuple(
                    option.model_copy(update={"text": "Lang. " * 60 if option.correct else "Kort."})
                    for option in sorted(question.options, key=lambda option: option.correct)
                )[-2:]
            }
        )
        for question in quiz.questions
    ]
    other = quiz.model_copy(update={"questions": tuple(telling)})
    steps = tuple(other if step is quiz else step for step in module.steps)
    texts = {step.file: "" for step in module.steps if isinstance(step, (Reading, Case))}
    told = {fault.reason for fault in module_faults(module.model_copy(update={"steps": steps}), "m", texts)}
    assert "toets 'toets': in 7 van 7 vragen is het juiste antwoord het langste" in told
    assert "toets 'toets': in 7 van 7 vragen staat het juiste antwoord op dezelfde plaats" in told


def test_two_modules_with_one_step_title_are_both_told(root: Path) -> None:
    first = root / "content/modules/klein-begin"
    second = first.with_name("nog-een")
    second.mkdir()
    for file in first.iterdir():
        (second / file.name).write_bytes(file.read_bytes())
    replace(second / "module.yaml", "slug: klein-begin", "slug: nog-een")
    told = reasons(root)
    assert "'even toetsen' staat ook in nog-een" in told
    assert "'even toetsen' staat ook in klein-begin" in told


def test_a_hard_text_is_named_until_a_reason_is_recorded_and_a_needless_reason_too(root: Path) -> None:
    (root / "content/modules/klein-begin/10-waarom.md").write_text(HARD, encoding="utf-8")
    assert "moeilijke tekst: LIX" in reasons(root)
    recorded = root / "content/leesbaarheid.yaml"
    recorded.write_text("modules/klein-begin/10-waarom.md: Een wettekst.\n", encoding="utf-8")
    assert "moeilijke tekst" not in reasons(root)
    (root / "content/modules/klein-begin/10-waarom.md").write_text(EASY, encoding="utf-8")
    assert "een reden voor een tekst die niet moeilijk is" in reasons(root)


def test_both_measures_follow_their_formulas() -> None:
    # Eleven words in three sentences, one of more than six letters; thirteen syllables.
    measured = readability(EASY)
    assert (measured.words, measured.sentences) == (11, 3)
    assert measured.lix == pytest.approx(11 / 3 + 100 / 11)
    assert measured.flesch_douma == pytest.approx(206.84 - 77 * 13 / 11 - 0.93 * 11 / 3)


@pytest.mark.parametrize("word", ["zee", "bloei", "leeuw", "knieën", "oefening", "geëerd", "fiets", "huis"])
def test_syllables_are_counted_as_dutch_joins_vowels(word: str) -> None:
    counted = {"zee": 1, "bloei": 1, "leeuw": 1, "knieën": 2, "oefening": 3, "geëerd": 2, "fiets": 1, "huis": 1}
    assert (206.84 - 0.93 - readability(word).flesch_douma) / 77 == pytest.approx(counted[word])


def test_a_heading_and_an_item_of_a_list_are_sentences_and_marks_are_no_words() -> None:
    text = "# Kop zonder punt\n\n- eerste *punt*\n- [tweede](https://a.be/lang/adres)\n"
    assert readability(text).sentences == 3
    assert prose(text) == "Kop zonder punt\neerste punt\ntweede"


@given(st.text())
def test_any_text_can_be_measured(text: str) -> None:
    measured = readability(text)
    assert measured.words >= measured.sentences >= 0
    assert text_faults(text, "a.md", {"a": "reden"}, "a") or measured.words
