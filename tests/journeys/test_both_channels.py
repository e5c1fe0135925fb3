"""The main job, end to end: a learner writes, gets feedback and hands in; a teacher grades; the score arrives."""

import sqlite3

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, look
from tests.journeys import people
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser


def test_a_reflection_goes_all_the_way_through_lti(demo: Demo, page: Page) -> None:
    frame = people.open_lti(page, demo, "hanne", "eigen-praktijk")
    people.write(frame)
    look(page, "lti-reflectie")
    assert_accessible(page)
    people.ask_feedback(frame)
    assert frame.locator("mark.vk-mark").count() >= 3
    for mark in frame.locator("mark.vk-mark").all_text_contents():
        assert mark in people.TEXT
    expect(frame.get_by_role("heading", name="Om verder te lezen")).to_be_visible()
    assert frame.locator("details.vk-source").count() >= 1
    look(page, "lti-feedback")
    assert_accessible(page)
    people.hand_in(frame)
    look(page, "lti-ingediend")

    desk = people.open_lti(page, demo, "els", "eigen-praktijk")
    expect(desk.get_by_role("button", name="Hanne Coppens")).to_be_visible()
    look(page, "lti-lijst")
    assert_accessible(page)
    remark = people.grade(desk, "Hanne Coppens")
    look(page, "lti-beoordelen")
    assert_accessible(page)

    frame = people.open_lti(page, demo, "hanne", "eigen-praktijk")
    expect(frame.get_by_text("Knap hoe je naar jezelf kijkt.")).to_be_visible()
    expect(frame.get_by_text(remark)).to_be_visible()
    assert {("situatie", "kept"), ("inzicht", "dropped")} <= told_of_remarks(demo)
    expect(frame.locator("[data-slot=points]").first).to_have_text("7,5")
    look(page, "lti-beoordeeld")
    assert_accessible(page)

    cell = page.locator("tr[data-person=hanne] td[data-step=eigen-praktijk]")
    for _ in range(60):
        page.goto(f"{demo.lms}/puntenboek")
        if "7.5 op 10" in (cell.text_content() or ""):
            break
        page.wait_for_timeout(500)
    expect(cell).to_contain_text("7.5 op 10")
    expect(cell).to_contain_text("Knap hoe je naar jezelf kijkt.")


def test_a_reflection_goes_all_the_way_through_the_xblock(demo: Demo, page: Page) -> None:
    people.open_xblock(page, demo, "hanne", "eigen-praktijk")
    people.write(page)
    look(page, "xblock-reflectie")
    people.ask_feedback(page)
    assert page.locator("mark.vk-mark").count() >= 3
    assert page.locator("details.vk-source").count() >= 1
    look(page, "xblock-feedback")
    people.hand_in(page)

    people.open_xblock(page, demo, "docent", "eigen-praktijk")
    remark = people.grade(page, "hanne")
    look(page, "xblock-beoordelen")

    people.open_xblock(page, demo, "hanne", "eigen-praktijk")
    expect(page.get_by_text("Knap hoe je naar jezelf kijkt.")).to_be_visible()
    expect(page.get_by_text(remark)).to_be_visible()
    assert ("situatie", "kept") in told_of_remarks(demo)
    look(page, "xblock-beoordeeld")
    assert published_scores(demo) == [(750, 1000)]


def published_scores(demo: Demo) -> list[tuple[int, int]]:
    """What edx-submissions holds, read from its own table."""
    [database] = (demo.data / "workbench").glob("*.sqlite3")
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT points_earned, points_possible FROM submissions_score WHERE reset = 0")
        return [(int(earned), int(possible)) for earned, possible in rows]


def told_of_remarks(demo: Demo) -> set[tuple[str, str]]:
    """What the assistant was told became of the remarks, by criterion, from its own table; empties it."""
    [database] = (demo.data / "assistant").glob("*.sqlite3")
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT criterion, remark FROM teacher_readings WHERE remark IS NOT NULL").fetchall()
        connection.execute("DELETE FROM teacher_readings")
    return {(str(criterion), str(remark)) for criterion, remark in rows}
