"""The block with the route map: what a learner did in this course, what fits after the scan, and nobody else's."""

import re
from typing import Any

import pytest

from tests.xblocks.runtime import (
    ELS,
    ELS_AS_HANNE,
    ELS_AS_LEARNER,
    HANNE,
    PASSER_BY,
    YUSUF,
    Person,
    Site,
    UsageKey,
    call,
)
from veranderkracht.modules.library import Library
from veranderkracht.toolkit.model import ScanTool
from xblocks.models import OutboxRow, WorkRow

OTHER_RUN = "course-v1:west+vk+2026"  # by its letters the same, but for their case
TEXT = "Vorige week zag ik hoe een dochter op de drempel bleef staan. " * 20


@pytest.fixture
def site(database: None) -> Site:
    return Site()


def shown(block: Any, view: str = "student_view") -> str:
    """Give what a view says, as text."""
    return " ".join(re.sub(r"<[^>]+>", " ", block.render(view).body_html()).split())


def read(site: Site, person: Person, *steps: str, **place: str) -> None:
    for step in steps:
        block = site.at("samen-kijken", step, person, **place)
        assert call(block, "submit", {"version": 0, "body": {}})[0] == 200


def scan(site: Site, person: Person, low: str, version: int = 0) -> None:
    tool = Library.installed().tool("veranderklimaat")
    assert isinstance(tool, ScanTool)
    ratings = {
        item.id: 6 - rating if item.reverse else rating
        for theme in tool.themes
        for rating in [1 if theme.id == low else 4]
        for item in theme.items
    }
    body = {"layer": "leiding", "ratings": ratings}
    block = site.at("vertrekken", "veranderklimaat", person)
    assert call(block, "submit", {"version": version, "body": body})[0] == 200


def no_progress(text: str) -> bool:
    return not re.search(r"gedaan|begonnen|afgerond", text)


def test_a_learner_sees_the_steps_that_they_did_and_no_word_on_drafts(site: Site) -> None:
    read(site, HANNE, "wie-kijkt-mee", "rollen-en-verwachtingen")
    read(site, HANNE, "wie-kijkt-mee", name="nog-eens")  # the same step, placed twice
    call(site.at("partnerschap", "eigen-praktijk", HANNE), "save", {"version": 0, "body": {"text": "Een begin."}})
    text = shown(site.route(HANNE))
    assert "2 van 9 stappen gedaan" in text and text.count("nog geen stap gedaan") == 9
    assert "0 van de 10 modules afgerond" in text and "begonnen" not in text and "van niemand" not in text


def test_work_that_was_handed_in_is_done_whatever_its_kind(each_database: str) -> None:
    site = Site()
    read(site, HANNE, "wie-kijkt-mee")
    written = site.at("samen-kijken", "eigen-praktijk", HANNE)
    assert call(written, "submit", {"version": 0, "body": {"text": TEXT}})[0] == 200
    scan(site, HANNE, "ruimte")
    told = shown(site.route(HANNE))
    assert "2 van 9 stappen gedaan" in told and "1 van 9 stappen gedaan" in told
    assert "kwam Ruimte het laagst uit: gemiddeld 1 op 5" in told


def test_the_last_scan_counts_and_before_it_the_map_asks_for_one(site: Site) -> None:
    assert "Het klimaat bij jullie: achttien stellingen" in shown(site.route(HANNE))
    scan(site, HANNE, "ruimte")
    scan(site, HANNE, "mensen", version=1)
    text = shown(site.route(HANNE))
    assert "kwam Mensen het laagst uit" in text and "Ruimte" not in text


def test_nothing_of_somebody_else_or_of_another_course_shows(site: Site) -> None:
    scan(site, HANNE, "ruimte")
    for block in (site.route(YUSUF), site.route(HANNE, course=OTHER_RUN)):
        text = shown(block)
        assert text.count("nog geen stap gedaan") == 10 and "Ruimte" not in text


@pytest.mark.parametrize("person", [ELS, ELS_AS_LEARNER, ELS_AS_HANNE, PASSER_BY])
def test_who_is_no_learner_here_sees_the_whole_route_and_nobodys_progress(site: Site, person: Person) -> None:
    scan(site, HANNE, "ruimte")
    text = shown(site.route(person))
    assert all(module.title in text for module in Library.installed().modules())
    assert no_progress(text) and "Ruimte" not in text and "hier staat dat van niemand" in text


def test_where_a_key_does_not_tell_its_course_no_progress_is_made_up(site: Site) -> None:
    read(site, HANNE, "wie-kijkt-mee")
    block = site.route(HANNE)
    block.scope_ids = block.scope_ids._replace(usage_id=UsageKey("i4x://West/VK/vk_route/kaart"))
    assert no_progress(shown(block))


def test_looking_at_the_map_leaves_no_trace(site: Site) -> None:
    site.route(HANNE).render("student_view")
    assert not OutboxRow.objects.exists() and not WorkRow.objects.exists() and not site.published


def test_the_map_has_its_styles_and_no_script(site: Site) -> None:
    resources = [resource.data for resource in site.route(HANNE).render("student_view").resources]
    assert resources == ["/resource/vk_route/public/vk/vk.css", "/resource/vk_route/public/block.css"]


def test_an_author_sees_the_map_and_may_give_it_a_title(site: Site) -> None:
    block = site.route(ELS, studio=True)
    assert "Wat past nu" in shown(block, "author_view")
    form = block.render("studio_view").body_html()
    assert 'name="title"' in form and "<select" not in form
    assert call(block, "studio_submit", {"title": "Waar sta ik?"}) == (200, {"result": "success"})
    assert "Waar sta ik?" in shown(block) and block.display_name == "Waar sta ik?"
    assert call(block, "studio_submit", {"title": ""})[0] == 200
    assert block.display_name == "De routekaart"


def test_only_an_author_in_studio_changes_the_title(site: Site) -> None:
    for person in (HANNE, ELS, PASSER_BY):
        assert call(site.route(person), "studio_submit", {"title": "Gekaapt"})[0] == 403
    status, problem = call(site.route(ELS, studio=True), "studio_submit", {"title": "x" * 256})
    assert (status, problem["field"]) == (422, "title")
