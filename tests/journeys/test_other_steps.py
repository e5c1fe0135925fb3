"""A reading, the case and the quiz in both channels, and what holds when the assistant or the network is away."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import WIDTHS, assert_accessible, look
from tests.journeys import people
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser

AWAY = "Feedback is nu niet bereikbaar. Je kunt gewoon verder schrijven, bewaren en indienen."


@pytest.fixture(params=["lti", "xblock"])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_learner_reads_and_says_so(demo: Demo, page: Page, channel: str) -> None:
    root = people.open_step(page, demo, channel, "yusuf", "wie-kijkt-mee")
    expect(root.get_by_role("heading", name="Wie kijkt er mee?").first).to_be_visible()
    look(page, f"{channel}-lezen")
    assert_accessible(page)
    root.get_by_role("button", name="Ik heb dit gelezen").click()
    expect(root.get_by_role("button", name="Ik heb dit gelezen")).to_be_hidden()
    root = people.open_step(page, demo, channel, "yusuf", "wie-kijkt-mee")
    expect(root.get_by_role("heading", name="Wie kijkt er mee?").first).to_be_visible()
    expect(root.get_by_role("button", name="Ik heb dit gelezen")).to_be_hidden()


def test_the_map_shows_a_learner_how_far_they_are(demo: Demo, page: Page, channel: str) -> None:
    root = people.open_step(page, demo, channel, "hanne", "rollen-en-verwachtingen")
    root.get_by_role("button", name="Ik heb dit gelezen").click()
    expect(root.get_by_text("Gelezen.")).to_be_visible()
    root = people.open_step(page, demo, channel, "hanne", "routekaart")
    module = root.get_by_role("listitem").filter(has=root.get_by_role("heading", name="Samen kijken"))
    expect(module).to_contain_text(re.compile(r"[1-9] van 9 stappen gedaan"))
    module.get_by_text("Wat je erna kunt").click()
    expect(module.get_by_text("Je kunt één situatie bekijken")).to_be_visible()
    look(page, f"{channel}-routekaart")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)


def test_a_learner_decides_in_the_case_and_sees_what_follows(demo: Demo, page: Page, channel: str) -> None:
    root = people.open_step(page, demo, channel, "yusuf", "de-linde")
    root.get_by_text("Greet Daems").first.click()
    for number in (1, 2, 3):
        form = root.locator("form.vk-decision").nth(number - 1)
        form.get_by_role("radio").first.check()
        form.get_by_role("button", name="Dit zou ik doen").click()
        expect(form.get_by_role("heading", name="Wat er dan gebeurt")).to_be_visible()
    look(page, f"{channel}-casus")
    assert_accessible(page)
    people.write(root, people.TEXT)
    people.hand_in(root)


def test_a_learner_takes_the_quiz_and_the_score_counts(demo: Demo, page: Page, channel: str) -> None:
    root = people.open_step(page, demo, channel, "yusuf", "toets")
    questions = root.locator("form[data-vk=choice]")
    expect(questions).to_have_count(6)
    for question in questions.all():
        question.locator("input").first.check()
        question.get_by_role("button", name="Kijk na").click()
        expect(question.locator("[data-vk=outcome]")).not_to_be_empty()
    look(page, f"{channel}-toets")
    assert_accessible(page)
    expect(root.get_by_text("van de 6").or_(root.get_by_text("op 6")).first).to_be_visible()
    if channel == "lti":
        cell = page.locator("tr[data-person=yusuf] td[data-step=toets]")
        for _ in range(60):
            page.goto(f"{demo.lms}/puntenboek")
            if "op 6" in (cell.text_content() or ""):
                break
            page.wait_for_timeout(500)
        expect(cell).to_contain_text("op 6")


def test_without_the_assistant_everything_else_works_and_says_so(
    demo_without_assistant: Demo, page: Page, channel: str
) -> None:
    root = people.open_step(page, demo_without_assistant, channel, "hanne", "eigen-praktijk")
    people.write(root)
    root.get_by_role("button", name="Vraag feedback").click()
    expect(root.get_by_text(AWAY)).to_be_visible()
    look(page, f"{channel}-zonder-assistent")
    people.hand_in(root)
    reading = people.open_step(page, demo_without_assistant, channel, "hanne", "wie-kijkt-mee")
    reading.get_by_role("button", name="Ik heb dit gelezen").click()
    expect(reading.get_by_role("button", name="Ik heb dit gelezen")).to_be_hidden()


def test_a_cut_in_the_network_costs_no_word(demo: Demo, page: Page, channel: str) -> None:
    root = people.open_step(page, demo, channel, "yusuf", "eigen-praktijk")
    people.write(root, "Vorige week stond ik aan de deur.")
    page.context.set_offline(True)
    editor = people.editor(root)
    editor.fill("Vorige week stond ik aan de deur. En toen viel het netwerk weg.")
    expect(root.get_by_text("Geen verbinding").first).to_be_visible()
    look(page, f"{channel}-geen-verbinding")
    page.context.set_offline(False)
    expect(root.get_by_text("Geen verbinding")).to_have_count(0, timeout=60_000)
    root = people.open_step(page, demo, channel, "yusuf", "eigen-praktijk")
    expect(people.editor(root)).to_have_value("Vorige week stond ik aan de deur. En toen viel het netwerk weg.")
