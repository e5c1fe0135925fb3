"""Conversations on the page: chosen, heard, kept and one's own; and what when the assistant cannot answer."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, look
from tests.web.conftest import OpenPage, Served, assert_fits

pytestmark = pytest.mark.browser

STORY = "Ik heb kortaf geantwoord."


def opened(open_page: OpenPage, served: Served, step: str = "eigen-praktijk", **how: int | str) -> Page:
    """Open the panel below a step, the notice accepted."""
    served.gallery.accepted = True
    page = open_page(f"/step/{step}?talk", **how)
    page.get_by_text("Praat erover met de assistent").click()
    expect(page.get_by_role("heading", name="Waarmee kan de assistent je helpen?")).to_be_visible()
    return page


def talking(open_page: OpenPage, served: Served, text: str = STORY, **how: int | str) -> Page:
    """Begin a conversation and say something."""
    page = opened(open_page, served, **how)
    page.get_by_role("button", name="Supervisie").click()
    page.get_by_label("Jouw bericht").fill(text)
    page.get_by_role("button", name="Verstuur").click()
    return page


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_a_conversation_is_chosen_and_heard(open_page: OpenPage, served: Served, width: int, scheme: str) -> None:
    page = opened(open_page, served, width=width, scheme=scheme)
    look(page, f"talk-choose-{scheme}")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Supervisie").click()
    expect(page.get_by_label("Jouw bericht")).to_be_focused()
    expect(page.get_by_text("Waarover?")).to_be_visible()
    page.get_by_label("Jouw bericht").fill(STORY)
    page.keyboard.press("Control+Enter")
    answer = page.locator(".vk-message.is-assistant").last
    expect(answer.locator("strong")).to_have_text("kortaf")
    expect(answer.locator("blockquote")).to_contain_text("Wie kijkt")
    expect(page.get_by_label("Jouw bericht")).to_have_value("")
    expect(page.get_by_text("proef van Voorbeeld")).to_be_visible()
    answer.get_by_role("button", name="Bron 1").click()
    expect(page.locator("summary", has_text="Drie brillen")).to_be_focused()
    expect(answer.get_by_text("Wie kijkt?")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Wat gebeurde er net daarvoor?")).to_have_count(1)
    look(page, f"talk-{scheme}")
    assert_accessible(page)
    assert_fits(page)


def test_nothing_is_said_before_the_notice_is_accepted(open_page: OpenPage, served: Served) -> None:
    page = open_page("/step/eigen-praktijk?talk")
    page.get_by_text("Praat erover met de assistent").click()
    expect(page.get_by_role("heading", name="Voor je begint")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("button", name="Akkoord, begin").click()
    expect(page.get_by_role("heading", name="Waarmee kan de assistent je helpen?")).to_be_focused()
    assert served.gallery.accepted


def test_a_draft_is_shared_only_when_one_says_so(open_page: OpenPage, served: Served) -> None:
    page = opened(open_page, served)
    page.get_by_label("Jouw tekst").fill("Mijn eigen tekst.")
    page.get_by_role("button", name="Supervisie").click()
    page.get_by_label("Jouw bericht").fill("Eerst zonder.")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator(".vk-message.is-assistant")).to_have_count(2)
    page.get_by_label("Laat de assistent meelezen").check()
    page.get_by_label("Jouw bericht").fill("Nu met.")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator(".vk-message.is-assistant")).to_have_count(3)
    assert [one.get("draft") for one in served.gallery.talks.sent] == [None, "Mijn eigen tekst."]


def test_a_step_without_a_text_offers_no_draft_to_share(open_page: OpenPage, served: Served) -> None:
    page = opened(open_page, served, step="wie-kijkt-mee")
    page.get_by_role("button", name="Hulp bij deze module").click()
    expect(page.get_by_label("Laat de assistent meelezen")).to_be_hidden()


def test_what_an_answer_holds_can_do_no_harm(open_page: OpenPage, served: Served) -> None:
    harm = ("<img src=x onerror=alert(1)>", "![p](https://kwaad.be/p)", "[klik](javascript:alert(1))", "<b onclick=a>")
    served.gallery.talks.answer = " ".join((*harm, "klaar"))
    page = talking(open_page, served)
    answer = page.locator(".vk-message.is-assistant").last
    expect(answer).to_contain_text("klaar")
    expect(answer.locator("img, a, script")).to_have_count(0)


def test_an_answer_that_fails_keeps_the_message_and_can_be_asked_again(open_page: OpenPage, served: Served) -> None:
    served.gallery.talks.behaviour = "fails"
    page = talking(open_page, served)
    expect(page.get_by_text("Dit antwoord is mislukt.")).to_be_visible()
    expect(page.get_by_text(STORY)).to_be_visible()
    served.gallery.talks.behaviour = "good"
    page.get_by_role("button", name="Opnieuw").click()
    expect(page.locator(".vk-message.is-assistant").last).to_contain_text("Wat gebeurde er")
    expect(page.get_by_text("Dit antwoord is mislukt.")).to_have_count(0)


def test_a_message_that_does_not_arrive_stays_in_the_box_and_survives_a_reload(
    open_page: OpenPage, served: Served
) -> None:
    served.gallery.talks.behaviour = "down"
    page = talking(open_page, served)
    expect(page.get_by_text("De assistent is nu niet bereikbaar.")).to_be_visible()
    expect(page.get_by_label("Jouw bericht")).to_have_value(STORY)
    page.reload()
    page.get_by_role("button", name="Eerdere gesprekken").click()
    page.locator(".vk-talks").get_by_role("button", name="Nieuw gesprek").click()
    expect(page.get_by_label("Jouw bericht")).to_have_value(STORY)


def test_likely_names_are_pointed_out_before_anything_is_sent(open_page: OpenPage, served: Served) -> None:
    served.gallery.talks.behaviour = "names"
    page = talking(open_page, served, "Godelieve riep me.")
    expect(page.get_by_role("heading", name="Staan er echte namen in?")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("button", name="Ik pas het aan").click()
    expect(page.get_by_label("Jouw bericht")).to_have_value("Godelieve riep me.")
    assert served.gallery.talks.sent == []
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("button", name="Geen echte namen: verstuur").click()
    expect(page.locator(".vk-message.is-assistant").last).to_contain_text("Wat gebeurde er")


def test_who_is_in_need_gets_help_in_place_of_an_answer(open_page: OpenPage, served: Served) -> None:
    served.gallery.talks.behaviour = "crisis"
    page = talking(open_page, served)
    expect(page.locator(".vk-panel.is-crisis")).to_be_visible()
    expect(page.locator(".vk-contacts a").first).to_be_visible()
    assert_accessible(page)


def test_a_question_can_go_to_a_person_and_its_answer_is_found(open_page: OpenPage, served: Served) -> None:
    served.gallery.talks.behaviour = "unanswered"
    page = talking(open_page, served, "Wat is het dagtarief?")
    expect(page.get_by_label("Je vraag aan iemand van je instelling")).to_have_value("Wat is het dagtarief?")
    look(page, "talk-question")
    assert_accessible(page)
    page.get_by_role("button", name="Leg voor").click()
    expect(page.get_by_text("Je vraag is voorgelegd.")).to_be_visible()
    served.gallery.talks.questions[0]["answer"] = "Dat is twintig euro."
    page.get_by_role("button", name="Mijn vragen").click()
    expect(page.get_by_text("Dat is twintig euro.")).to_be_visible()
    assert_accessible(page)


def test_a_conversation_is_named_taken_along_and_deleted(open_page: OpenPage, served: Served) -> None:
    page = talking(open_page, served)
    expect(page.locator(".vk-message.is-assistant")).to_have_count(2)
    page.get_by_text("Dit gesprek", exact=True).click()
    page.get_by_label("Naam").fill("De maaltijd")
    page.get_by_role("button", name="Geef die naam").click()
    expect(page.get_by_role("heading", name="De maaltijd")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Bewaar als Markdown").click()
    assert download.value.path().read_text(encoding="utf-8") == "De maaltijd"
    look(page, "talk-menu")
    assert_accessible(page)
    page.get_by_role("button", name="Wis dit gesprek").first.click()
    page.get_by_role("button", name="Niet doen").click()
    page.get_by_role("button", name="Wis dit gesprek").first.click()
    page.get_by_role("button", name="Wis dit gesprek").last.click()
    expect(page.get_by_text("Je had hier nog geen gesprek.")).to_be_visible()
    assert served.gallery.talks.conversations == {}


def test_a_thumb_down_asks_why(open_page: OpenPage, served: Served) -> None:
    page = talking(open_page, served)
    page.get_by_role("button", name="Niet nuttig").click()
    page.get_by_label("Het is niet duidelijk").check()
    page.get_by_label("Wil je er iets bij zeggen?").fill("Te lang.")
    assert_accessible(page)
    page.get_by_role("button", name="Laat weten").click()
    expect(page.get_by_text("Bedankt.")).to_be_visible()
    down = page.get_by_role("button", name="Niet nuttig")
    expect(down).to_have_attribute("aria-pressed", "true")
    assert served.gallery.talks.thumbs[-1]["reason"] == "unclear"
    down.click()
    expect(down).to_have_attribute("aria-pressed", "false")


def test_the_panel_stays_open_for_who_had_it_open(open_page: OpenPage, served: Served) -> None:
    page = opened(open_page, served)
    page.reload()
    expect(page.get_by_role("heading", name="Waarmee kan de assistent je helpen?")).to_be_visible()


def test_a_quiz_has_no_assistant_below_it(open_page: OpenPage, served: Served) -> None:
    page = open_page("/step/toets?talk")
    expect(page.get_by_text("Praat erover met de assistent")).to_have_count(0)
