# ruff: noqa: F401, F811 - fixtures that another file of these tests makes
"""Who has not handed in, at the desk in Chromium: with sixty learners, on a phone, by keyboard; and a review's work."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser import assert_accessible, look
from tests.lti_tool.course import Course, fetch, member, review_of
from tests.lti_tool.test_pages_in_a_browser import Campus, campus, console, open_course, page
from tests.lti_tool.world import ELS, HANNE, LTI, Person
from tests.lti_tool.world import Browser as ToolBrowser

pytestmark = pytest.mark.browser

FIRST = ("Amina", "Bart", "Chaïma", "Dries", "Elif", "Femke", "Gianni", "Hilde", "Ilse", "Jelle")
LAST = ("Aerts", "Bogaert", "Claeys", "De Smet", "El Idrissi", "Van den Broeck-Vandersmissen")
CLASS = [Person(str(100 + number), "Learner", f"{FIRST[number % 10]} {LAST[number // 10]}") for number in range(60)]


def arrive(campus: Campus, person: Person) -> ToolBrowser:
    """Launch the step as the campus does, without a browser on the screen."""
    world, target = campus.world, f"{campus.tool}/lti/launch"
    browser = world.browser()
    started = browser.login(world.west, target_link_uri=target)
    asked = dict(parse_qsl(urlsplit(started.headers["Location"]).query))
    changes = {f"{LTI}target_link_uri": target, f"{LTI}resource_link": {"id": "eigen-praktijk"}}
    claims = world.west.claims(asked["nonce"], world.clock(), person, **changes)
    assert browser.post(world.west.sign(claims), asked["state"]).status_code == 200
    return browser


def fill(campus: Campus) -> Course:
    """Let forty of sixty hand in, and six more begin; one came and left."""
    campus.person = ELS
    course = Course(campus.world.west, [member(person) for person in CLASS])
    campus.changes = course.claim
    for number, person in enumerate(CLASS):
        if number % 3 == 0 and number % 9:
            continue  # these never opened it
        learner = arrive(campus, person)
        campus.world.clock.advance(seconds=70)
        if number % 3:
            learner.submit()
        elif number:
            learner.ok("save", {"version": 0, "body": {"text": "Een begin."}})
    return course


@pytest.mark.parametrize("width", [390, 1280])
def test_a_teacher_sees_who_is_missing_without_waiting_for_the_platform(
    campus: Campus,
    page: Page,
    console: list[str],
    width: int,
) -> None:
    fill(campus)
    page.set_viewport_size({"width": width, "height": 900})
    frame = open_course(page, campus)
    expect(frame.get_by_text("40 werken wachten op jou")).to_be_visible()
    expect(frame.get_by_text("We halen de deelnemers op bij je leeromgeving.")).to_be_visible()
    fetch(campus.world)  # the worker, meanwhile
    summary = frame.locator("summary", has_text="20 lerenden dienden nog niets in; 6 zijn wel begonnen")
    expect(summary).to_be_visible()
    expect(frame.get_by_text("Deelnemers bijgewerkt")).to_be_visible()
    expect(frame.get_by_role("listitem")).to_have_count(0)  # closed to begin with
    tall(page, frame)
    look(page, f"lti-deelnemers-dicht-{width}")
    frame.get_by_role("button", name="20 nog niets ingediend").press("Enter")  # past forty rows at once
    expect(summary).to_be_focused()
    expect(frame.get_by_role("listitem")).to_have_count(20)
    expect(frame.get_by_role("listitem").first).to_contain_text("Amina Aerts")
    tall(page, frame)
    assert console == []  # before axe looks, which says things of its own
    assert_accessible(page)
    wide = frame.locator("html").evaluate("root => root.scrollWidth - root.clientWidth")
    assert wide <= 0
    look(page, f"lti-deelnemers-open-{width}")


def tall(page: Page, frame: FrameLocator) -> None:
    """Make the frame as high as what is in it, so that a picture shows all."""
    height = frame.locator("body").evaluate("body => body.scrollHeight")
    page.locator("iframe").evaluate("(frame, height) => { frame.style.height = `${height + 40}px` }", height)


def test_a_newer_list_comes_when_asked_for_and_a_refusal_is_told(
    campus: Campus,
    page: Page,
    console: list[str],
) -> None:
    course = fill(campus)
    frame = open_course(page, campus)
    fetch_when_asked(campus, frame)
    expect(frame.locator("summary", has_text="20 lerenden dienden nog niets in")).to_be_visible()
    course.says((403, "text/plain", b""))
    campus.world.clock.advance(seconds=30)
    refresh = frame.get_by_role("button", name="Vernieuwen")
    refresh.click()
    expect(frame.get_by_text("We halen een nieuwere lijst op.")).to_be_visible()
    fetch(campus.world)
    expect(frame.get_by_text("Je leeromgeving geeft de deelnemerslijst niet: ze weigert (status 403)")).to_be_visible()
    expect(frame.locator("summary", has_text="20 lerenden dienden nog niets in")).to_be_visible()
    expect(refresh).to_be_focused()
    assert console == []
    assert_accessible(page)
    tall(page, frame)
    look(page, "lti-deelnemers-weigering")


def fetch_when_asked(campus: Campus, frame: FrameLocator, said: str = "We halen de deelnemers op") -> None:
    expect(frame.get_by_text(said)).to_be_visible()
    fetch(campus.world)


def test_everybody_handed_in_and_nobody_listed_are_told_apart(
    campus: Campus,
    page: Page,
    console: list[str],
) -> None:
    campus.person = ELS
    course = Course(campus.world.west, [member(ELS, roles=["Instructor"])], refuses=("rlid",))
    campus.changes = course.claim
    frame = open_course(page, campus)
    fetch_when_asked(campus, frame)
    expect(frame.get_by_text("Op de deelnemerslijst van je leeromgeving staat nog geen lerende.")).to_be_visible()
    look(page, "lti-deelnemers-niemand")
    course.members.append(member(HANNE))
    campus.world.clock.advance(seconds=30)
    frame.get_by_role("button", name="Vernieuwen").click()
    fetch_when_asked(campus, frame, "We halen een nieuwere lijst op.")
    expect(frame.locator("summary", has_text="1 lerende diende nog niets in")).to_be_visible()
    expect(frame.get_by_text("de deelnemers van de hele cursus")).to_be_visible()
    look(page, "lti-deelnemers-een")
    assert console == []
    arrive(campus, HANNE).submit()
    frame = open_course(page, campus)
    expect(frame.get_by_text("Iedereen heeft ingediend")).to_be_visible()
    expect(frame.get_by_text("de deelnemers van de hele cursus")).to_be_hidden()
    look(page, "lti-deelnemers-iedereen")


def opened_for(campus: Campus, person: Person) -> dict[str, Any]:
    # The campus names a link and parameters with every launch; a request for one's work may come without.
    return review_of(person, campus.world.west.line_item)


def test_the_gradebook_opens_the_desk_on_one_learners_work(
    campus: Campus,
    page: Page,
    console: list[str],
) -> None:
    arrive(campus, CLASS[1]).submit()
    arrive(campus, HANNE).submit()
    campus.person = ELS
    campus.changes = opened_for(campus, HANNE)
    frame = open_course(page, campus)
    expect(frame.get_by_role("heading", name="Hanne Coppens")).to_be_focused()
    expect(frame.get_by_role("button", name="Publiceren")).to_be_visible()
    frame.get_by_role("button", name="Alle inzendingen").click()
    expect(frame.get_by_role("button", name="Bart Aerts")).to_be_visible()
    assert console == []
    arrive(campus, CLASS[2])
    campus.changes = opened_for(campus, CLASS[2])
    frame = open_course(page, campus)
    expect(frame.get_by_role("status").filter(has_text="Chaïma Aerts heeft hier nog niets ingediend.")).to_be_visible()
    assert_accessible(page)
    look(page, "lti-werk-ontbreekt")
    campus.person = CLASS[1]
    frame = open_course(page, campus)
    expect(frame.get_by_role("heading", name="Dit is het werk van iemand anders")).to_be_visible()
    look(page, "lti-werk-van-een-ander")
