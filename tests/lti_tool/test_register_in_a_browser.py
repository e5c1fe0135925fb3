"""Connecting a platform in Chromium: in a frame as Canvas does it, in a tab as Moodle does, and what goes wrong."""

import html
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from lti_tool import invites
from tests.browser import assert_accessible, look
from tests.lti_tool.inviting import kept
from tests.lti_tool.registrar import Brightspace, Canvas, Moodle, Registrar, said
from tests.lti_tool.test_pages_in_a_browser import Campus, campus, console, page

pytestmark = pytest.mark.browser
__all__ = ["campus", "console", "page"]


def link(campus: Campus, platform: Registrar | None, days: int = 7) -> str:
    with campus.world.services.database.write() as session:
        made = invites.make(session, "hogeschool-west", timedelta(days=days), by="x", at=campus.world.clock())
    opening = platform.opening() if platform else {}
    return f"{campus.tool}/lti/register?{urlencode({'invite': made[1], **opening})}"


def serve(campus: Campus, body: str) -> str:
    """Put a platform's own page, which writes down that it was told to close; give its address."""
    script = "addEventListener('message', e => { document.title = e.data.subject + ' van ' + e.origin })"
    text = f'<!doctype html><html lang="nl"><title>Beheer</title><body style="margin:0">{body}<script>{script}</script>'
    campus.world.west.listener.answers["/west/beheer"] = lambda _: (200, "text/html; charset=utf-8", text.encode())
    # Under another name than the platform's own, as a school's address on Canvas is.
    return f"{campus.world.west.issuer}/beheer".replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("names", [False, True])
def test_in_canvas_an_administrator_connects_inside_a_frame(
    campus: Campus, page: Page, console: list[str], names: bool
) -> None:
    canvas = Canvas(campus.world.west.listener, "canvas")
    start = html.escape(link(campus, canvas))
    around = serve(
        campus, f'<iframe title="Registratie" src="{start}" style="width:100%;height:100vh;border:0"></iframe>'
    )
    page.goto(around)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Koppel Veranderkracht aan je leeromgeving")
    expect(frame.get_by_text("hogeschool-west")).to_be_visible()
    look(page, "lti-koppelen-canvas")
    if names:
        frame.get_by_role("checkbox", name="Geef namen door").check()
    frame.get_by_role("button", name="Koppel Veranderkracht").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Veranderkracht is gekoppeld")
    look(page, "lti-gekoppeld-canvas")
    frame.get_by_role("button", name="Terug naar je leeromgeving").click()
    expect(page).to_have_title(f"org.imsglobal.lti.close van {campus.tool}")
    assert console == []
    assert_accessible(page)
    [registration] = kept(campus.world)
    assert around.startswith(registration.frame_origins[0])
    assert [
        ("name" in body["https://purl.imsglobal.org/spec/lti-tool-configuration"]["claims"]) for body in canvas.taken
    ] == [names]


def test_in_moodle_the_tab_hands_back_to_the_page_that_opened_it(
    campus: Campus, page: Page, console: list[str]
) -> None:
    moodle = Moodle(campus.world.west.listener, "moodle")
    start = html.escape(link(campus, moodle))
    page.goto(serve(campus, f'<a href="{start}" target="_blank" rel="opener">Tool toevoegen</a>'))
    with page.expect_popup() as opened:
        page.get_by_role("link").click()
    tab = opened.value
    tab.wait_for_load_state()  # with its style, which axe looks at
    assert_accessible(tab)
    look(tab, "lti-koppelen-moodle")
    tab.get_by_role("button", name="Koppel Veranderkracht").click()
    expect(tab.get_by_text("In behandeling")).to_be_visible()
    tab.wait_for_load_state()
    assert_accessible(tab)
    look(tab, "lti-gekoppeld-moodle")
    tab.get_by_role("button", name="Terug naar je leeromgeving").click()
    expect(page).to_have_title(f"org.imsglobal.lti.close van {campus.tool}")
    assert console == []


def test_in_a_tab_that_nothing_opened_there_is_no_way_back_to_press(campus: Campus, page: Page) -> None:
    page.goto(link(campus, Brightspace(campus.world.west.listener, "d2l")))
    page.get_by_role("button", name="Koppel Veranderkracht").click()
    expect(page.get_by_text("Je mag dit venster sluiten")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    assert_accessible(page)
    look(page, "lti-gekoppeld-brightspace")


def test_an_invitation_opened_in_a_browser_says_where_it_belongs(campus: Campus, page: Page) -> None:
    page.goto(link(campus, None))
    expect(page.get_by_role("heading", level=1)).to_have_text("Open deze link in je leeromgeving")
    assert_accessible(page)
    look(page, "lti-uitnodiging")


def test_what_goes_wrong_is_a_page_to_act_on(campus: Campus, page: Page) -> None:
    moodle = Moodle(campus.world.west.listener, "moodle")
    moodle.instead.append(said(422, {"errors": ["domain is already in use"]}))
    page.goto(link(campus, moodle))
    page.get_by_role("button", name="Koppel Veranderkracht").click()
    expect(page.get_by_text("registration-refused")).to_be_visible()
    assert_accessible(page)
    look(page, "lti-koppelen-geweigerd")
    page.goto(f"{campus.tool}/lti/register?invite=onbekend")
    expect(page.get_by_text("invite-unknown")).to_be_visible()
    look(page, "lti-koppelen-onbekend")
