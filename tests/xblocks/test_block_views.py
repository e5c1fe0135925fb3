"""What a block shows to whom, and what it keeps back until it is earned."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.xblocks.runtime import (
    ELS,
    ELS_AS_HANNE,
    ELS_AS_LEARNER,
    HANNE,
    PARTS,
    PASSER_BY,
    YUSUF,
    Person,
    Site,
    call,
)
from veranderkracht.modules.markdown import render
from veranderkracht.modules.model import Case, Quiz
from xblocks.models import OutboxRow, PersonRow

ALL = tuple(PARTS)


@pytest.fixture
def site(database: None) -> Site:
    return Site()


class Page(HTMLParser):
    """The ids, and what points to ids, in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointers: set[str] = set()
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.pointers.update(values.get(name, "").split())


def secrets_of(step: Any) -> list[tuple[str, list[str], list[str]]]:
    """For each decision or question: its id, one choice, and what only that choice may bring to light."""
    found = []
    if isinstance(step, Case):
        for decision in step.decisions:
            option = decision.options[0]
            hidden = [option.consequence, *option.reactions.values()]
            found.append((decision.id, [option.id], hidden))
    if isinstance(step, Quiz):
        for question in step.questions:
            option = next(each for each in question.options if each.correct)
            found.append((question.id, [option.id], [option.feedback]))
    return found


def telling(markdown: str) -> str:
    """Give a piece of a text that is the same in Markdown, HTML and JSON."""
    return max(re.findall(r"[A-Za-z ]{20,}", markdown), key=len)


@pytest.mark.parametrize("tag", ["vk_case", "vk_quiz"])
def test_nothing_that_an_answer_reveals_reaches_the_page_before_it(site: Site, tag: str) -> None:
    block = site.block(tag, HANNE)
    before = block.render("student_view").body_html() + json.dumps(
        [call(block, "state")[1], block.student_view_data()], ensure_ascii=False
    )
    assert '"correct"' not in before and "consequence_html" not in before
    version = 0
    secrets = secrets_of(block.assignment.step)
    assert secrets
    for item, choice, hidden in secrets:
        assert not [text for text in hidden if telling(text) in before]
        _, told = call(block, "answer", {"version": version, "item": item, "choice": choice})
        version = told["version"]
        # And afterwards it does: else the test would look for what nobody ever shows.
        assert telling(hidden[0]) in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("tag", ALL)
def test_a_learner_sees_the_step_and_nothing_of_the_desk(site: Site, tag: str) -> None:
    html = site.block(tag, HANNE).render("student_view").body_html()
    assert f"<{tag.replace('_', '-')} " in html
    assert "vk-desk" not in html and "wordt niet bewaard" not in html


@pytest.mark.parametrize("tag", ["vk_reflection", "vk_case"])
def test_a_teacher_sees_the_desk_first_and_the_step_beneath_it(site: Site, tag: str) -> None:
    html = site.block(tag, ELS).render("student_view").body_html()
    assert html.index("<vk-desk ") < html.index("Bekijk als lerende") < html.index(f"<{tag.replace('_', '-')} ")
    assert "wat je hier invult, wordt niet bewaard" in html


@pytest.mark.parametrize("tag", ["vk_reading", "vk_quiz"])
def test_where_there_is_nothing_to_grade_a_teacher_sees_the_step_alone(site: Site, tag: str) -> None:
    html = site.block(tag, ELS).render("student_view").body_html()
    assert "<vk-desk" not in html and "Er valt niets te beoordelen" in html


@pytest.mark.parametrize("person", [ELS_AS_LEARNER, ELS_AS_HANNE, PASSER_BY])
def test_who_looks_along_is_told_that_nothing_is_kept(site: Site, person: Person) -> None:
    html = site.block("vk_reflection", person).render("student_view").body_html()
    assert "<vk-desk" not in html and "wordt niet bewaard" in html
    assert not OutboxRow.objects.exists()


def test_opening_a_step_is_an_event_and_tells_a_name_for_the_teacher(site: Site) -> None:
    site.block("vk_reflection", HANNE).render("student_view")
    assert OutboxRow.objects.get().statement["verb"]["id"].endswith("initialized")
    assert PersonRow.objects.get().name == "Hanne Coppens"
    assert "Hanne" not in json.dumps(OutboxRow.objects.get().statement)


@pytest.mark.parametrize("person", [HANNE, ELS])
def test_blocks_on_one_page_share_no_id(site: Site, person: Person) -> None:
    blocks = [site.block(tag, person, name=name) for tag in ALL for name in ("een", "twee", "Een", "een.")]
    page = Page("".join(block.render("student_view").body_html() for block in blocks))
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    assert page.pointers <= set(page.ids)


def test_unsaved_text_is_kept_apart_for_each_person_and_place_and_preview(site: Site) -> None:
    keys = [
        site.block("vk_reflection", person, name=name).student_view().json_init_args["key"]
        for person in (HANNE, YUSUF, ELS, ELS_AS_HANNE)
        for name in ("een", "twee")
    ]
    assert len(set(keys)) == 8
    assert not [key for key in keys if key == "11" or "Hanne" in key or "een" in key]


@pytest.mark.parametrize("tag", ALL)
def test_the_fragment_brings_its_module_by_a_classic_function(site: Site, tag: str) -> None:
    fragment = site.block(tag, HANNE).student_view()
    assert fragment.js_init_fn == "VeranderkrachtBlock"
    assert fragment.json_init_args["url"] == f"/resource/{tag}/public/host.js"
    assert {resource.mimetype for resource in fragment.resources} == {"text/css", "application/javascript"}
    assert not [resource for resource in fragment.resources if resource.kind != "url"]


@pytest.mark.parametrize("tag", ALL)
def test_apps_get_the_step_as_data_and_on_every_device(site: Site, tag: str) -> None:
    block = site.block(tag, HANNE)
    assert block.has_support(block.student_view, "multi_device")
    data = json.loads(json.dumps(block.student_view_data()))
    assert (data["kind"], data["module_slug"], data["step"]) == (block.kind, *PARTS[tag][2:])
    assert data["title"] == block.assignment.step.title


@pytest.mark.parametrize("tag", ALL)
@pytest.mark.parametrize("step", ["", "verdwenen"])
def test_a_block_that_cannot_be_shown_does_not_keep_apps_from_the_rest_of_the_course(
    site: Site, tag: str, step: str
) -> None:
    block = site.block(tag, HANNE)
    block.step = step
    data = json.loads(json.dumps(block.student_view_data()))
    assert data["kind"] == block.kind and data["problem"] == ("step-unknown" if step else "step-unset")


@pytest.mark.parametrize("tag", ALL)
def test_a_block_without_a_step_says_so_to_each_in_their_own_words(site: Site, tag: str) -> None:
    block = site.block(tag, HANNE, step="")
    assert "Laat het je docent weten" in block.render("student_view").body_html()
    assert "<strong>Bewerken</strong>" in block.render("author_view").body_html()
    status, problem = call(block, "state")
    assert (status, problem["code"]) == (404, "step-unset")


@pytest.mark.parametrize("tag", ALL)
def test_an_author_sees_the_step_without_anything_that_acts(site: Site, tag: str) -> None:
    fragment = site.block(tag, ELS, studio=True).student_view()
    assert "<vk-desk" not in fragment.body_html()
    fragment = site.block(tag, ELS, studio=True).author_view()
    assert fragment.js_init_fn is None and "inert" in fragment.body_html()


def test_a_teachers_own_prompt_and_title_are_what_is_shown_and_they_are_made_safe(site: Site) -> None:
    block = site.block("vk_reflection", HANNE)
    block.prompt_override = "Schrijf over **morgen**. <script>alert(1)</script>"
    block.display_name = "Morgen & <overmorgen>"
    html = block.render("student_view").body_html()
    assert "<strong>morgen</strong>" in html and "Morgen &amp; &lt;overmorgen&gt;" in html
    assert "<script>alert" not in html
    assert str(render(block.assignment.step.prompt))[:60] not in html
