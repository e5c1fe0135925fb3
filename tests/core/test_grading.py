"""What a teacher may count on at the grading desk."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import (
    HANNE,
    LEEN,
    OUTSIDER,
    REFLECTION_WEST,
    REFLECTION_ZUID,
    TEACHER_WEST,
    TEACHER_ZUID,
    WEST,
    YUSUF,
    ZUID,
    key,
)
from tests.core.assignments import RUBRIC, assignment
from tests.core.memory_store import MemoryStore
from tests.core.test_playing import desk, player, refusal
from veranderkracht.activities.assignment import Assignment, PlayableStep, assign
from veranderkracht.activities.desk import Desk
from veranderkracht.activities.player import Player
from veranderkracht.activities.roster import Roster
from veranderkracht.activities.store import WorkKey
from veranderkracht.modules.library import Library
from veranderkracht.rubrics.assessment import score
from veranderkracht.rubrics.model import Criterion, Level

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALL = {"situatie": "heel", "inzicht": "half"}


def handed_in(store: MemoryStore, text: str = "Ik belde haar terug.") -> str:
    return str(player(store).submit(0, {"text": text})["submission"]["id"])


def test_the_queue_shows_what_waits_first() -> None:
    store = MemoryStore()
    first = handed_in(store)
    other = Player(store, assignment("reflectie"), key(YUSUF))
    second = other.submit(0, {"text": "Mijn eigen moment was dit."})["submission"]["id"]
    desk(store).assess(first, 0, ALL, {}, "", True)
    items = desk(store).queue()["items"]
    assert [(item["submission"], item["status"]) for item in items] == [(second, "waiting"), (first, "published")]
    assert items[1]["score"] == "1.7"


def test_a_work_opens_with_the_rubric_that_the_learner_saw() -> None:
    store = MemoryStore()
    work = desk(store).work(handed_in(store))
    assert work["submission"]["name"] == "Hanne"
    assert work["rubric"]["version"] == 2 and work["maximum"] == "3.5"
    assert work["version"] == 0 and work["assessment"] is None
    assert "signals" not in str(work["rubric"])


def test_a_case_shows_the_teacher_what_the_learner_decided() -> None:
    store = MemoryStore()
    player(store, "casus").answer(0, "gesprek", ["wachten"])
    name = player(store, "casus").submit(1, {"text": "Ik zou bellen."})["submission"]["id"]
    assert desk(store, "casus").work(name)["submission"]["answers"][0]["choice"] == "Wachten"


@pytest.mark.parametrize("assistant", [True, False])
def test_a_work_says_whether_an_assistant_can_read_along(assistant: bool) -> None:
    store = MemoryStore()
    name = handed_in(store)
    at_hand = Desk(
        store,
        assignment("reflectie"),
        WEST,
        REFLECTION_WEST,
        grader=TEACHER_WEST,
        name_of=str,
        assistant=assistant,
    )
    assert at_hand.work(name)["assistant"] is assistant


def test_feedback_is_for_what_a_rubric_reads_and_never_for_a_worksheet_that_nobody_grades() -> None:
    library = Library.installed()
    module = library.module("organisatie-lezen")
    offered = {
        step.id: Player(
            MemoryStore(), assign(library, module, step), WorkKey(WEST, REFLECTION_WEST, HANNE), assistant=True
        ).state()["assistant"]
        for step in module.steps
        if isinstance(step, PlayableStep)
    }
    graded = {step.id for step in module.steps if getattr(step, "rubric", None)}
    assert {id for id, offers in offered.items() if offers} == graded
    assert "betrokkenenkaart" in graded


def test_publishing_asks_a_level_for_every_graded_criterion() -> None:
    store = MemoryStore()
    name = handed_in(store)
    fault = refusal(lambda: desk(store).assess(name, 0, {"situatie": "heel"}, {}, "", True))
    assert fault.code == "levels-missing" and fault.extra["criteria"] == ["inzicht"]
    assert "Inzicht" in fault.detail


def test_holding_keeps_what_is_there_so_far() -> None:
    store = MemoryStore()
    name = handed_in(store)
    desk(store).assess(name, 0, {"situatie": "heel"}, {"vragen": "Wat weet je nog niet?"}, "", False)
    assert desk(store).work(name)["assessment"]["levels"] == {"situatie": "heel"}
    assert [event.verb for event in store.events] == ["submitted", "completed"]


def test_publishing_passes_the_exact_score_on_and_a_correction_does_so_again() -> None:
    store = MemoryStore()
    name = handed_in(store)
    desk(store).assess(name, 0, {"situatie": "half", "inzicht": "half"}, {}, "Goed.", True)
    desk(store).assess(name, 1, ALL, {}, "Bij nader inzien.", False)
    scores = [event.score for event in store.events if event.verb == "scored"]
    assert scores == [(Decimal("0.3"), Decimal("3.5")), (Decimal("1.7"), Decimal("3.5"))]


def test_a_score_is_told_with_the_assignment_that_the_learner_saw() -> None:
    store = MemoryStore()
    name = handed_in(store)
    seen = assignment("reflectie")
    stricter = Criterion(
        id="extra", title="Extra", question="Wat nog?", levels=(seen_level("niet", "0"), seen_level("heel", "5"))
    )
    newer = Assignment(
        seen.module.model_copy(update={"version": seen.module.version + 1}),
        seen.step,
        RUBRIC.model_copy(update={"version": 3, "criteria": (*RUBRIC.criteria, stricter)}),
    )
    later = desk(store)
    later.assignment = newer
    item = later.assess(name, 0, ALL, {}, "", True)["item"]
    assert (item["score"], item["maximum"]) == ("1.7", "3.5")
    scored = store.events[-1]
    assert (scored.verb, scored.module_version) == ("scored", seen.module.version)
    assert scored.snapshot_hash == seen.snapshot.hash


def seen_level(name: str, points: str) -> Level:
    return Level(id=name, title=name, points=Decimal(points), descriptor="Tekst.")


def test_of_two_teachers_the_second_is_told_and_nothing_is_overwritten() -> None:
    store = MemoryStore()
    name = handed_in(store)
    desk(store).assess(name, 0, ALL, {}, "van de eerste", False)
    fault = refusal(lambda: desk(store).assess(name, 0, ALL, {}, "van de tweede", False))
    assert fault.code == "assessment-stale"
    assert fault.extra["current"]["comment"] == "van de eerste"


def test_an_earlier_version_cannot_be_graded_after_the_learner_handed_in_again() -> None:
    store = MemoryStore()
    name = handed_in(store)
    player(store).submit(1, {"text": "Een nieuwe versie ervan."})
    assert refusal(lambda: desk(store).assess(name, 0, ALL, {}, "", True)).code == "resubmitted"


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ({"situatie": "super"}, "level-unknown"),
        ({"weg": "heel"}, "level-unknown"),
        ({"vragen": "heel"}, "level-unknown"),
        ({"situatie": 3}, "level-unknown"),
        ([], "bad-input"),
    ],
)
def test_a_level_that_the_rubric_does_not_have_is_refused(levels: object, code: str) -> None:
    store = MemoryStore()
    name = handed_in(store)
    assert refusal(lambda: desk(store).assess(name, 0, levels, {}, "", False)).code == code


def test_a_teacher_of_another_tenant_or_placement_reaches_nothing() -> None:
    store = MemoryStore()
    name = handed_in(store)
    for tenant, placement in ((ZUID, REFLECTION_WEST), (ZUID, REFLECTION_ZUID)):
        strange = Desk(
            store, assignment("reflectie"), tenant, placement, grader=TEACHER_ZUID, name_of=lambda learner: str(LEEN)
        )
        assert strange.queue()["items"] == []
        assert refusal(lambda strange=strange: strange.work(name)).code == "submission-unknown"
        assert refusal(lambda strange=strange: strange.assess(name, 0, ALL, {}, "", True)).code == "submission-unknown"


@given(st.fixed_dictionaries({c.id: st.sampled_from([level.id for level in c.levels]) for c in RUBRIC.graded}))
def test_a_score_is_the_exact_sum_of_its_levels(levels: dict[str, str]) -> None:
    points = {"niet": 0, "half": {"situatie": 1, "inzicht": 2}, "heel": {"situatie": 15, "inzicht": 20}}
    tenths = sum(points[level][name] if level != "niet" else 0 for name, level in levels.items())  # type: ignore[index]
    assert score(RUBRIC, levels) == Decimal(tenths) / 10


def test_who_has_handed_in_nothing_yet_is_told_by_name_and_how_far_they_came() -> None:
    store = MemoryStore()
    handed_in(store)
    names = {key().learner: "Hanne", YUSUF: "yusuf", LEEN: "Leen", OUTSIDER: "Zoë"}
    roster = Roster({key().learner: "begun", OUTSIDER: "opened", YUSUF: "begun", LEEN: "new"}, updated_at=AT)
    asked: list[bool] = []

    def roster_of(refresh: bool) -> Roster:
        asked.append(refresh)
        return roster

    at_desk = Desk(
        store,
        assignment("reflectie"),
        WEST,
        REFLECTION_WEST,
        grader=TEACHER_WEST,
        name_of=lambda learner: names[learner],
        roster_of=roster_of,
        about=YUSUF,
    )
    queue = at_desk.queue()
    people = queue["missing"]["people"]
    assert [(person["name"], person["stage"]) for person in people] == [
        ("Leen", "new"),
        ("yusuf", "begun"),
        ("Zoë", "opened"),
    ]
    assert (queue["missing"]["expected"], queue["missing"]["updated_at"]) == (4, "2026-03-02T09:00:00.000Z")
    assert queue["about"] == {"learner": YUSUF, "name": "yusuf", "submission": None}
    assert at_desk.roster(True)["missing"]["people"] == people
    at_desk.roster("true")
    assert asked == [False, True, False], "only an outspoken yes asks for a newer list"


def test_a_host_that_knows_no_list_leaves_it_out() -> None:
    store = MemoryStore()
    handed_in(store)
    assert desk(store).queue()["missing"] is None and desk(store).queue()["about"] is None
    assert desk(store).roster(True) == {"missing": None}
