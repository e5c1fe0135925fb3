"""A conversation with the assistant below a step, in both channels, with the real service behind it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, look
from tests.journeys import people
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("channel", ["lti", "xblock"])
def test_a_learner_talks_below_a_reading_and_finds_it_back(demo: Demo, page: Page, channel: str) -> None:
    root = people.open_step(page, demo, channel, "yusuf", "rollen-en-verwachtingen")
    root.get_by_text("Praat erover met de assistent").click()
    root.get_by_role("button", name="Akkoord, begin").click()
    root.get_by_role("button", name="Hulp bij deze module").click()
    root.get_by_label("Jouw bericht").fill("Welke rollen kan een naaste hebben in de zorg?")
    root.get_by_role("button", name="Verstuur").click()
    answer = root.locator(".vk-message.is-assistant").last
    expect(answer.locator("blockquote").first).to_be_visible()
    for number in (2, 3, 4):  # what comes later is drawn as well
        root.get_by_label("Jouw bericht").fill("Welke rollen kan een naaste hebben in de zorg?")
        root.get_by_role("button", name="Verstuur").click()
        expect(root.locator(".vk-message.is-own")).to_have_count(number)
        expect(root.get_by_role("button", name="Stop het antwoord")).to_be_hidden()
        expect(answer.locator("blockquote").first).to_be_visible()
    expect(answer.get_by_role("button", name="Bron 1")).to_be_visible()
    expect(root.get_by_text("Dit is geen taalmodel.").first).to_be_visible()
    look(page, f"{channel}-gesprek")
    assert_accessible(page)
    root = people.open_step(page, demo, channel, "yusuf", "wie-kijkt-mee")
    root.get_by_text("Praat erover met de assistent").click()
    root.get_by_role("button", name="Eerdere gesprekken").click()
    root.get_by_role("button", name="Welke rollen kan een naaste").click()
    expect(root.locator(".vk-message.is-own").first).to_contain_text("Welke rollen kan een naaste hebben in de zorg?")
