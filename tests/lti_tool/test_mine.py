"""A learner reads what is kept of them, takes it along, and does not meet anybody else there; names are not needed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from lti_tool import forgetting, retention
from lti_tool.ags import Gradebooks
from lti_tool.configuration import LtiSettings
from lti_tool.outbox import Sender
from tests.browser import assert_accessible, look
from tests.lti_tool.test_pages_in_a_browser import Campus, campus, open_course
from tests.lti_tool.world import BASE, ELS, HANNE, MENTOR, YUSUF, Browser, World

__all__ = ["campus"]

TEXT = "Vorige week zag ik hoe een dochter op de drempel bleef staan. " * 20


def mine(browser: Browser, path: str = "", **more: str) -> TestResponse:
    return browser.client.post(f"/lti/mine{path}", data={"token": browser.token, **more}, base_url=BASE)


def test_a_learner_reads_what_is_kept_why_how_long_and_by_whom(world: World) -> None:
    browser = world.at(world.west, HANNE)
    assert "Mijn gegevens" in browser.page
    browser.submit(TEXT)
    page = mine(browser)
    assert page.status_code == 200
    for said in (
        "Hanne Coppens",
        "1 inzending,",
        "2 maart 2026",
        "Jouw instelling beslist",
        "Tot je instelling het wist",
    ):
        assert said in page.text, said
    assert TEXT[:40] not in page.text, "the page counts; the file tells"
    with world.services.database.write() as session:
        tenant = forgetting.tenant_of(session, world.west.tenant)
        retention.set_months(session, tenant, 18, by="x", at=world.clock())
    assert "Tot 18 maanden nadat" in mine(browser).text


def test_the_file_is_theirs_alone_and_goes_as_a_download(world: World) -> None:
    browser = world.at(world.west, HANNE)
    browser.submit(TEXT)
    world.at(world.west, YUSUF).submit("Yusufs eigen woorden. " * 60)
    told = mine(browser, "/file", **{"as": "json"})
    assert told.headers["Content-Disposition"] == 'attachment; filename="mijn-gegevens-veranderkracht.json"'
    document = json.loads(told.text)
    assert document["inzendingen"][0]["tekst"].startswith(TEXT[:40])
    assert "Yusufs" not in told.text
    read = mine(browser, "/file", **{"as": "html"})
    assert (
        read.mimetype == "text/html" and TEXT[:40] in read.text and "attachment" in read.headers["Content-Disposition"]
    )


@pytest.mark.parametrize("path", ["", "/file"])
def test_only_a_learner_with_a_living_session_gets_it(world: World, path: str) -> None:
    for person in (ELS, MENTOR):
        browser = world.at(world.west, person)
        assert "Mijn gegevens" not in browser.page
        assert mine(browser, path).status_code == 403
    browser = world.at(world.west, HANNE)
    assert browser.client.post(f"/lti/mine{path}", data={"token": "x"}, base_url=BASE).status_code == 401
    world.clock.advance(hours=13)
    assert mine(browser, path).status_code == 401


def test_without_name_and_mail_everything_works_from_launch_to_gradebook(world: World) -> None:
    browser = world.at(world.west, YUSUF)
    submission = browser.submit(TEXT)
    assert "Geen naam: je leeromgeving geeft die niet door." in mine(browser).text
    teacher = world.at(world.west, ELS, name=None)
    [item] = teacher.ok("queue")["items"]
    learner = world.services.keys.host_key(world.west.tenant).learner(world.west.issuer, YUSUF.id)
    assert item["learner"] == learner
    assert item["name"] == f"Lerende {learner[:4]}", "told apart, and no more"
    assert teacher.ok("work", {"submission": submission})["submission"]["name"] == item["name"]
    teacher.grade(submission)
    Sender(world.services, Gradebooks(world.services.outgoing, world.services.access)).drain()
    assert [(score["userId"], score["gradingProgress"]) for score in world.west.scores] == [(YUSUF.id, "FullyGraded")]
    assert browser.ok("state")["assessment"]["score"] == "10"


def test_a_name_that_is_no_longer_sent_is_no_longer_kept(world: World) -> None:
    world.at(world.west, HANNE)
    browser = world.at(world.west, HANNE, name=None)
    assert "Hanne" not in mine(browser).text


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="nl-BE")
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


@pytest.mark.browser
def test_a_learner_goes_from_the_step_to_their_data_takes_them_along_and_comes_back(
    campus: Campus, page: Page, settings: LtiSettings
) -> None:
    frame = open_course(page, campus)
    frame.get_by_role("textbox").fill("Een moment met een dochter.")
    expect(frame.locator('[data-vk="saved"]')).to_contain_text("Bewaard")
    look(page, "mijn-gegevens-weg")
    frame.get_by_role("button", name="Mijn gegevens").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Mijn gegevens")
    assert_accessible(page)
    look(page, "mijn-gegevens")
    with page.expect_download() as downloading:
        frame.get_by_role("button", name="Download om te lezen").click()
    kept: Any = downloading.value
    assert kept.suggested_filename == "mijn-gegevens-veranderkracht.html"
    assert "Een moment met een dochter." in kept.path().read_text(encoding="utf-8")
    reader = page.context.new_page()
    reader.set_content(kept.path().read_text(encoding="utf-8"))
    assert_accessible(reader)
    look(reader, "mijn-gegevens-bestand")
    reader.close()
    frame.get_by_role("button", name="Terug naar de stap").click()
    expect(frame.get_by_role("textbox")).to_have_value("Een moment met een dochter.")
