"""Promises about figures: a drawing is part of the page and says in words what it shows, and can do nothing else."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.content_files import write_content
from veranderkracht.activities.assignment import assign, find_step
from veranderkracht.errors import ContentError
from veranderkracht.modules.figures import faults_in, in_words, marked, named_in, placed
from veranderkracht.modules.library import Library
from veranderkracht.modules.loader import load_module
from veranderkracht.modules.markdown import render
from veranderkracht.web import render_step, step_view

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 80"><g transform="translate(1,2)">'
    '<rect class="fill-soft line" x="1" y="1" width="99" height="40"/></g>'
    '<text class="label" x="10" y="20">Zij &amp; wij</text></svg>'
)
NAMED = '![Zij staan naast ons, niet onder ons](fig-plek.svg "Wie waar staat")'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = write_content(tmp_path)
    (folder / "10-waarom.md").write_text(f"# Waarom\n\nEerst dit.\n\n{NAMED}\n\nDan dat.\n", encoding="utf-8")
    (folder / "fig-plek.svg").write_text(DRAWING, encoding="utf-8")
    return tmp_path


def folder_of(root: Path) -> Path:
    return next((root / "content" / "modules").iterdir())


def test_a_figure_is_drawn_where_the_text_names_it_with_its_words_and_caption(root: Path) -> None:
    library = Library.at(root)
    module = library.module(folder_of(root).name)
    html = str(render_step(step_view(assign(library, module, find_step(module, "lezen")), library)))
    before, figure, after = html.partition('<figure class="vk-figure">')
    assert "Eerst dit." in before and "Dan dat." in after
    assert 'role="img" aria-label="Zij staan naast ons, niet onder ons"' in after
    assert "<figcaption>Wie waar staat</figcaption>" in after
    assert 'class="vk-fig-fill-soft vk-fig-line"' in after and "Zij &amp; wij" in after
    assert figure and "xmlns" not in after.partition("</figure>")[0]


def test_who_searches_finds_the_words_of_a_figure() -> None:
    assert in_words(f"Eerst.\n\n{NAMED}\n") == "Eerst.\n\nZij staan naast ons, niet onder ons Wie waar staat\n"


def test_an_image_of_another_kind_is_still_refused(root: Path) -> None:
    (folder_of(root) / "10-waarom.md").write_text("![Een foto van iemand](https://a.be/foto.png)", encoding="utf-8")
    with pytest.raises(ContentError, match="afbeeldingen worden niet getoond"):
        load_module(folder_of(root))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("![Wat deze figuur eigenlijk zegt](fig-weg.svg)", "'fig-weg.svg' niet gevonden"),
        ("![Wat deze figuur eigenlijk zegt](../fig-plek.svg)", "niet gevonden"),
        ("![Schema](fig-plek.svg)", "zegt in woorden te weinig"),
    ],
)
def test_a_figure_without_a_drawing_or_without_words_is_named_with_its_line(root: Path, text: str, reason: str) -> None:
    (folder_of(root) / "10-waarom.md").write_text(f"Eerst.\n\n{text}\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_module(folder_of(root))
    [fault] = caught.value.faults
    assert (fault.line, reason in fault.reason) == (3, True)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<g ", '<g onclick="alert(1)" ', "attribuut 'onclick'"),
        ("<g ", '<g style="fill:red" ', "attribuut 'style'"),
        ("<g ", "<script>alert(1)</script><g ", "element 'script'"),
        ("<g ", '<a href="https://a.be"/><g ', "element 'a'"),
        ("<g ", '<image href="https://a.be/x.png"/><g ', "element 'image'"),
        ("fill-soft", "fill-roze", "klasse 'fill-roze'"),
        ('x="1"', 'x="url(#a)"', "verwacht getallen"),
        ('viewBox="0 0 360 80"', 'viewBox="0 0 900 80"', "viewBox"),
        ("</svg>", "", "geen leesbare SVG"),
        ("<svg ", '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg ', "verwacht alleen <svg>"),
    ],
)
def test_a_drawing_that_could_do_more_than_show_is_refused(old: str, new: str, reason: str) -> None:
    assert any(reason in fault for fault in faults_in(DRAWING.replace(old, new, 1)))


def test_a_line_that_runs_out_of_the_drawing_is_named() -> None:
    long = DRAWING.replace(' transform="translate(1,2)"', "").replace("Zij &amp; wij", "een regel die " * 5)
    assert "past niet in de breedte" in faults_in(long)[0]


@given(st.text(), st.text())
@example('"><script>alert(1)</script>', "<b onclick='x'>")
@example("vk7figure0vk", "vk7figure1vk")
@example("][", "")
def test_whatever_an_author_writes_no_markup_of_theirs_comes_through(says: str, caption: str) -> None:
    written = f'Eerst.\n\n![{says}](fig-plek.svg "{caption}")\n\nDan.'
    text, figures = marked(written)
    page = Page()
    page.feed(str(placed(render(text), figures, {"fig-plek.svg": DRAWING})))
    page.close()
    assert figures == named_in(written)
    assert page.tags.count("svg") == len(figures) <= 1
    # What is no figure is Markdown like any other, and may be a link.
    allowed = set() if figures else {"a", "href"}
    assert not ({"script", "img", "b", "a"} - allowed) & set(page.tags)
    assert not {name for name in page.attributes if name.startswith("on") or name in {"href", "style", "src"} - allowed}


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
