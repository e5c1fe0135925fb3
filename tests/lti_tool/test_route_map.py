"""The route map after a launch: how far a learner is in this course, what fits after the scan, and nobody else's."""

import re

import pytest

from tests.lti_tool.test_deep_linking import items, picking, press
from tests.lti_tool.world import ELS, HANNE, LEEN, LTI, MENTOR, YUSUF, Browser, Person, Platform, World
from veranderkracht.modules.library import Library
from veranderkracht.toolkit.model import ScanTool

HISTORY = {"context_history": "$Context.id.history", "link_history": "$ResourceLink.id.history"}
VERTREKKEN = "Vertrekken: waarom veranderkracht, en waar sta je?"


def place(module: str, step: str = "") -> dict[str, object]:
    custom = {"module": module, **({"step": step} if step else {})}
    return {f"{LTI}custom": custom, f"{LTI}resource_link": {"id": f"link-{module}-{step}"}}


def at(world: World, person: Person, module: str, step: str = "", **changes: object) -> Browser:
    return world.at(world.west, person, step, **{**place(module, step), **changes})


def the_map(world: World, person: Person = HANNE, platform: Platform | None = None, **changes: object) -> str:
    """Give what the map says, as text."""
    browser = world.at(platform or world.west, person, "", **{**place("route"), **changes})
    page = browser.page[browser.page.index("<body") :]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def of(text: str, title: str) -> str:
    """Give what the list of phases says of one module."""
    listed = text[text.index("Introductie") :]
    return listed[listed.index(title) :].partition("Wat je erna kunt")[0]


def scan_low(theme: str) -> dict[str, object]:
    tool = Library.installed().tool("veranderklimaat")
    assert isinstance(tool, ScanTool)
    ratings = {
        item.id: 6 - rating if item.reverse else rating
        for each in tool.themes
        for rating in [1 if each.id == theme else 4]
        for item in each.items
    }
    return {"layer": "leiding", "ratings": ratings}


def test_a_learner_who_did_nothing_yet_sees_the_route_and_where_to_take_the_scan(world: World) -> None:
    text = the_map(world)
    assert "0 van de 10 modules afgerond" in text and text.count("nog niet begonnen") == 10
    assert "Het klimaat bij jullie: achttien stellingen" in text and f"in de module {VERTREKKEN}" in text


def test_what_was_done_through_any_link_of_the_course_counts_once(world: World) -> None:
    step = at(world, HANNE, "samen-kijken", "wie-kijkt-mee")
    step.ok("submit", {"version": 0, "body": {}})
    module = at(world, HANNE, "samen-kijken")
    for name in ("wie-kijkt-mee", "rollen-en-verwachtingen"):
        module.turn("play", name)
        module.ok("submit", {"version": 0, "body": {}})
        module.turn("module")
    at(world, HANNE, "samen-kijken", "eigen-praktijk").ok("save", {"version": 0, "body": {"text": "Een begin."}})
    at(world, HANNE, "partnerschap", "eigen-praktijk").ok("save", {"version": 0, "body": {"text": "Een begin."}})
    text = the_map(world)
    assert "2 van 9 stappen gedaan" in of(text, "Samen kijken")
    assert "begonnen, nog geen stap gedaan" in of(text, "Een intersectoraal partnerschap")
    assert "nog niet begonnen" in of(text, "Klein beginnen")


def test_the_last_scan_in_this_course_says_what_fits_and_why(world: World) -> None:
    scan = at(world, HANNE, "vertrekken", "veranderklimaat")
    scan.ok("submit", {"version": 0, "body": scan_low("ruimte")})
    assert "kwam Ruimte het laagst uit: gemiddeld 1 op 5" in the_map(world)
    world.clock.advance(days=90)
    scan = at(world, HANNE, "vertrekken", "veranderklimaat")
    scan.ok("submit", {"version": 1, "body": scan_low("mensen")})
    text = the_map(world)
    assert "kwam Mensen het laagst uit" in text and "Ruimte" not in text
    fit = text[text.index("Wat past nu") : text.index("Introductie")]
    assert "Mensen meekrijgen: weerstand, draagkracht, leiderschap" in fit and "draagt, krijg je niet mee" in fit


def test_nothing_of_somebody_else_of_another_course_or_of_another_platform_shows(world: World) -> None:
    at(world, HANNE, "vertrekken", "veranderklimaat").ok("submit", {"version": 0, "body": scan_low("ruimte")})
    assert "1 van 9 stappen gedaan" in the_map(world)
    for told in (
        the_map(world, YUSUF),
        the_map(world, LEEN, world.zuid),
        the_map(world, **{f"{LTI}context": {"id": "cursus-2"}, f"{LTI}resource_link": {"id": "kaart-2"}}),
    ):
        assert "0 van de 10 modules afgerond" in told and told.count("nog niet begonnen") == 10
        assert "Ruimte" not in told


def test_where_the_platform_names_no_course_no_progress_is_made_up(world: World) -> None:
    at(world, HANNE, "samen-kijken", "wie-kijkt-mee", **{f"{LTI}context": None}).ok(
        "submit", {"version": 0, "body": {}}
    )
    text = the_map(world, **{f"{LTI}context": None})
    assert "zegt niet bij welke cursus deze kaart hoort" in text
    assert not re.search(r"gedaan|begonnen|afgerond", text)


@pytest.mark.parametrize("person", [ELS, MENTOR])
def test_who_is_no_learner_sees_the_map_without_anybodys_progress(world: World, person: Person) -> None:
    at(world, HANNE, "vertrekken", "veranderklimaat").ok("submit", {"version": 0, "body": scan_low("ruimte")})
    text = the_map(world, person)
    assert "Zo ziet een lerende de routekaart." in text and "Mijn gegevens" not in text
    assert not re.search(r"gedaan|begonnen|afgerond|Ruimte", text)


def test_the_map_leads_to_no_step_and_a_step_leads_to_no_map(world: World) -> None:
    browser = at(world, HANNE, "route")
    for view, step in (("play", "wie-kijkt-mee"), ("module", ""), ("desk", "eigen-praktijk")):
        assert browser.turn(view, step).status_code == 403
    assert browser.call("state").json["code"] == "learner-only"
    assert at(world, HANNE, "samen-kijken").turn("route").status_code == 403
    assert browser.turn("route").status_code == 200


def test_a_step_beside_the_map_in_a_link_changes_nothing(world: World) -> None:
    custom = {f"{LTI}custom": {"module": "route", "step": "toets"}}
    assert "De routekaart" in the_map(world, **custom)


def test_from_the_map_a_learner_goes_to_their_data_and_back(world: World) -> None:
    browser = at(world, HANNE, "route")
    page = browser.client.post("/lti/mine", data={"token": browser.token}, base_url="http://127.0.0.1:8001")
    assert "Terug naar de routekaart" in page.text
    browser.page = page.text
    assert "Wat past nu" in browser.turn("route").text


def test_a_teacher_places_the_map_as_an_activity_without_a_column(world: World) -> None:
    browser = picking(world)
    assert "De routekaart" in browser.page
    [item] = items(world, press(browser, "place", choice="route"))
    assert item["title"] == "De routekaart" and item["custom"] == {"module": "route", **HISTORY}
    assert "lineItem" not in item


def test_a_search_finds_the_map_by_its_words_and_not_by_a_phase(world: World) -> None:
    hidden = re.compile(r'data-picker="map"[^>]* hidden>')
    browser = picking(world)
    assert not hidden.search(press(browser, "search", words="routekaart").text)
    assert hidden.search(press(browser, "search", words="weerstand").text)
    assert hidden.search(press(browser, "search", phase="doen").text)
