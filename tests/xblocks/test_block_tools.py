"""What a worksheet and a scan keep in Open edX: drafts, versions, and every round with what it said."""

import pytest

from tests.xblocks.runtime import ELS, HANNE, YUSUF, Site
from veranderkracht.toolkit.model import ScanTool, WorksheetTool

PLAN = {"plan": {"plan": "Wie kookt er mee op zondag?"}}


@pytest.fixture
def site(database: None) -> Site:
    return Site()


def test_an_unfinished_worksheet_is_saved_and_says_what_is_open_when_it_is_handed_in(site: Site) -> None:
    assert isinstance(site.block("vk_worksheet", HANNE).assignment.tool, WorksheetTool)
    assert site.call("vk_worksheet", HANNE, "save", {"version": 0, "body": {"parts": PLAN}})[0] == 200
    status, problem = site.call("vk_worksheet", HANNE, "submit", {"version": 1, "body": {"parts": PLAN}})
    assert (status, problem["code"]) == (422, "unanswered") and "stap.eerst" in problem["items"]
    _, state = site.call("vk_worksheet", HANNE, "state")
    assert state["work"]["body"]["parts"] == PLAN
    assert site.call("vk_worksheet", YUSUF, "state")[1]["work"]["body"] == {}


def test_a_field_that_the_worksheet_does_not_have_is_refused(site: Site) -> None:
    odd = {"version": 0, "body": {"parts": {"plan": {"verzonnen": "x"}}}}
    status, problem = site.call("vk_worksheet", HANNE, "save", odd)
    assert status == 400 and problem["detail"]


def test_every_round_of_a_scan_stays_with_its_means(site: Site) -> None:
    tool = site.block("vk_scan", HANNE).assignment.tool
    assert isinstance(tool, ScanTool)
    for version, (layer, rating) in enumerate((("leiding", 5), ("begeleiders", 1))):
        body = {"layer": layer, "ratings": {item.id: 6 - rating if item.reverse else rating for item in tool.items()}}
        status, state = site.call("vk_scan", HANNE, "submit", {"version": version, "body": body})
        assert status == 200, state
    assert [(each["layer"], {theme["mean"] for theme in each["themes"]}) for each in state["rounds"]] == [
        ("leiding", {"5"}),
        ("begeleiders", {"1"}),
    ]


def test_a_teacher_finds_nothing_to_grade_at_a_scan(site: Site) -> None:
    html = site.block("vk_scan", ELS).render("student_view").body_html()
    assert "<vk-desk" not in html and "Er valt niets te beoordelen" in html
