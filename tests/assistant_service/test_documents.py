"""Reading files: our own formats, and whatever stands in a folder that was not made for us."""

import json
from pathlib import Path

import pytest

from assistant_service.knowledge.documents import LARGEST, THESAURUS, collect
from tests.assistant_service.files import docx, pdf

ARTICLE = """---
slug: een-artikel
title: "Een artikel: met dubbelpunt"
modules: [samen-kijken, vertrekken]
source: {title: Bron, url: https://bron.example/artikel}
valid_until: 2029-12-31
licence: CC-BY-SA-4.0
---
De tekst.
"""
CONTENT = Path(__file__).parents[2] / "content"


def test_an_article_keeps_its_title_source_modules_and_validity(tmp_path: Path) -> None:
    (tmp_path / "een-artikel.md").write_text(ARTICLE, encoding="utf-8")
    (document,) = collect(tmp_path).documents
    assert (document.title, document.url) == ("Een artikel: met dubbelpunt", "https://bron.example/artikel")
    assert document.modules == ("samen-kijken", "vertrekken")
    assert str(document.valid_until) == "2029-12-31"
    assert (document.source, document.licence) == ("Bron", "CC-BY-SA-4.0")
    assert document.body.strip() == "De tekst."


def test_an_article_whose_source_has_no_address_has_a_lasting_name_of_our_own(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(ARTICLE.replace(", url: https://bron.example/artikel", ""), encoding="utf-8")
    assert collect(tmp_path).documents[0].url == "veranderkracht:kennis/een-artikel"


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "# De kop\n\nTekst.", "De kop"),
        ("a.md", "---\ntitle: Uit de gegevens\n---\n# Kop\n\nTekst", "Uit de gegevens"),
        ("a.txt", "Een titelregel\n\nDe tekst zelf.", "Een titelregel"),
        ("een-naam_met_tekens.txt", "De eerste zin is gewoon een zin.", "Een naam met tekens"),
        ("een-lijn.md", "---\n\nEen lijn bovenaan.\n", "Een lijn"),
    ],
)
def test_a_foreign_text_gets_the_title_that_a_reader_would_give(
    tmp_path: Path, name: str, text: str, title: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (document,) = collect(tmp_path).documents
    assert document.title == title
    assert document.url == f"{tmp_path.name}/{name}"


def test_a_module_gives_its_readings_and_cases_and_nothing_that_a_choice_reveals() -> None:
    documents = collect(CONTENT / "modules" / "samen-kijken").documents
    assert "veranderkracht:module/samen-kijken/de-linde" in [document.url for document in documents]
    assert all(document.modules == ("samen-kijken",) for document in documents)
    assert len({document.path for document in documents}) == len(documents) == 6
    assert "consequence" not in "".join(document.body for document in documents)


def test_the_folder_that_we_ship_is_read_whole() -> None:
    collected = collect(CONTENT)
    assert collected.broken == []
    assert [path for path, _ in collected.skipped if not path.endswith(".py")] == []
    assert [json.loads(one.body)[0][0] for one in collected.documents if one.kind == THESAURUS] == ["mantelzorger"]


def test_what_is_of_no_use_is_named_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "diep" / "dieper").mkdir(parents=True)
    (tmp_path / "foto.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "leeg.md").write_text("  \n", encoding="utf-8")
    (tmp_path / "beeld.txt").write_bytes(b"a\x00b")
    (tmp_path / "groot.txt").write_bytes(b"a" * (LARGEST + 1))
    (tmp_path / ".verborgen.md").write_text("x", encoding="utf-8")
    (tmp_path / "diep" / "dieper" / "tekst.txt").write_bytes("Café in Oostende".encode("cp1252"))
    collected = collect(tmp_path)
    assert sorted(path for path, _ in collected.skipped) == ["beeld.txt", "foto.jpg", "groot.txt", "leeg.md"]
    assert [(one.path, one.body) for one in collected.documents] == [("diep/dieper/tekst.txt", "Café in Oostende")]


def test_a_folder_of_office_files_is_read_with_what_is_wrong_named(tmp_path: Path) -> None:
    (tmp_path / "brief.docx").write_bytes(docx(("Kop1", "Afscheid"), ("", "Neem afscheid.")))
    (tmp_path / "verslag.pdf").write_bytes(pdf([(20, "Verslag"), (11, "Wat er gebeurde, en wie erbij was.")]))
    (tmp_path / "pagina.html").write_text("<h1>Pagina</h1><p>Tekst.", encoding="utf-8")
    (tmp_path / "geheim.pdf").write_bytes(pdf([(11, "x")], password="p"))
    (tmp_path / "stuk.docx").write_bytes(b"x")
    collected = collect(tmp_path)
    assert [(one.path, one.title) for one in collected.documents] == [
        ("brief.docx", "Afscheid"), ("pagina.html", "Pagina"), ("verslag.pdf", "Verslag"),
    ]  # fmt: skip
    assert [path for path, _ in collected.broken] == ["geheim.pdf", "stuk.docx"]
    assert "wachtwoord" in collected.broken[0][1]


def test_what_should_be_readable_and_is_not_is_named_apart(tmp_path: Path) -> None:
    (tmp_path / "stuk.md").write_text("---\ntitle: [\n---\nTekst", encoding="utf-8")
    module = tmp_path / "een-module"
    module.mkdir()
    (module / "module.yaml").write_text("slug: een-module\n", encoding="utf-8")
    (module / "10-tekst.md").write_text("Tekst die bij geen geldige module hoort.", encoding="utf-8")
    collected = collect(tmp_path)
    assert [path for path, _ in collected.broken] == ["stuk.md", "een-module/module.yaml"]
    assert collected.documents == []
