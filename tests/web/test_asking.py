"""Asking for feedback: what is settled before the text leaves, what is shown of it, and what when nobody answers."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import assert_accessible
from tests.web import voices
from tests.web.conftest import OpenPage, Served, assert_fits

pytestmark = pytest.mark.browser

AWAY = "Feedback is nu niet bereikbaar. Je kunt gewoon verder schrijven, bewaren en indienen."


@pytest.fixture
def accepted(served: Served) -> Served:
    """A learner who accepted the notice before."""
    served.gallery.accepted = True
    return served


def asking(open_page: OpenPage, text: str = voices.SOUP, **how: int | str) -> Page:
    """Open the reflection, write, and ask."""
    page = open_page("/step/eigen-praktijk", **how)
    page.get_by_label("Jouw tekst").fill(text)
    page.get_by_role("button", name="Vraag feedback").click()
    return page


def test_no_text_leaves_before_the_notice_is_accepted(open_page: OpenPage, served: Served) -> None:
    page = asking(open_page)
    expect(page.get_by_role("heading", name="Voor je tekst de pagina verlaat")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("button", name="Niet nu").click()
    expect(page.get_by_label("Jouw tekst")).to_be_focused()
    assert served.gallery.asked == 0
    page.get_by_role("button", name="Vraag feedback").click()
    page.get_by_role("button", name="Akkoord, lees mijn tekst").click()
    expect(page.get_by_role("heading", name="Feedback bij je tekst")).to_be_focused()
    assert (served.gallery.asked, served.gallery.accepted) == (1, True)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_feedback_stands_in_the_margin_of_the_text(
    open_page: OpenPage, accepted: Served, width: int, scheme: str
) -> None:
    page = asking(open_page, width=width, scheme=scheme)
    expect(page.locator("mark")).to_have_text(
        ["op het bord lag nog alles", "Ik voelde me betrapt", "Misschien was haar zin geen verwijt"]
    )
    shown = page.locator(".vk-margin-text").all_inner_texts()
    assert len(shown) == voices.SOUP.count("\n\n") + 1
    note = page.locator(".vk-pencil").first
    expect(note).to_contain_text("Een concrete situatie")
    expect(note).to_contain_text("Wat zag je precies, voor je er iets van vond?")
    mark, margin = page.locator("mark").first.bounding_box(), note.bounding_box()
    assert mark and margin
    assert margin["x"] > mark["x"] + mark["width"] if width > 1000 else margin["y"] > mark["y"]
    expect(page.get_by_role("heading", name="Nog niet zichtbaar")).to_be_visible()
    expect(page.get_by_text("zonder taalmodel")).to_be_visible()
    page.locator("summary", has_text="Verwachtingen uitspreken").click()
    expect(page.get_by_role("link", name="Naar de bron")).to_have_attribute("href", "https://izi.nu/")
    expect(page.get_by_text("Je kunt nog 2 keer feedback vragen.")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


def test_a_source_without_a_web_address_has_no_link(open_page: OpenPage, accepted: Served) -> None:
    page = asking(open_page)
    expect(page.locator(".vk-source")).to_have_count(3)
    expect(page.locator(".vk-source a")).to_have_count(1)


def test_feedback_on_a_text_that_was_changed_meanwhile_says_so(open_page: OpenPage, accepted: Served) -> None:
    page = open_page("/step/eigen-praktijk")
    text = page.get_by_label("Jouw tekst")

    def answer_late(route: Route) -> None:
        text.fill(voices.SOUP + " Nog een zin.")
        route.continue_()

    page.route("**/v1/feedback", answer_late)
    text.fill(voices.SOUP)
    page.get_by_role("button", name="Vraag feedback").click()
    expect(page.get_by_text("Je schreef intussen verder.")).to_be_visible()
    expect(page.locator(".vk-margin-text", has_text="Nog een zin.")).to_have_count(0)


def test_a_notice_that_changed_while_it_was_read_is_shown_anew(open_page: OpenPage, served: Served) -> None:
    newer = {"code": "notice-stale", "notice": {"version": "2", "html": "<p>Een nieuwe tekst.</p>", "accepted": False}}
    page = asking(open_page)
    page.route(
        "**/v1/notice",
        lambda route: route.fulfill(status=409, json=newer) if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_role("button", name="Akkoord, lees mijn tekst").click()
    expect(page.get_by_text("Een nieuwe tekst.")).to_be_visible()
    assert served.gallery.asked == 0


def test_text_and_feedback_are_shown_as_text_whatever_they_hold(open_page: OpenPage, accepted: Served) -> None:
    text = '<img src=x onerror="alert(1)"> op het bord lag nog alles <b>vet</b>'
    page = asking(open_page, text)
    expect(page.locator(".vk-margin-text")).to_contain_text('<img src=x onerror="alert(1)">')
    expect(page.locator(".vk-margin-text :is(img, b)")).to_have_count(0)


def test_likely_names_are_pointed_out_before_anything_is_read(open_page: OpenPage, accepted: Served) -> None:
    accepted.gallery.assistant = "names"
    page = asking(open_page)
    expect(page.get_by_role("heading", name="Staan er echte namen in je tekst?")).to_be_focused()
    expect(page.locator(".vk-words li")).to_have_text(["Godelieve", "Van Acker"])
    assert_accessible(page)
    assert accepted.gallery.asked == 0
    page.get_by_role("button", name="Ik pas mijn tekst aan").click()
    expect(page.get_by_label("Jouw tekst")).to_be_focused()
    page.get_by_role("button", name="Vraag feedback").click()
    page.get_by_role("button", name="Geen echte namen: lees mijn tekst").click()
    expect(page.get_by_role("heading", name="Feedback bij je tekst")).to_be_focused()


def test_a_text_in_which_someone_is_in_need_brings_people_to_call(open_page: OpenPage, accepted: Served) -> None:
    accepted.gallery.assistant = "crisis"
    page = asking(open_page, width=390)
    expect(page.get_by_role("heading", name=voices.CRISIS["title"])).to_be_focused()
    expect(page.get_by_role("link", name="1813", exact=True)).to_have_attribute("href", "tel:1813")
    expect(page.get_by_role("link", name="www.tele-onthaal.be")).to_be_visible()
    assert_accessible(page)


def test_with_the_assistant_down_everything_else_works_and_the_page_says_so(
    open_page: OpenPage, accepted: Served
) -> None:
    accepted.gallery.assistant = "down"
    page = asking(open_page)
    expect(page.get_by_role("status").filter(has_text=AWAY)).to_be_visible()
    assert_accessible(page)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_role("heading", name="Ingediend")).to_be_visible()


def test_an_assistant_that_cannot_be_reached_is_away_and_can_be_asked_again(
    open_page: OpenPage, accepted: Served
) -> None:
    page = open_page("/step/eigen-praktijk")
    page.route("**/assistant/**", lambda route: route.abort())
    page.get_by_label("Jouw tekst").fill(voices.SOUP)
    page.get_by_role("button", name="Vraag feedback").click()
    expect(page.get_by_text(AWAY)).to_be_visible()
    page.unroute("**/assistant/**")
    page.get_by_role("button", name="Vraag feedback").click()
    expect(page.get_by_role("heading", name="Feedback bij je tekst")).to_be_focused()
    expect(page.get_by_text(AWAY)).to_be_hidden()


def test_a_learner_can_stop_waiting(open_page: OpenPage, accepted: Served) -> None:
    page = open_page("/step/eigen-praktijk")
    page.route("**/feedback", lambda route: None)
    page.get_by_label("Jouw tekst").fill(voices.SOUP)
    page.get_by_role("button", name="Vraag feedback").click()
    page.get_by_role("button", name="Niet langer wachten").click()
    expect(page.get_by_label("Jouw tekst")).to_be_focused()
    expect(page.get_by_text("Je tekst wordt gelezen")).to_be_hidden()
    expect(page.get_by_text(AWAY)).to_be_hidden()


def test_when_all_attempts_are_used_the_page_says_what_comes_next(open_page: OpenPage, accepted: Served) -> None:
    accepted.gallery.assistant = "attempts-used"
    page = asking(open_page)
    expect(page.get_by_text("Je hebt voor deze opdracht alle feedback gevraagd die er is.")).to_be_visible()


def test_without_a_text_nothing_is_asked(open_page: OpenPage, accepted: Served) -> None:
    page = asking(open_page, "   ")
    expect(page.get_by_text("Schrijf eerst een paar zinnen")).to_be_visible()
    assert accepted.gallery.asked == 0
