"""At the desk: how scores stand on their way to the gradebook, sending them anew, and what the gradebook holds."""

import json
import os
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from lti_tool.ags import Gradebooks
from lti_tool.outbox import Sender
from lti_tool.results import RESULT_SCOPE
from tests.browser import WIDTHS, assert_accessible
from tests.lti_tool.test_pages_in_a_browser import Campus, campus, open_course, page  # noqa: F401
from tests.lti_tool.world import AGS, ELS, HANNE, LTI, SCORE_SCOPE, YUSUF, Asked, Browser, Person, World

pytestmark = pytest.mark.browser

STEP = "eigen-praktijk"
LEEN = Person("7", "Learner", "Leen Maes")


class Gradebook:
    """What the platform's column holds, as it shows it; a teacher there may change it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.held: dict[str, float] = {}
        world.west.listener.answers["/west/lineitem/results"] = self._results

    def take_in(self) -> None:
        for score in self.world.west.scores:
            if "scoreGiven" in score:
                self.held[score["userId"]] = score["scoreGiven"]
        self.world.west.scores.clear()

    def _results(self, asked: Asked) -> tuple[int, str, bytes]:
        rows = [{"userId": user, "resultScore": score, "resultMaximum": 10} for user, score in self.held.items()]
        return 200, "application/json", json.dumps(rows).encode()


@pytest.fixture
def gradebook(campus: Campus) -> Gradebook:  # noqa: F811
    campus.person = ELS
    return Gradebook(campus.world)


def enter(campus: Campus, person: Person, **grades: Any) -> Browser:  # noqa: F811
    world, west = campus.world, campus.world.west
    target = f"{campus.tool}/lti/launch"
    browser = world.browser()
    begun = browser.login(west, target_link_uri=target)
    asked = dict(parse_qsl(urlsplit(begun.headers["Location"]).query))
    claims = {
        AGS: {"scope": [SCORE_SCOPE, RESULT_SCOPE], "lineitem": west.line_item, **grades},
        f"{LTI}target_link_uri": target,
        f"{LTI}resource_link": {"id": STEP},
        f"{LTI}custom": campus.custom,
    }
    token = west.sign(west.claims(asked["nonce"], world.clock(), person, **claims))
    assert browser.post(token, asked["state"]).status_code == 200, browser.page
    return browser


def hand_in(campus: Campus, person: Person, **grades: Any) -> str:  # noqa: F811
    return enter(campus, person, **grades).submit()


def publish(campus: Campus, submission: str, level: int = -1) -> None:  # noqa: F811
    enter(campus, ELS).grade(submission, level=level)


def drain(campus: Campus) -> None:  # noqa: F811
    services = campus.world.services
    Sender(services, Gradebooks(services.outgoing, services.access), chance=lambda: 1.0).drain()


def picture(page: Page, name: str) -> None:  # noqa: F811
    """Keep both widths in VK_SHOTS, tall enough for the frame to show all of the desk."""
    if folder := os.environ.get("VK_SHOTS"):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1900 if "werk" in name else 1000})
            page.wait_for_timeout(300)
            page.screenshot(path=f"{folder}/{name}-{width}.png")
        page.set_viewport_size({"width": 1280, "height": 900})


def row(frame: FrameLocator, name: str) -> Any:
    return frame.locator("tbody tr", has_text=name)


def test_the_queue_and_the_work_say_how_each_score_stands(campus: Campus, page: Page, gradebook: Gradebook) -> None:  # noqa: F811
    west = campus.world.west
    hanne, leen, yusuf = hand_in(campus, HANNE), hand_in(campus, LEEN), hand_in(campus, YUSUF, lineitem="")
    drain(campus)
    for submission, status in ((hanne, 503), (leen, 403), (yusuf, 200)):
        publish(campus, submission)
        west.score_status = [status]
        drain(campus)
    frame = open_course(page, campus)
    expect(row(frame, "Hanne Coppens")).to_contain_text("Score onderweg naar het puntenboek; volgende poging")
    expect(row(frame, "Leen Maes")).to_contain_text("Score niet doorgekomen")
    expect(row(frame, "Leen Maes")).to_contain_text("mag doorgeven")
    expect(row(frame, "Lerende")).to_contain_text("Geen kolom in het puntenboek")
    assert_accessible(page)
    picture(page, "puntenboek-standen")
    frame.get_by_role("button", name="Leen Maes").click()
    sync = frame.locator('[data-vk="work-sync"]')
    expect(sync).to_contain_text("Vraag de beheerder van je leeromgeving")
    assert_accessible(page)
    picture(page, "puntenboek-werk-mislukt")
    sync.get_by_role("button", name="Opnieuw sturen").click()
    expect(sync).to_contain_text("Score onderweg naar het puntenboek")
    west.score_status = []
    drain(campus)
    expect(sync).to_contain_text("Score in het puntenboek")
    frame.get_by_role("button", name="Alle inzendingen").click()
    expect(row(frame, "Leen Maes")).to_contain_text("Score in het puntenboek")
    expect(frame.get_by_role("button", name="Alle mislukte opnieuw sturen")).to_be_hidden()


def test_all_that_failed_goes_again_at_one_press(campus: Campus, page: Page, gradebook: Gradebook) -> None:  # noqa: F811
    west = campus.world.west
    for person in (HANNE, LEEN):
        submission = hand_in(campus, person)
        drain(campus)
        publish(campus, submission)
        west.score_status = [403]
        drain(campus)
    west.scores.clear()
    frame = open_course(page, campus)
    frame.get_by_role("button", name="Alle mislukte opnieuw sturen").click()
    expect(frame.get_by_role("status").filter(has_text="2 scores worden opnieuw gestuurd.")).to_be_visible()
    drain(campus)
    expect(frame.locator("tbody tr", has_text="Score in het puntenboek")).to_have_count(2)
    assert [score["scoreGiven"] for score in west.scores] == [10, 10]


def test_a_score_that_was_changed_in_the_gradebook_is_shown_and_replaced_only_when_asked(
    campus: Campus,  # noqa: F811
    page: Page,  # noqa: F811
    gradebook: Gradebook,
) -> None:
    for person in (HANNE, LEEN):
        submission = hand_in(campus, person)
        drain(campus)
        publish(campus, submission)
        drain(campus)
    gradebook.take_in()
    gradebook.held[HANNE.id] = 6.5
    frame = open_course(page, campus)
    frame.get_by_role("button", name="Vergelijk met het puntenboek").click()
    expect(frame.get_by_role("status").filter(has_text="bij 1 lerende staat er iets anders")).to_be_visible()
    expect(row(frame, "Hanne Coppens")).to_contain_text("In het puntenboek staat 6,5 / 10, hier 10 / 10")
    expect(row(frame, "Leen Maes")).not_to_contain_text("staat")
    assert_accessible(page)
    picture(page, "puntenboek-verschil")
    # Sending all anew leaves what somebody changed there.
    frame.get_by_role("button", name="Alle scores opnieuw sturen").click()
    expect(frame.get_by_role("status").filter(has_text="2 scores worden opnieuw gestuurd.")).to_be_visible()
    campus.world.clock.advance(minutes=1)
    drain(campus)
    assert [score["userId"] for score in campus.world.west.scores] == [LEEN.id]
    expect(row(frame, "Hanne Coppens")).to_contain_text("Het puntenboek hield zijn eigen score")
    # One by one, with both numbers in sight, it is the teacher's to say.
    frame.get_by_role("button", name="Vergelijk met het puntenboek").click()
    row(frame, "Hanne Coppens").get_by_role("button", name="Vervangen door 10 / 10").click()
    expect(row(frame, "Hanne Coppens")).to_contain_text("Score onderweg naar het puntenboek")
    campus.world.clock.advance(minutes=1)
    drain(campus)
    assert [score["userId"] for score in campus.world.west.scores] == [LEEN.id, HANNE.id]


def test_a_gradebook_that_does_not_answer_is_told_in_a_sentence(
    campus: Campus,  # noqa: F811
    page: Page,  # noqa: F811
    gradebook: Gradebook,
) -> None:
    hand_in(campus, HANNE)
    campus.world.west.listener.json("/west/lineitem/results", {}, status=503)
    frame = open_course(page, campus)
    frame.get_by_role("button", name="Vergelijk met het puntenboek").click()
    told = frame.get_by_role("status").filter(
        has_text="toont het puntenboek nu niet (status 503). Er is niets gewijzigd."
    )
    expect(told).to_be_visible()
