"""Promises about sample works: three per rubric, held to its version, and quoting what stands in them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.core.content_files import RUBRIC, replace, write_content
from veranderkracht.cli import main
from veranderkracht.errors import ContentError, NotFound
from veranderkracht.modules.library import Library
from veranderkracht.rubrics.loader import load_rubric
from veranderkracht.rubrics.samples import load_samples

SAMPLES = """\
rubric: basis
version: 2
samples:
  - id: ontbijt
    title: Aan het ontbijt
    work: |-
      Dinsdag stond ik
      aan tafel drie.
    levels: {situatie: wel}
    comments: {situatie: "Eén moment: “ik aan tafel”."}
    comment: Mooi begin.
  - id: bezoek
    title: Op bezoek
    work: Het is altijd druk.
    levels: {situatie: niet}
    comments:
      situatie: Er is geen moment.
      toon: Het klinkt moe.
    comment: Kies één dag, want “altijd” is er geen.
  - id: nacht
    title: In de nacht
    work: Om drie uur belde ze.
    levels: {situatie: wel}
    comments: {situatie: Eén oproep.}
    comment: Goed te volgen.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_content(tmp_path)
    found = tmp_path / "rubrics" / "voorbeelden" / "basis.yaml"
    found.parent.mkdir()
    found.write_text(SAMPLES, encoding="utf-8")
    return found


def check(path: Path) -> str:
    return CliRunner().invoke(main, ["check", str(path)]).output


def test_sample_works_load_with_their_levels_and_a_quote_may_run_over_a_line(file: Path) -> None:
    samples = Library.at(file.parents[2]).samples("basis")
    assert [sample.id for sample in samples] == ["ontbijt", "bezoek", "nacht"]
    assert samples[0].work == "Dinsdag stond ik\naan tafel drie."
    assert samples[0].levels == {"situatie": "wel"}


def test_a_rubric_may_have_none_and_an_unknown_rubric_is_said(file: Path) -> None:
    file.unlink()
    library = Library.at(file.parents[2])
    assert library.samples("basis") == ()
    with pytest.raises(NotFound, match="Rubriek 'weg' bestaat hier niet"):
        library.samples("weg")


def test_of_two_roots_the_samples_are_those_of_the_rubric_that_counts(file: Path, tmp_path: Path) -> None:
    write_content(tmp_path / "eigen")
    assert Library.at(tmp_path / "eigen", file.parents[2]).samples("basis") == ()
    assert len(Library.at(file.parents[2], tmp_path / "eigen").samples("basis")) == 3


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("version: 2", "version: 1", "beoordeeld met versie 1, de rubriek heeft versie 2"),
        ("rubric: basis", "rubric: anders", "rubric 'anders' gevonden, verwacht wordt 'basis'"),
        ("{situatie: niet}", "{situatie: sterk}", "niveau 'sterk' bestaat niet bij 'situatie'; bekend zijn niet, wel"),
        ("{situatie: niet}", "{situatie: niet, toon: wel}", "criterium 'toon' met punten bestaat niet"),
        ("{situatie: niet}", "{}", "levels: nog niets bij situatie"),
        ("{situatie: Eén oproep.}", "{toon: Zacht.}", "comments: nog niets bij situatie"),
        (
            "toon: Het klinkt moe.",
            "tempo: Het klinkt moe.",
            "criterium 'tempo' bestaat niet; bekend zijn situatie, toon",
        ),
        ("“ik aan tafel”", "“hij aan tafel”", "het citaat “hij aan tafel” staat niet letterlijk in het werk"),
        ("“altijd”", "“nooit”", "het citaat “nooit” staat niet letterlijk in het werk"),
        ("“altijd”", "“ ”", "staat niet letterlijk in het werk"),
        ("title: Op bezoek", "title: <b>Op bezoek</b>", "HTML gevonden"),
        ("comment: Goed te volgen.", "opmerking: Goed.", "onbekende sleutel 'opmerking'"),
        ("id: nacht", "id: bezoek", "id 'bezoek' bestaat al"),
    ],
)
def test_a_fault_in_the_samples_names_its_line_and_check_tells_it(
    file: Path, old: str, new: str, expected: str
) -> None:
    line = replace(file, old, new)
    with pytest.raises(ContentError) as caught:
        load_samples(file, load_rubric(file.parents[1] / "basis.yaml"))
    found = list(map(str, caught.value.faults))
    assert any(fault.startswith(f"{file}:{line}: ") and expected in fault for fault in found), found
    assert expected in check(file.parents[2])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            SAMPLES[: SAMPLES.index("  - id: nacht")],
            "samples: een lijst van 2 gevonden, verwacht wordt een lijst van minst",
        ),
        (SAMPLES + SAMPLES[SAMPLES.index("  - id: nacht") :].replace("nacht", "late"), "een lijst van hoogstens 3"),
        ("", "leeg bestand"),
    ],
)
def test_a_rubric_has_three_sample_works(file: Path, text: str, expected: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert expected in check(file.parents[2])


@pytest.mark.parametrize("path", [".", "rubrics", "rubrics/voorbeelden", "rubrics/voorbeelden/basis.yaml"])
def test_check_finds_the_samples_from_every_folder_above_them(file: Path, path: str) -> None:
    root = file.parents[2]
    assert "1 bestand met voorbeelden: geen fouten." in check(root / path)
    replace(file, "{situatie: niet}", "{situatie: sterk}")
    assert "niveau 'sterk' bestaat niet" in check(root / path)


def test_samples_without_a_rubric_are_a_fault(file: Path) -> None:
    (file.parents[1] / "basis.yaml").rename(file.parents[1] / "ander.yaml")
    replace(file.parents[1] / "ander.yaml", "slug: basis", "slug: ander")
    assert "verwacht wordt basis.yaml" in check(file.parents[1])


def test_a_new_version_of_a_rubric_asks_for_its_samples_to_be_read_again(file: Path) -> None:
    (file.parents[1] / "basis.yaml").write_text(RUBRIC.replace("version: 2", "version: 3"), encoding="utf-8")
    with pytest.raises(ContentError, match="de rubriek heeft versie 3"):
        Library.at(file.parents[2]).samples("basis")
