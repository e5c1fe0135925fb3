"""What the server sends: nothing that a learner must first earn, nothing that a strict policy refuses."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from tests.core.assignments import assignment
from tests.web.gallery import Gallery
from veranderkracht.modules.library import Library
from veranderkracht.web import Face, StepView, desk_view, render_desk, render_step, step_view

STEPS = ("wie-kijkt-mee", "de-linde", "toets", "eigen-praktijk", "kaart", "plan", "klimaat")


class Tags(HTMLParser):
    """Every start tag with its attributes; and complaint about tags that close what is not open."""

    VOID = frozenset({"input", "br", "hr", "img", "path", "circle", "rect", "line", "polyline", "ellipse"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def page(step: str, uid: str = "vk") -> str:
    gallery = Gallery()
    return str(render_step(step_view(gallery.assignment(step), gallery.library, face=Face(uid=uid))))


def desk() -> str:
    return str(render_desk(desk_view(Gallery().assignment("eigen-praktijk"))))


def everything() -> list[str]:
    return [*(page(step) for step in STEPS), desk()]


def test_a_case_keeps_what_follows_from_a_choice_to_itself() -> None:
    case = Gallery().assignment("de-linde").step
    html = page("de-linde")
    for decision in case.decisions:
        for option in decision.options:
            assert option.text.split(",")[0] in Markup(html).unescape()
            for said in (option.consequence, *option.reactions.values()):
                assert " ".join(said.split()[:6]) not in " ".join(Markup(html).striptags().split())


def test_a_quiz_does_not_say_which_answer_is_right() -> None:
    quiz = Gallery().assignment("toets").step
    text = " ".join(Markup(page("toets")).striptags().split())
    for question in quiz.questions:
        for option in question.options:
            assert " ".join(option.feedback.split()[:6]) not in text
    assert "correct" not in page("toets")


@pytest.mark.parametrize("index", range(len(STEPS) + 1))
def test_nothing_needs_inline_script_or_style(index: int) -> None:
    for tag, attributes in Tags(everything()[index]).found:
        assert tag not in ("script", "style", "link")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("index", range(len(STEPS) + 1))
def test_tags_are_closed_in_the_order_that_they_were_opened(index: int) -> None:
    assert Tags(everything()[index]).open == []


def test_two_components_on_one_page_share_no_id_and_every_reference_is_there() -> None:
    html = page("de-linde", uid="block-v1:vives+CZ+2026+type@vk_case+block@a1") + page("eigen-praktijk", uid="b")
    tags = Tags(html).found
    ids = Counter(attributes["id"] for _, attributes in tags if "id" in attributes)
    assert [name for name, times in ids.items() if times > 1] == []
    for _, attributes in tags:
        for reference in ("for", "aria-labelledby", "aria-describedby"):
            for name in (attributes.get(reference) or "").split():
                assert name in ids
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name or "") for name in ids)


def test_names_and_titles_are_escaped() -> None:
    view = StepView(kind="reading", module="<b>M</b>", title='"><script>', minutes=1, position=1, total=1)
    html = str(render_step(view))
    assert "<script>" not in html
    assert "&lt;b&gt;M" in html


def test_the_header_says_where_you_are() -> None:
    text = " ".join(Markup(page("toets")).striptags().split())
    assert "Samen kijken: naasten, vrijwilligers, partners Even toetsen Toets 6 minuten Stap 6 van 12" in text


@pytest.mark.parametrize("heading", [1, 2, 3])
def test_titles_fit_under_the_hosts_own(heading: int) -> None:
    gallery = Gallery()
    view = step_view(gallery.assignment("de-linde"), gallery.library, face=Face(heading=heading))
    levels = [int(tag[1]) for tag, _ in Tags(str(render_step(view))).found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == min(levels) == heading
    assert sum(level == heading for level in levels) == 1


def test_the_teachers_own_prompt_takes_the_place_of_the_steps() -> None:
    view = step_view(assignment("reflectie", "Schrijf over **je stage**."), Library.at())
    assert "<strong>je stage</strong>" in render_step(view)
    assert "Schrijf over een moment." not in render_step(view)


def test_points_in_the_rubric_are_written_with_a_comma() -> None:
    text = Markup(page("eigen-praktijk")).striptags()
    assert "Duidelijk 1,5" in text
    assert "Samen op 10 punten." in text


def test_the_host_chooses_theme_and_font() -> None:
    gallery = Gallery()
    face = Face(theme="light", font="inherit")
    html = render_step(step_view(gallery.assignment("toets"), gallery.library, face=face))
    assert 'data-vk-theme="light" data-vk-font="inherit"' in html
