"""Promises about rubrics and knowledge articles as files: exact points, and faults at their lines."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.content_files import replace, write_content
from veranderkracht.errors import ContentError
from veranderkracht.knowledge.loader import load_article, load_thesaurus
from veranderkracht.rubrics.loader import load_rubric


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_content(tmp_path)
    return tmp_path


def test_points_are_the_decimals_that_the_author_wrote(root: Path) -> None:
    rubric = load_rubric(root / "rubrics" / "basis.yaml")
    assert rubric.maximum == Decimal("2.35")
    assert [str(level.points) for level in rubric.criteria[0].levels] == ["0", "2.35"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("points: 2.35", 'points: "2,35"', "points: de tekst '2,35' gevonden, verwacht wordt een getal, met een punt"),
        (
            "points: 2.35",
            "points: 2.355",
            "points: het getal 2.355 gevonden, verwacht wordt hoogstens 2 cijfers na de punt",
        ),
        ("points: 2.35", "points: -1", "verwacht wordt minstens 0"),
        ("id: toon", "id: situatie", "id 'situatie' bestaat al op regel 6"),
        ("slug: basis", "slug: anders", "slug 'anders' gevonden, verwacht wordt 'basis'"),
        ("title: Toon", "title: <b>Toon</b>", "HTML gevonden"),
        ("question: Klinkt het eerlijk?", "vraag: Eerlijk?", "onbekende sleutel 'vraag'; bekend zijn hier graded, id,"),
    ],
)
def test_a_fault_in_a_rubric_names_its_line(root: Path, old: str, new: str, expected: str) -> None:
    file = root / "rubrics" / "basis.yaml"
    line = replace(file, old, new)
    with pytest.raises(ContentError) as caught:
        load_rubric(file)
    found = list(map(str, caught.value.faults))
    assert any(fault.startswith(f"{file}:{line}: ") and expected in fault for fault in found), found


def test_an_article_loads_with_its_source_and_its_text(root: Path) -> None:
    article = load_article(root / "content" / "kennis" / "proef.md")
    assert (article.slug, article.modules, article.source.year) == ("proef", ("klein-begin",), 2025)
    assert article.text == "Een proef duurt *kort*."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "valid_until: 2029-12-31",
            "valid_until: ooit",
            "valid_until: de tekst 'ooit' gevonden, verwacht wordt een datum",
        ),
        ("title: Wat een proef is", "title: Wat: een proef", "een dubbelpunt waar er geen kan staan"),
        ("year: 2025", "jaar: 2025", "onbekende sleutel 'jaar'; bekend zijn hier author"),
        ("*kort*", "<iframe src=x></iframe>", "HTML gevonden"),
    ],
)
def test_a_fault_in_an_article_names_its_line(root: Path, old: str, new: str, expected: str) -> None:
    file = root / "content" / "kennis" / "proef.md"
    line = replace(file, old, new)
    with pytest.raises(ContentError) as caught:
        load_article(file)
    (found,) = map(str, caught.value.faults)
    assert found.startswith(f"{file}:{line}: ")
    assert expected in found


@pytest.mark.parametrize("text", ["Zonder gegevens.\n", "---\nslug: proef\n\nTekst.\n", ""])
def test_an_article_without_front_matter_is_refused_at_its_first_line(root: Path, text: str) -> None:
    file = root / "content" / "kennis" / "proef.md"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=r"proef\.md:1: .*---"):
        load_article(file)


def test_the_thesaurus_is_groups_of_at_least_two_words(root: Path) -> None:
    file = root / "content" / "kennis" / "thesaurus.yaml"
    assert load_thesaurus(file) == (("mantelzorger", "naaste", "familielid"),)
    file.write_text("- [mantelzorger, naaste]\n- [vrijwilliger]\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"thesaurus\.yaml:2: .*een lijst van 1 gevonden.*minstens 2"):
        load_thesaurus(file)
