"""The fourth browser: 45 minutes of writing in a frame, by a fake clock, with the network cut; and a session that ends.

The clocks of page and server are moved together. Nothing that was typed may be missing on the server afterwards.
"""

import logging
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from lti_tool.tables import SubmissionRow, WorkRow
from lti_tool.visits import LIFETIME
from tests.browser import assert_accessible, look
from tests.lti_tool.test_ways_in_a_browser import FramingCampus, browsing, campus, ways

__all__ = ["campus"]

pytestmark = pytest.mark.browser

SENTENCES = [
    f"In minuut {minute} schreef ik verder over de dochter die elke avond op de drempel van de kamer bleef staan. "
    for minute in range(0, 45, 5)
]


class Writing:
    """A learner at work in the frame.

    Args:
        page: the browser's tab, whose clock is ours.
        campus: where the course is.
    """

    def __init__(self, page: Page, campus: FramingCampus) -> None:
        self.page, self.campus = page, campus
        self.began = campus.world.clock()
        self.renewals: list[int] = []  # statuses
        self.lost: list[str] = []  # paths of calls that got no answer
        page.clock.install(time=campus.world.clock())
        page.on("response", lambda answer: answer.url.endswith("/renew") and self.renewals.append(answer.status))
        page.on("requestfailed", lambda asked: self.lost.append(asked.url.removeprefix(campus.tool)))

    def open(self) -> None:
        self.page.goto(self.campus.course)
        expect(self.text).to_be_visible()

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("#tool")

    @property
    def text(self) -> Locator:
        return self.frame.get_by_role("textbox")

    def write(self, sentence: str) -> None:
        """Type at the end of the text, word by word, and rest for a moment."""
        self.text.press("Control+End")
        for word in sentence.split(" "):
            self.page.keyboard.insert_text(f"{word} " if word else "")
        self.page.clock.run_for(2000)

    def later(self, **amount: float) -> None:
        """Move both clocks."""
        before = self.campus.world.clock()
        self.campus.world.clock.advance(**amount)
        self.page.clock.fast_forward(int((self.campus.world.clock() - before).total_seconds() * 1000))

    def kept(self) -> str:
        """Give what the server holds."""
        with self.campus.world.services.database.read() as session:
            [row] = session.query(WorkRow).all()
            return str(row.body["text"])


def saved(writing: Writing) -> None:
    expect(writing.frame.locator('[data-vk="saved"]')).to_contain_text("Bewaard")


def test_three_quarters_of_an_hour_with_the_network_cut_lose_no_word(
    chromium: Browser, campus: FramingCampus, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="lti_tool.visits")
    with browsing(chromium, tmp_path / "profile") as context:
        writing = Writing(context.pages[0], campus)
        writing.open()
        for sentence in SENTENCES[:4]:  # until minute 15
            writing.write(sentence)
            saved(writing)
            writing.later(minutes=5)
        assert writing.kept().split() == "".join(SENTENCES[:4]).split()
        assert writing.renewals == [200], "a page lives ten minutes"

        context.set_offline(True)
        for sentence in SENTENCES[4:7]:  # until minute 35; the token runs out on the way
            writing.write(sentence)
            expect(writing.frame.locator("body")).to_contain_text("Geen verbinding")
            writing.later(minutes=5)
        assert "/lti/session/renew" in writing.lost
        assert writing.kept().split() == "".join(SENTENCES[:4]).split()
        assert_accessible(writing.page)
        writing.frame.locator('[data-vk="draft-status"]').scroll_into_view_if_needed()
        look(writing.page, "lti-geen-verbinding")

        context.set_offline(False)
        saved(writing)
        assert writing.kept().split() == "".join(SENTENCES[:7]).split()
        for sentence in SENTENCES[7:]:
            writing.write(sentence)
            saved(writing)
            writing.later(minutes=5)
        writing.frame.get_by_role("button", name="Indienen bij je docent").click()
        expect(writing.frame.get_by_text("Je hebt dit ingediend")).to_be_visible()

        assert (campus.world.clock() - writing.began).total_seconds() == 45 * 60
        # In minute 10, when the network was back, and with the text that was handed in.
        assert writing.renewals == [200, 200, 200]
        with campus.world.services.database.read() as session:
            [submission] = session.query(SubmissionRow).all()
        assert submission.body["text"].split() == "".join(SENTENCES).split()
        assert ways(caplog) == ["cookie"]


@pytest.mark.parametrize("way", ["cookie", "storage"])
def test_a_session_that_is_over_leaves_the_text_which_is_taken_along_by_hand(
    chromium: Browser, campus: FramingCampus, tmp_path: Path, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    # A browser that keeps no third-party cookies gives a frame no storage either: nothing comes along by itself.
    caplog.set_level(logging.INFO, logger="lti_tool.visits")
    campus.storage = "_parent" if way == "storage" else ""
    dropped = (campus.tool, campus.course_origin) if way == "storage" else None
    with browsing(chromium, tmp_path / "profile", dropped=dropped) as context:
        writing = Writing(context.pages[0], campus)
        asked: list[str] = []
        writing.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        writing.open()
        writing.write(SENTENCES[0])
        saved(writing)
        writing.later(seconds=LIFETIME.total_seconds())
        writing.write(SENTENCES[1])
        expect(writing.frame.get_by_text("Je sessie is verlopen.")).to_contain_text(
            "Kopieer hem, open deze stap opnieuw"
        )
        assert set(writing.renewals) == {401}
        assert_accessible(writing.page)
        writing.frame.locator('[data-vk="draft-status"]').scroll_into_view_if_needed()
        look(writing.page, f"lti-sessie-voorbij-{way}")
        writing.frame.get_by_role("button", name="Kopieer je tekst").click()
        expect(writing.frame.get_by_role("button", name="Gekopieerd")).to_be_visible()
        writing.open()
        assert asked == ["beforeunload"], "the browser asks before what is not saved goes away"
        expect(writing.text).to_have_value(SENTENCES[0])
        writing.text.press("Control+A")
        writing.text.press("Control+V")
        writing.page.clock.run_for(2000)
        saved(writing)
        assert writing.kept().split() == "".join(SENTENCES[:2]).split()
        assert ways(caplog) == [way, way]


def test_where_the_browser_keeps_a_frames_storage_the_text_comes_along_by_itself(
    chromium: Browser, campus: FramingCampus, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="lti_tool.visits")
    with browsing(chromium, tmp_path / "profile", blocking=False) as context:
        writing = Writing(context.pages[0], campus)
        writing.open()
        writing.write(SENTENCES[0])
        saved(writing)
        writing.later(seconds=LIFETIME.total_seconds())
        writing.write(SENTENCES[1])
        expect(writing.frame.get_by_text("Je sessie is verlopen.")).to_contain_text("je tekst komt dan mee")
        look(writing.page, "lti-sessie-voorbij-bewaard")
        writing.open()
        expect(writing.frame.get_by_text("We hebben je tekst teruggezet")).to_be_visible()
        saved(writing)
        assert writing.kept().split() == "".join(SENTENCES[:2]).split()
        assert ways(caplog) == ["cookie", "cookie"]
