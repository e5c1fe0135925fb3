"""The tool on a platform that takes nothing on trust: every message that the tool sends is right to the letter."""

from collections.abc import Iterator
from typing import Any

import pytest

from lti_tool.access import AccessTokens
from lti_tool.ags import Gradebooks
from lti_tool.outbox import Sender
from lti_tool.outgoing import Outgoing
from tests.lti_tool.strict_grades import SCOPE
from tests.lti_tool.strict_platform import REFLECTION, StrictPlatform
from tests.lti_tool.world import AGS, BASE, ELS, HANNE, LTI, YUSUF, Browser, Person, World


@pytest.fixture(autouse=True)
def _refuses_nothing(strict: StrictPlatform) -> Iterator[None]:
    yield
    assert strict.refusals == []


@pytest.fixture
def sender(world: World) -> Sender:
    outgoing = Outgoing(allow_private=True, total=5.0)
    return Sender(world.services, Gradebooks(outgoing, AccessTokens(outgoing, world.services.keys)), chance=lambda: 1.0)


def at(world: World, strict: StrictPlatform, person: Person, link: str = "schakel-1", **more: Any) -> Browser:
    """Give a browser after a launch of a link that the platform says how to grade."""
    browser = world.browser()
    response = strict.bring(browser, person, strict.claims_for(link, REFLECTION, **more))
    assert response.status_code == 200, response.text
    return browser


def choose(world: World, strict: StrictPlatform, *choices: str, **form: str) -> int:
    """Let a teacher choose and hand the choice over; give the platform's status."""
    browser = world.browser()
    changes = strict.ask_to_choose()
    assert strict.bring(browser, ELS, changes).status_code == 200
    pressed = {"token": browser.token, "choice": list(choices), **(form or {"place": "1"})}
    response = browser.client.post("/lti/pick", data=pressed, base_url=BASE)
    assert response.status_code == 200, response.text
    return strict.hand_in(response.text).status_code


def progress(strict: StrictPlatform) -> list[tuple[str, str, Any]]:
    return [(score["userId"], score["gradingProgress"], score.get("scoreGiven")) for _, score in strict.grades.scores]


def sync(world: World, strict: StrictPlatform) -> Any:
    return at(world, strict, ELS).ok("queue")["items"][0]["sync"]


def test_what_a_teacher_chose_is_opened_handed_in_and_graded(
    world: World, strict: StrictPlatform, sender: Sender
) -> None:
    assert choose(world, strict, "samen-kijken/eigen-praktijk", place="1", due="2026-06-30T23:59") == 200
    [item] = strict.placed
    column = strict.grades.add(resourceLinkId="geplaatst", **item["lineItem"])
    claims = strict.claims_for("geplaatst", item["custom"], column)
    learner, teacher = world.browser(), world.browser()
    assert strict.bring(learner, HANNE, claims).status_code == 200
    submission = learner.submit()
    sender.drain()
    assert progress(strict) == [(HANNE.id, "PendingManual", None)]
    assert strict.bring(teacher, ELS, claims).status_code == 200
    teacher.grade(submission)
    sender.drain()
    assert progress(strict)[1:] == [(HANNE.id, "FullyGraded", 10)]
    assert {to for to, _ in strict.grades.scores} == {column}
    assert strict.bring(learner, HANNE, claims).status_code == 200
    assert learner.ok("state")["assessment"]["score"] == "10"


def test_everything_on_offer_can_be_placed_at_once(world: World, strict: StrictPlatform) -> None:
    form = {"place": "1", "opens": "2026-03-09T08:00", "due": "2026-06-30T23:59"}
    assert choose(world, strict, "samen-kijken/*", "samen-kijken", **form) == 200
    assert len(strict.placed) == 1 + len(world.services.library.module("samen-kijken").steps)
    assert {item["custom"].get("step") for item in strict.placed if "submission" in item} == {
        "de-linde",
        "toets",
        "eigen-praktijk",
    }


def test_choosing_nothing_is_a_right_answer(world: World, strict: StrictPlatform) -> None:
    assert choose(world, strict, cancel="1") == 200
    assert strict.placed == []


def test_two_choices_are_two_answers(world: World, strict: StrictPlatform) -> None:
    assert choose(world, strict, "samen-kijken/toets") == 200
    assert choose(world, strict, "samen-kijken/toets") == 200
    assert len(strict.placed) == 2


def test_a_quiz_is_graded_without_a_teacher(world: World, strict: StrictPlatform, sender: Sender) -> None:
    column = strict.grades.add(resourceLinkId="quiz", scoreMaximum=6, label="Toets")
    learner = world.browser()
    strict.bring(learner, HANNE, strict.claims_for("quiz", {"module": "samen-kijken", "step": "toets"}, column))
    quiz = next(step for step in world.services.library.module("samen-kijken").steps if step.id == "toets")
    for version, question in enumerate(getattr(quiz, "questions", ())):
        choice = [option.id for option in question.options if option.correct]
        learner.ok("answer", {"version": version, "item": question.id, "choice": choice})
    learner.ok("submit", {"version": learner.ok("state")["work"]["version"], "body": {}})
    sender.drain()
    assert progress(strict) == [(HANNE.id, "FullyGraded", 6)]


def test_a_missing_column_is_made_once_for_the_class(world: World, strict: StrictPlatform, sender: Sender) -> None:
    for person in (HANNE, YUSUF):
        at(world, strict, person).submit()
    sender.drain()
    [column] = strict.grades.columns
    assert (column["resourceLinkId"], column["resourceId"]) == ("schakel-1", "samen-kijken/eigen-praktijk")
    assert [(to, score["userId"]) for to, score in strict.grades.scores] == [
        (column["id"], HANNE.id),
        (column["id"], YUSUF.id),
    ]


@pytest.mark.parametrize("place", range(7))
def test_our_column_is_found_on_whatever_page_it_stands(
    world: World, strict: StrictPlatform, sender: Sender, place: int
) -> None:
    # Two to a page; the links to the next are absolute, relative to the query and relative to the path by turns.
    ours = [
        strict.grades.add(
            resourceLinkId="schakel-1",
            resourceId="samen-kijken/eigen-praktijk" if number == place else f"van-een-ander-{number}",
            label=f"Kolom {number}",
            scoreMaximum=10,
        )
        for number in range(7)
    ][place]
    at(world, strict, HANNE, scope=[f"{SCOPE}lineitem.readonly", f"{SCOPE}score"]).submit()
    sender.drain()
    assert [to for to, _ in strict.grades.scores] == [ours]
    assert len(strict.wire.to("/kolommen")) == 4
    assert all("limit=100" in asked.path and "type_id=1" in asked.path for asked in strict.wire.to("/kolommen"))


def test_a_column_that_was_thrown_away_is_made_anew(world: World, strict: StrictPlatform, sender: Sender) -> None:
    at(world, strict, HANNE).submit()
    sender.drain()
    first = strict.grades.columns[0]["id"]
    strict.grades.remove(first)
    world.clock.advance(minutes=1)
    at(world, strict, HANNE).submit()
    sender.drain()
    assert [to == first for to, _ in strict.grades.scores] == [True, False]
    gone = [strict.grades.path(first, service) for service in ("results", "scores")]
    assert strict.refusals == [f"{path}: 404 this column is not there any more" for path in gone]
    strict.refusals.clear()


def test_a_token_is_used_until_just_before_its_end_and_not_after(
    world: World, strict: StrictPlatform, sender: Sender
) -> None:
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    strict.access.lifetime = 300
    for minutes, tokens in ((0, 1), (3.9, 1), (0.2, 2), (30, 3)):
        world.clock.advance(minutes=minutes)
        at(world, strict, HANNE, line_item=column, scope=[f"{SCOPE}score"]).submit()
        sender.drain()
        assert len(strict.access.given) == tokens
    assert len(strict.grades.scores) == 4


def test_a_token_that_the_platform_drops_early_is_replaced(
    world: World, strict: StrictPlatform, sender: Sender
) -> None:
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    at(world, strict, HANNE, line_item=column, scope=[f"{SCOPE}score"]).submit()
    sender.drain()
    strict.access.given.clear()
    at(world, strict, YUSUF, line_item=column, scope=[f"{SCOPE}score"]).submit()
    sender.drain()
    assert strict.refusals == [f"{strict.grades.path(column)}: 401 no token of ours"]
    strict.refusals.clear()
    world.clock.advance(seconds=5)
    assert sender.drain() is None
    assert [user for user, *_ in progress(strict)] == [HANNE.id, YUSUF.id]


def test_each_service_is_called_with_a_token_of_its_own_scope(
    world: World, strict: StrictPlatform, sender: Sender
) -> None:
    at(world, strict, HANNE, scope=[f"{SCOPE}lineitem", f"{SCOPE}score"]).submit()
    sender.drain()
    assert {scope for scopes, _ in strict.access.given.values() for scope in scopes} == {
        f"{SCOPE}lineitem",
        f"{SCOPE}score",
    }


def test_a_score_sent_twice_is_told_once(world: World, strict: StrictPlatform, sender: Sender) -> None:
    # The worker was killed between the platform's answer and its own note of it.
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    at(world, strict, HANNE, line_item=column).submit()
    [row] = [row for row in sender._take() if row.kind == "ags-score"]
    sender._send_score(row)
    world.clock.advance(minutes=3)
    sender.drain()
    assert len(strict.grades.scores) == 1
    assert strict.refusals == [f"{strict.grades.path(column)}: 409 not later than the score that we have"]
    strict.refusals.clear()
    assert sync(world, strict)["state"] == "sent"


def test_changes_within_one_second_arrive_all_the_same(world: World, strict: StrictPlatform, sender: Sender) -> None:
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    submission = at(world, strict, HANNE, line_item=column).submit()
    sender.drain()
    for level in (0, -1):
        at(world, strict, ELS, line_item=column).grade(submission, level=level)
        sender.drain()
    assert [given for *_, given in progress(strict)] == [None, 0, 10]


def test_a_learner_who_left_the_course_is_a_failure_that_can_be_seen(
    world: World, strict: StrictPlatform, sender: Sender
) -> None:
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    at(world, strict, HANNE, line_item=column).submit()
    strict.grades.learners.clear()
    sender.drain()
    assert strict.refusals == [f"{strict.grades.path(column)}: 400 this user is no learner of the course"]
    strict.refusals.clear()
    assert sync(world, strict)["state"] == "failed"
    assert "Kijk de inschrijving na" in sync(world, strict)["detail"]


def test_a_teacher_who_tries_a_step_out_tells_the_gradebook_nothing(
    world: World, strict: StrictPlatform, sender: Sender
) -> None:
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    teacher = at(world, strict, ELS, line_item=column)
    teacher.turn("preview", "eigen-praktijk")
    assert teacher.call("submit", {"version": 0, "body": {"text": "Een poging."}}).status_code == 403
    sender.drain()
    assert strict.wire.to("/token") == []


def test_a_launch_without_grades_asks_the_platform_for_nothing(
    world: World, strict: StrictPlatform, sender: Sender
) -> None:
    browser = world.browser()
    claims = {**strict.claims_for("schakel-1", REFLECTION), AGS: None, f"{LTI}context": None}
    assert strict.bring(browser, HANNE, claims).status_code == 200
    browser.submit()
    sender.drain()
    assert strict.wire.to("/token") == []
