"""A learner's text in a real browser: saved by itself, never lost, handed in once, and what comes of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import assert_accessible
from tests.web import voices
from tests.web.conftest import OpenPage, Served, assert_fits

pytestmark = pytest.mark.browser

REFLECTION = "/step/eigen-praktijk"


def write(page: Page, text: str = voices.SOUP) -> None:
    page.get_by_label("Jouw tekst").fill(text)


def written(page: Page, text: str = voices.SOUP) -> None:
    """Write, and see that it is saved."""
    write(page, text)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()


def test_a_text_is_saved_by_itself_and_there_after_a_reload(open_page: OpenPage) -> None:
    page = open_page(REFLECTION)
    written(page)
    expect(page.get_by_text("233 woorden")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Jouw tekst")).to_have_value(voices.SOUP)
    assert page.evaluate("sessionStorage.length") == 0


def test_a_text_that_is_too_short_says_so_beside_the_text(open_page: OpenPage) -> None:
    page = open_page(REFLECTION)
    write(page, "Te kort.")
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_text("Je tekst telt 2 woorden; er worden er minstens 150 gevraagd.")).to_be_visible()
    expect(page.get_by_label("Jouw tekst")).to_be_focused()
    expect(page.get_by_label("Jouw tekst")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Jouw tekst")).to_have_accessible_description(re.compile("Je tekst telt 2 woorden"))
    assert_accessible(page)
    write(page, "Langer.")
    expect(page.get_by_label("Jouw tekst")).not_to_have_attribute("aria-invalid", "true")


def test_work_can_be_handed_in_and_again_until_grading_starts(open_page: OpenPage, served: Served) -> None:
    page = open_page(REFLECTION)
    write(page)
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()
    assert page.evaluate("sessionStorage.length") == 0
    assert_accessible(page)
    page.get_by_role("button", name="Tekst aanpassen").click()
    write(page, voices.SOUP + " Morgen.")
    page.get_by_role("button", name="Opnieuw indienen bij je docent").click()
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()
    submission = served.gallery.player("eigen-praktijk", "hanne").state()["submission"]
    assert (submission["number"], submission["words"]) == (2, 234)

    page.get_by_role("button", name="Tekst aanpassen").click()
    served.gallery.desk("eigen-praktijk").assess(submission["id"], 0, {}, {}, "", False)
    write(page, "Nog gauw iets anders.")
    expect(page.get_by_role("heading", name="Je docent leest je tekst")).to_be_visible()
    expect(page.get_by_text("Nog gauw iets anders.")).to_be_visible()
    expect(page.get_by_role("button", name="Tekst aanpassen")).to_be_hidden()
    page.get_by_role("button", name="Weggooien").click()
    expect(page.get_by_text("Nog gauw iets anders.")).to_be_hidden()


def test_a_text_that_was_changed_after_handing_in_is_what_the_learner_finds_again(
    open_page: OpenPage, served: Served
) -> None:
    player = served.gallery.player("eigen-praktijk", "hanne")
    name = player.submit(0, {"text": voices.SOUP})["submission"]["id"]
    player.save(1, {"text": "Halfweg herschreven."})
    page = open_page(REFLECTION)
    expect(page.get_by_label("Jouw tekst")).to_have_value("Halfweg herschreven.")
    expect(page.get_by_text("Wat je eerder indiende, geldt tot je opnieuw indient.")).to_be_visible()
    served.gallery.desk("eigen-praktijk").assess(name, 0, {}, {}, "", False)
    page.reload()
    expect(page.get_by_role("heading", name="Je docent leest je tekst")).to_be_visible()
    expect(page.get_by_text("Halfweg herschreven.")).to_be_visible()
    expect(page.get_by_role("button", name="Weggooien")).to_have_count(0)


def test_a_published_assessment_shows_score_levels_and_comments(open_page: OpenPage, served: Served) -> None:
    served.gallery.fill()
    page = open_page(REFLECTION + "?learner=an", width=390)
    expect(page.get_by_role("heading", name="Je beoordeling")).to_be_visible()
    expect(page.locator(".vk-score")).to_have_text("7,5 op 10")
    expect(page.get_by_text("Je schrijft eerlijk")).to_be_visible()
    expect(page.locator(".vk-outcome").first).to_contain_text("Een concrete situatie Duidelijk 1,5")
    expect(page.locator(".vk-outcome").first).to_contain_text("Sterk dat je ook het knikken opschrijft.")
    assert_accessible(page)
    assert_fits(page)


def test_a_held_assessment_shows_nothing_of_it(open_page: OpenPage, served: Served) -> None:
    served.gallery.fill()
    page = open_page(REFLECTION + "?learner=bilal")
    expect(page.get_by_role("heading", name="Je docent leest je tekst")).to_be_visible()
    expect(page.locator(".vk-assessment")).to_have_count(0)


def test_without_a_connection_the_text_stays_and_is_saved_when_it_is_back(open_page: OpenPage, served: Served) -> None:
    page = open_page(REFLECTION)
    page.context.set_offline(True)
    write(page)
    expect(
        page.get_by_text("Geen verbinding. Je tekst staat veilig op deze pagina; we proberen opnieuw.")
    ).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 1
    assert_accessible(page)
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_text("Geen verbinding, dus nog niet ingediend.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    assert served.gallery.player("eigen-praktijk", "hanne").state()["work"]["body"]["text"] == voices.SOUP


def lose_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


def give_up_waiting(route: Route) -> None:
    """Answer as a proxy does whose patience is shorter than the host's work."""
    route.fetch()
    route.fulfill(status=504, body="")


@pytest.mark.parametrize(
    ("fault", "said"),
    [(lose_the_answer, "Geen verbinding, dus nog niet ingediend."), (give_up_waiting, "Dit lukt nu niet.")],
)
def test_work_whose_receipt_got_lost_is_handed_in_once(
    open_page: OpenPage, served: Served, fault: Callable[[Route], None], said: str
) -> None:
    page = open_page(REFLECTION)
    written(page)
    page.route("**/submit", fault, times=1)
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_role("button", name="Indienen bij je docent")).to_be_enabled()
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()
    assert served.gallery.player("eigen-praktijk", "hanne").state()["submission"]["number"] == 1


def test_an_expired_session_says_what_to_do_and_a_new_launch_brings_the_text_back(
    open_page: OpenPage, served: Served
) -> None:
    page = open_page(REFLECTION)
    served.gallery.expired = True
    write(page)
    expect(page.get_by_text("Je sessie is verlopen. Je tekst staat nog op deze pagina.")).to_be_visible()
    expect(page.get_by_label("Jouw tekst")).to_have_value(voices.SOUP)
    page.reload()
    expect(page.get_by_label("Jouw tekst")).to_have_value(voices.SOUP)
    expect(page.get_by_text("Je sessie is verlopen.")).to_be_visible()
    served.gallery.expired = False
    page.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.get_by_text("We hebben je tekst teruggezet")).to_be_visible()
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    expect(page.get_by_label("Jouw tekst")).to_have_value(voices.SOUP)
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        (0, "Hier geschreven."),
        (1, "Daar geschreven."),
        ("Beide houden, onder elkaar", "Daar geschreven.\n\nHier geschreven."),
    ],
)
def test_two_versions_are_laid_side_by_side_and_the_learner_chooses(
    open_page: OpenPage, served: Served, choice: int | str, kept: str
) -> None:
    page = open_page(REFLECTION)
    written(page, "Begin.")
    served.gallery.player("eigen-praktijk", "hanne").save(1, {"text": "Daar geschreven."})
    write(page, "Hier geschreven.")
    expect(page.get_by_role("heading", name="Er zijn twee versies van je tekst")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Er zijn twee versies van je tekst.")).not_to_contain_text("Daar")
    assert_accessible(page)
    if isinstance(choice, int):
        page.get_by_role("button", name="Deze versie houden").nth(choice).click()
    else:
        page.get_by_role("button", name=choice).click()
    expect(page.get_by_label("Jouw tekst")).to_have_value(kept)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    assert served.gallery.player("eigen-praktijk", "hanne").state()["work"]["body"]["text"] == kept


def test_a_reflection_can_be_written_and_handed_in_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(REFLECTION)
    expect(page.get_by_role("button", name="Indienen bij je docent")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Jouw tekst")).to_be_focused()
    page.keyboard.insert_text(voices.SOUP)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Indienen bij je docent")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()
