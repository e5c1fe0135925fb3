"""What reaches the LMS's gradebook, through the rules and edx-submissions on real databases."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from submissions import api
from submissions.models import score_set

from tests.cast import REFLECTION_WEST, TEACHER_WEST, WEST, key
from tests.core.assignments import assignment
from veranderkracht.activities.desk import Desk
from veranderkracht.activities.player import Player
from veranderkracht.errors import Unavailable
from xblocks.models import AssessmentRow, OutboxRow, SubmissionRow
from xblocks.outbox import OutboxRecorder
from xblocks.platform import StudentItem
from xblocks.scores import GradebookScores
from xblocks.store_django import DjangoStore

COURSE = "course-v1:West+VK+2026"
HANNE_HERE = StudentItem("anoniem-7", COURSE, "block-v1:West+VK+2026+type@vk_reflection+block@r1", "vk_reflection")
TEXT = "De dochter van Jeanne wilde graag helpen in de keuken"  # ten words
AGAIN = "Ik had de dochter van Jeanne eerder moeten vragen 🌱"


def store(student: StudentItem | None = None) -> DjangoStore:
    return DjangoStore(OutboxRecorder("https://lms.west.example", COURSE, GradebookScores(student)))


def learner(student: StudentItem = HANNE_HERE) -> Player:
    return Player(store(student), assignment("reflectie"), key())


@pytest.fixture
def player(each_database: str) -> Player:
    return learner()


@pytest.fixture
def desk(each_database: str) -> Desk:
    return Desk(store(), assignment("reflectie"), WEST, REFLECTION_WEST, grader=TEACHER_WEST, name_of=lambda _: "Hanne")


@pytest.fixture
def told() -> Iterator[list[tuple[str, int, int]]]:
    """What edx-submissions tells the platform by its signal: whose, earned, possible."""
    heard: list[tuple[str, int, int]] = []

    def listen(**message: Any) -> None:
        heard.append((message["anonymous_user_id"], message["points_earned"], message["points_possible"]))

    score_set.connect(listen)
    yield heard
    score_set.disconnect(listen)


def hand_in(player: Player, text: str = TEXT) -> str:
    version = player.state()["work"]["version"]
    return str(player.submit(version, {"text": text})["submission"]["id"])


def assess(desk: Desk, submission: str, levels: tuple[str, str], version: int = 0, publish: bool = True) -> None:
    chosen = dict(zip(("situatie", "inzicht"), levels, strict=True))
    desk.assess(submission, version, chosen, {}, "", publish)


def test_what_a_learner_hands_in_stands_in_edx_submissions(player: Player) -> None:
    identity = hand_in(player)
    (found,) = api.get_submissions(asdict(HANNE_HERE))
    assert found["answer"] == {"submission": identity, "text": TEXT}
    assert SubmissionRow.objects.get().gradebook_uuid == str(found["uuid"])


def test_handing_in_again_is_a_next_attempt(player: Player) -> None:
    hand_in(player)
    hand_in(player, AGAIN)
    found = {each["attempt_number"]: each["answer"]["text"] for each in api.get_submissions(asdict(HANNE_HERE))}
    assert found == {1: TEXT, 2: AGAIN}


def test_a_published_score_reaches_the_gradebook_times_a_hundred(
    player: Player, desk: Desk, told: list[tuple[str, int, int]]
) -> None:
    assess(desk, hand_in(player), ("half", "half"))
    score = api.get_score(asdict(HANNE_HERE))
    assert (score["points_earned"], score["points_possible"]) == (30, 350)
    assert told == [("anoniem-7", 30, 350)]


def test_a_held_assessment_does_not_reach_the_gradebook(
    player: Player, desk: Desk, told: list[tuple[str, int, int]]
) -> None:
    assess(desk, hand_in(player), ("half", "half"), publish=False)
    assert api.get_score(asdict(HANNE_HERE)) is None
    assert told == []


def test_a_score_that_is_lowered_later_is_lower_in_the_gradebook(player: Player, desk: Desk) -> None:
    identity = hand_in(player)
    assess(desk, identity, ("heel", "heel"))
    assess(desk, identity, ("niet", "half"), version=1)
    assert api.get_score(asdict(HANNE_HERE))["points_earned"] == 20


def test_what_the_gradebook_refuses_is_not_handed_in_and_the_text_is_kept(each_database: str) -> None:
    nameless = learner(replace(HANNE_HERE, item_id=""))
    with pytest.raises(Unavailable) as refused:
        nameless.submit(0, {"text": TEXT})
    assert refused.value.code == "gradebook-unavailable"
    state = nameless.state()
    assert state["status"] == "draft" and state["work"]["body"] == {"text": TEXT}
    assert not SubmissionRow.objects.exists() and not OutboxRow.objects.exists()


def test_what_the_gradebook_refuses_is_not_published_either(player: Player, desk: Desk) -> None:
    identity = hand_in(player)
    SubmissionRow.objects.update(gradebook_uuid="00000000-0000-0000-0000-000000000000")
    with pytest.raises(Unavailable):
        assess(desk, identity, ("half", "half"))
    assert not AssessmentRow.objects.exists()
    assert [row.statement["verb"]["display"]["en"] for row in OutboxRow.objects.order_by("pk")] == [
        "submitted",
        "completed",
    ]


def test_work_that_was_handed_in_outside_the_gradebook_is_graded_all_the_same(
    desk: Desk, told: list[tuple[str, int, int]]
) -> None:
    outside = Player(store(), assignment("reflectie"), key())
    assess(desk, hand_in(outside), ("half", "half"))
    assert AssessmentRow.objects.count() == 1 and told == []
