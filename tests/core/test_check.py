"""Promises of `veranderkracht check`: whatever folder an author points at, every fault at its line, and 0 or 1."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.core.content_files import replace, write_content
from veranderkracht.cli import main


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_content(tmp_path)
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_what_is_installed_holds_together() -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "geen fouten" in result.output


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        (".", "1 module, 1 rubriek, 1 artikel: geen fouten."),
        ("content", "1 module, 0 rubrieken, 1 artikel: geen fouten."),
        ("content/modules", "1 module, 0 rubrieken, 0 artikels: geen fouten."),
        ("content/modules/klein-begin", "1 module, 0 rubrieken, 0 artikels: geen fouten."),
        ("content/modules/klein-begin/module.yaml", "1 module, 0 rubrieken, 0 artikels: geen fouten."),
        ("content/modules/klein-begin/10-waarom.md", "1 module, 0 rubrieken, 0 artikels: geen fouten."),
        ("content/kennis", "0 modules, 0 rubrieken, 1 artikel: geen fouten."),
        ("content/kennis/proef.md", "0 modules, 0 rubrieken, 1 artikel: geen fouten."),
        ("content/kennis/thesaurus.yaml", "0 modules, 0 rubrieken, 0 artikels: geen fouten."),
        ("rubrics", "0 modules, 1 rubriek, 0 artikels: geen fouten."),
        ("rubrics/basis.yaml", "0 modules, 1 rubriek, 0 artikels: geen fouten."),
    ],
)
def test_any_part_of_a_checkout_can_be_checked_and_finds_the_rubrics_beside_it(
    root: Path, path: str, counts: str
) -> None:
    result = run(root / path)
    assert result.exit_code == 0, result.output
    assert counts in result.output
    assert (f"Rubrieken uit {root / 'rubrics'}." in result.output) == counts.startswith("1 module")


@pytest.mark.parametrize(
    ("where", "path"),
    [
        (".", "."),
        ("content/modules", "."),
        ("content/modules/klein-begin", "."),
        ("content/modules/klein-begin", "module.yaml"),
        ("content/kennis", "."),
        ("rubrics", "."),
        ("rubrics", "../content/modules"),
    ],
)
def test_an_author_may_check_from_within_a_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch, where: str, path: str
) -> None:
    monkeypatch.chdir(root / where)
    result = run(path)
    assert result.exit_code == 0, result.output


def test_a_module_on_its_own_may_name_an_installed_rubric_and_is_told_where_it_was_found(tmp_path: Path) -> None:
    folder = write_content(tmp_path / "checkout").rename(tmp_path / "klein-begin")
    replace(folder / "module.yaml", "max_words: 200\n    rubric: basis", "max_words: 200\n    rubric: reflectie-basis")
    result = run(folder)
    assert result.exit_code == 1
    assert "rubriek 'basis' niet gevonden; wel: " in result.output and "reflectie-basis" in result.output
    assert "1 fout in 1 bestand. Rubrieken uit " in result.output


def test_every_broken_file_is_named_with_its_line_in_one_go(root: Path) -> None:
    module = root / "content/modules/klein-begin"
    rubric, article = root / "rubrics/basis.yaml", root / "content/kennis/proef.md"
    expected = [
        (module / "module.yaml", replace(module / "module.yaml", "kind: quiz", "kind: toets"), "onbekende soort"),
        (rubric, replace(rubric, "title: Basis", "title: [Basis"), "geen geldige YAML"),
        (article, replace(article, "*kort*", "<script>x</script>"), "script gevonden"),
    ]
    result = run(root)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    for file, line, reason in expected:
        assert any(text.startswith(f"{file}:{line}: ") and reason in text for text in lines), result.output
    assert lines[-1].startswith("Nagekeken: 1 module, 1 rubriek, 1 artikel: 3 fouten in 3 bestanden.")


def test_a_module_folder_without_module_yaml_is_a_fault_and_not_passed_over(root: Path) -> None:
    (root / "content/modules/half").mkdir()
    result = run(root)
    assert result.exit_code == 1
    assert "half/module.yaml:1: bestand niet gevonden" in result.output


def test_a_folder_with_nothing_to_check_says_what_to_give(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "vond ik geen modules, rubrieken of artikels" in result.output
    assert run(tmp_path / "weg").exit_code == 2
