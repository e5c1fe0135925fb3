"""Promises to authors: a sound module loads exactly, a broken one names file, line, what was found and expected."""

from datetime import date
from pathlib import Path

import pytest

from tests.core.content_files import replace, write_content
from veranderkracht.errors import ContentError
from veranderkracht.modules.loader import load_module
from veranderkracht.modules.model import Case, Reflection

RUBRICS = {"basis"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_content(tmp_path)


def faults_of(folder: Path) -> list[str]:
    """Give the faults of a module, without the folder in front."""
    with pytest.raises(ContentError) as caught:
        load_module(folder, RUBRICS)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_a_sound_module_loads_with_all_that_stands_in_it(folder: Path) -> None:
    module = load_module(folder, RUBRICS)
    assert (module.slug, module.minutes, [step.kind for step in module.steps]) == (
        "klein-begin",
        33,
        ["reading", "case", "quiz", "reflection"],
    )
    assert module.nagezien is not None
    assert module.nagezien.on == date(2026, 11, 1)
    case, reflection = module.steps[1], module.steps[3]
    assert isinstance(case, Case)
    assert case.decisions[0].options[0].reactions == {"an": "Goed."}
    assert isinstance(reflection, Reflection)
    assert reflection.prompt == "Denk aan één moment.\n\n**Noem geen namen.**"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "kind: quiz",
            "kind: toets",
            "onbekende soort 'toets'; bekend zijn reading, case, reflection, quiz, scan",
        ),
        ("kind: quiz", "kind: 7", "onbekende soort 'het getal 7'"),
        ("slug: klein-begin", "slug: groot", "slug 'groot' gevonden, verwacht wordt 'klein-begin'"),
        ("title: Klein beginnen", "title: 2026", "title: het getal 2026 gevonden, verwacht wordt tekst"),
        ("title: Klein beginnen", "title:", "title: niets gevonden, verwacht wordt tekst"),
        ("phase: doen", "phase: gaan", "phase: de tekst 'gaan' gevonden, verwacht wordt een van 'introductie'"),
        ("version: 1", 'version: "1"', "version: de tekst '1' gevonden, verwacht wordt een geheel getal"),
        ("version: 1", "version: true", "version: true gevonden, verwacht wordt een geheel getal"),
        ("minutes: 3", "minutes: 300", "minutes: het getal 300 gevonden, verwacht wordt hoogstens 120"),
        ("minutes: 3", "minuten: 3", "onbekende sleutel 'minuten' (bedoel je 'minutes'?); bekend zijn hier id, kind"),
        ("on: 2026-11-01", "on: gisteren", "on: de tekst 'gisteren' gevonden, verwacht wordt een datum"),
        ("url: https://voorbeeld.be/jaarbericht", "url: voorbeeld", "verwacht wordt een volledig webadres"),
        ("url: https://voorbeeld.be/jaarbericht", "url: javascript:x", "webadres dat met https:// of http:// begint"),
        ("file: 10-waarom.md", "file: weg.md", "Markdown-bestand 'weg.md' niet gevonden; wel: 10-waarom.md, 20-ontb"),
        ("file: 10-waarom.md", "file: ../../../../rubrics/basis.yaml", "niet gevonden; wel: 10-waarom.md"),
        ("sources: [opcz]", "sources: [opcz, serv]", "onbekende bron 'serv'; onder 'sources' van de module: opcz"),
        (
            "max_words: 200\n    rubric: basis",
            "max_words: 200\n    rubric: weg",
            "rubriek 'weg' niet gevonden; wel: basis",
        ),
        (
            "reactions: {an: Goed.}",
            "reactions: {cas: Ja.}",
            "reactie van 'cas', die niet in de casus zit; onder 'people': an",
        ),
        ("- {id: bo,", "- {id: an,", "id 'an' bestaat al op regel 27"),
        ("text: Een week, correct: true", "text: Een week", "geen enkel antwoord is juist"),
        ("text: Een jaar,", "text: Een jaar, correct: true,", "multiple staat niet op true"),
        ("text: Vragen", "text: <b onclick=x>Vragen</b>", "onclick-attribuut gevonden"),
        ("**Noem geen namen.**", "<script>alert(1)</script>", "script gevonden (<script>alert(1)</script>)"),
        ("**Noem geen namen.**", "[klik](javascript:alert(1))", "link naar 'javascript:alert(1)' gevonden"),
        ("question: Wat zou jij doen?", "title: Nog een", "sleutel 'title' staat er een tweede keer"),
    ],
)
def test_a_fault_names_its_line_what_was_found_and_what_was_expected(
    folder: Path, old: str, new: str, expected: str
) -> None:
    line = replace(folder / "module.yaml", old, new) + max(new.count("\n"), 0)
    # A question's own rule is told where the question starts: four lines above the second answer.
    rule = {"geen enkel antwoord is juist": -3, "multiple staat niet op true": -4}.get(expected, 0)
    found = faults_of(folder)
    assert any(fault.startswith(f"module.yaml:{line + rule}: ") and expected in fault for fault in found), found


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("title: Even toetsen", "title: Even: toetsen", "een dubbelpunt waar er geen kan staan"),
        ("title: Even toetsen", 'title: "Even toetsen', "aanhalingstekens die niet gesloten worden"),
        ("title: Even toetsen", "\ttitle: Even toetsen", "een tab"),
        ("title: Even toetsen", "title: @toets", "begint; zet ze tussen aanhalingstekens"),
        ("title: Even toetsen", "title: *toets", "verwijzing (& of *) gevonden"),
        ("title: Even toetsen", "title: !!python/object/apply:os.system [ls]", "label tag:yaml.org,2002:python"),
        ("title: Even toetsen", "title: \x07", "onzichtbaar teken"),
        ("title: Even toetsen", "title: " + "[" * 60, "meer dan 30 niveaus diep"),
    ],
)
def test_broken_yaml_names_its_line_and_what_is_wrong(folder: Path, old: str, new: str, reason: str) -> None:
    line = replace(folder / "module.yaml", old, new)
    (found,) = faults_of(folder)
    assert found.startswith(f"module.yaml:{line}: ")
    assert reason in found


def test_a_missing_key_is_told_where_its_step_starts(folder: Path) -> None:
    line = replace(folder / "module.yaml", "    title: Even toetsen\n", "")
    assert faults_of(folder) == [
        f"module.yaml:{line - 2}: 'title' ontbreekt in nummer 3 van steps; verwacht wordt title: …"
    ]


def test_all_faults_of_a_module_are_told_at_once(folder: Path) -> None:
    yaml = folder / "module.yaml"
    lines = [
        replace(yaml, "kind: quiz", "kind: toets"),
        replace(yaml, "sources: [opcz]", "sources: [serv]"),
        replace(yaml, "max_words: 200\n    rubric: basis", "max_words: 200\n    rubric: weg") + 1,
        replace(yaml, "**Noem geen namen.**", "<b>Noem geen namen.</b>"),
    ]
    (folder / "20-ontbijt.md").write_text("Goed.\n\n<script>alert(1)</script>\n", encoding="utf-8")
    found = faults_of(folder)
    assert [fault.split(": ")[0] for fault in found] == [
        "20-ontbijt.md:3",
        *(f"module.yaml:{line}" for line in sorted(lines)),
    ]


def test_the_same_html_twice_is_told_at_both_lines(folder: Path) -> None:
    line = replace(folder / "module.yaml", "**Noem geen namen.**", "<b>een</b>\n\n      en <b>twee</b>")
    (folder / "10-waarom.md").write_text("<b>een</b>\n\nen <b>twee</b>\n", encoding="utf-8")
    assert [fault.split(": ")[0] for fault in faults_of(folder)] == [
        "10-waarom.md:1",
        "10-waarom.md:3",
        f"module.yaml:{line}",
        f"module.yaml:{line + 2}",
    ]


def test_a_folder_without_module_yaml_and_an_empty_text_are_named(folder: Path) -> None:
    (folder / "module.yaml").unlink()
    (folder / "10-waarom.md").write_text("\n", encoding="utf-8")
    assert faults_of(folder) == [
        "10-waarom.md:1: leeg bestand; verwacht wordt een tekst",
        "module.yaml:1: bestand niet gevonden of niet leesbaar; verwacht wordt module.yaml",
    ]


def test_a_file_that_is_not_utf8_names_the_line(folder: Path) -> None:
    (folder / "module.yaml").write_bytes("slug: klein-begin\ntitle: één\n".encode("latin-1"))
    assert faults_of(folder) == ["module.yaml:2: teken gevonden dat geen UTF-8 is; bewaar het bestand als UTF-8"]


def test_files_with_windows_line_ends_and_a_byte_order_mark_load_the_same(folder: Path) -> None:
    plain = load_module(folder, RUBRICS)
    yaml = folder / "module.yaml"
    yaml.write_bytes(b"\xef\xbb\xbf" + yaml.read_bytes().replace(b"\n", b"\r\n"))
    assert load_module(folder, RUBRICS) == plain
