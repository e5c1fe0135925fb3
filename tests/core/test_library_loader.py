"""Promises of the library: what is installed can be found, is read once, and what is not there is said kindly."""

import threading
from pathlib import Path

import pytest

from tests.core.content_files import replace, write_content
from veranderkracht.errors import ContentError, NotFound
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module


@pytest.fixture
def library(tmp_path: Path) -> Library:
    write_content(tmp_path)
    return Library.at(tmp_path)


def test_every_installed_module_rubric_and_article_loads_and_its_texts_are_there() -> None:
    library = Library.installed()
    assert "samen-kijken" in [module.slug for module in library.modules()]
    assert "reflectie-basis" in [rubric.slug for rubric in library.rubrics()]
    for module in library.modules():
        for step in module.steps:
            if step.kind in ("reading", "case"):
                assert library.text(module.slug, step.file).strip()
    library.articles()
    library.thesaurus()
    assert Library.installed() is library


def test_modules_rubrics_texts_and_articles_are_found_by_name(library: Library) -> None:
    assert library.module("klein-begin").title == "Klein beginnen"
    assert library.rubric("basis").version == 2
    assert library.text("klein-begin", "20-ontbijt.md") == "Het is zeven uur.\n"
    assert [article.slug for article in library.articles()] == ["proef"]
    assert library.thesaurus() == (("mantelzorger", "naaste", "familielid"),)


@pytest.mark.parametrize(
    ("kind", "code", "detail"),
    [
        ("module", "module-unknown", "Module 'weg' bestaat hier niet. Wel: klein-begin."),
        ("rubric", "rubric-unknown", "Rubriek 'weg' bestaat hier niet. Wel: basis."),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(library: Library, kind: str, code: str, detail: str) -> None:
    with pytest.raises(NotFound) as caught:
        getattr(library, kind)("weg")
    assert (caught.value.code, caught.value.detail) == (code, detail)


@pytest.mark.parametrize("name", ["weg.md", "module.yaml", "../../../rubrics/basis.yaml", "/etc/passwd", ""])
def test_no_text_is_read_but_a_modules_own_markdown(library: Library, name: str) -> None:
    with pytest.raises(NotFound, match="heeft geen tekst"):
        library.text("klein-begin", name)


@pytest.mark.parametrize("slug", ["..", "../modules/klein-begin", "", "/"])
def test_a_slug_is_a_name_and_never_a_path(library: Library, slug: str) -> None:
    with pytest.raises(NotFound):
        library.module(slug)


def test_a_broken_module_does_not_keep_others_from_being_read(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "content" / "modules" / "stuk"
    other.mkdir()
    (other / "module.yaml").write_text("slug: stuk\n", encoding="utf-8")
    assert library.module("klein-begin")
    with pytest.raises(ContentError, match=r"stuk/module\.yaml:1: 'version' ontbreekt"):
        library.module("stuk")


def test_of_several_roots_the_first_that_has_a_module_counts(tmp_path: Path) -> None:
    for name, title in (("eigen", "Eigen titel"), ("meegeleverd", "Klein beginnen")):
        folder = write_content(tmp_path / name)
        replace(folder / "module.yaml", "title: Klein beginnen", f"title: {title}")
    library = Library.at(tmp_path / "eigen", tmp_path / "meegeleverd")
    assert [module.title for module in library.modules()] == ["Eigen titel"]


def test_threads_that_ask_at_once_get_one_and_the_same_module(library: Library) -> None:
    found: list[Module] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        found.append(library.module("klein-begin"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(module) for module in found}) == 1
