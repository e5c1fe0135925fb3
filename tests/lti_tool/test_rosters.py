"""The desk shows who has handed in nothing yet, from the platform's own list, and never waits for it."""

import logging
import threading
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lti_tool.nrps import _note
from lti_tool.outbox import Sender
from lti_tool.roster_rows import KEPT
from lti_tool.rosters import AGAIN, FRESH, LEASE, Rosters
from lti_tool.tables import CourseRoleRow, MemberRow, PersonRow, RosterRow
from tests.lti_tool.course import CONTAINER, NRPS, Course, container, fetch, member
from tests.lti_tool.test_scores import sender_of
from tests.lti_tool.world import ELS, HANNE, KARIM, LEEN, LTI, MEMBERSHIP, MENTOR, OMAR, YUSUF, Browser, Person, World

NOOR = Person("7", "Learner", "Noor Peeters")
TUTOR = Person("8", "Learner", "Tom Tutor")  # a teacher who may not edit, as Moodle lists them
CLASS = [member(ELS, roles=["Instructor"]), member(HANNE), member(YUSUF), member(NOOR)]
LINK = "link-eigen-praktijk"


@pytest.fixture
def course(world: World) -> Course:
    return Course(world.west, deepcopy(CLASS), links={LINK: [each["user_id"] for each in CLASS]})


def desk(world: World, course: Course, **changes: Any) -> Browser:
    """Open the desk, and let the worker answer what that rings for."""
    teacher = world.at(course.platform, ELS, **course.claim, **changes)
    teacher.ok("queue")
    fetch(world)
    return teacher


def missing(teacher: Browser) -> dict[str, str]:
    people = teacher.ok("queue")["missing"]["people"]
    return {person["name"]: person["stage"] for person in people}


def alias(world: World, person: Person) -> str:
    return f"Lerende {pseudonym(world, person)[:4]}"


def pseudonym(world: World, person: Person) -> str:
    west = world.west
    return str(world.services.keys.host_key(west.tenant).learner(west.issuer, person.id))


def test_who_has_not_handed_in_is_named_with_how_far_they_came(world: World, course: Course) -> None:
    world.at(world.west, HANNE).submit()
    writer = world.at(world.west, YUSUF)
    writer.ok("save", {"version": 0, "body": {"text": "Een geheim begin."}})
    course.members.append(member(Person("11", "Learner", "Ann Opener")))
    course.links = None
    world.at(world.west, Person("11", "Learner", "Ann Opener"))
    teacher = desk(world, course)
    assert missing(teacher) == {"Ann Opener": "opened", alias(world, YUSUF): "begun", "Noor Peeters": "new"}
    assert next(iter(missing(teacher))) == "Ann Opener", "in the order of their names"
    assert "geheim" not in teacher.call("queue").text
    writer.submit()
    assert set(missing(teacher)) == {"Ann Opener", "Noor Peeters"}
    [item] = [item for item in teacher.ok("queue")["items"] if item["name"] == "Hanne Coppens"]
    assert item["learner"] == pseudonym(world, HANNE), "members and submissions meet under one pseudonym"


def test_a_desk_opens_at_once_and_says_that_the_list_is_on_its_way(
    world: World, course: Course, rings: list[str]
) -> None:
    teacher = world.at(world.west, ELS, **course.claim)
    rings.clear()
    first = teacher.ok("queue")["missing"]
    assert (first["people"], first["updated_at"], first["refreshing"], first["fault"]) == ([], None, True, "")
    assert course.asked == [], "the desk itself asks no platform anything"
    assert rings == ["ring"]
    fetch(world)
    later = teacher.ok("roster")["missing"]
    assert (len(later["people"]), later["updated_at"], later["refreshing"]) == (3, "2026-03-02T09:00:00.250Z", False)


def test_a_platform_without_the_service_leaves_the_list_out(world: World) -> None:
    teacher = world.at(world.west, ELS)
    assert teacher.ok("queue")["missing"] is None
    assert teacher.ok("roster", {"refresh": True}) == {"missing": None}
    old = {"context_memberships_url": f"{world.west.issuer}/leden", "service_versions": ["1.0"]}
    assert world.at(world.west, ELS, **{NRPS: old}).ok("queue")["missing"] is None


def test_the_list_is_for_teachers_only(world: World, course: Course) -> None:
    desk(world, course)
    assert world.at(world.west, HANNE).call("roster").json["code"] == "teacher-only"
    assert world.at(world.west, MENTOR).call("roster").json["code"] == "teacher-only"


def test_a_fresh_list_is_not_asked_for_again_but_a_button_is_heard(world: World, course: Course) -> None:
    teacher = desk(world, course)
    asked = len(course.asked)
    teacher.ok("queue")
    teacher.ok("roster", {"refresh": True})  # at once: somebody is drumming on the button
    fetch(world)
    assert len(course.asked) == asked
    world.clock.advance(seconds=20)
    course.members.append(member(Person("12", "Learner", "Nieuw Komer")))
    assert course.links is not None
    course.links[LINK] = [each["user_id"] for each in course.members]
    assert teacher.ok("roster", {"refresh": True})["missing"]["refreshing"] is True
    fetch(world)
    assert "Nieuw Komer" in missing(teacher)
    world.clock.advance(seconds=FRESH.total_seconds())
    teacher.page = teacher.page.replace(teacher.token, teacher.renew().json["token"])
    answer = teacher.ok("queue")["missing"]
    assert answer["refreshing"] and len(answer["people"]) == 4, "the old list stays until the new one is there"


def test_pages_are_followed_as_the_platform_gives_them(world: World, course: Course) -> None:
    course.page = 2
    course.members += [member(Person(str(number), "Learner", f"Naam {number}")) for number in range(20, 27)]
    course.links = None
    teacher = desk(world, course)
    assert len(missing(teacher)) == 10
    assert [query.get("from") for query in course.asked] == [None, "2", "4", "6", "8", "10"]
    assert {(query["Type_Id"], query["rlid"], query["limit"]) for query in course.asked} == {("1", LINK, "100")}
    [token] = world.west.listener.to("/west/token")
    assert b"contextmembership.readonly" in token.body


def test_only_those_whom_the_link_is_for_are_expected(world: World, course: Course) -> None:
    course.links = {LINK: [NOOR.id, ELS.id]}
    teacher = desk(world, course)
    assert list(missing(teacher)) == ["Noor Peeters"]
    assert teacher.ok("queue")["missing"]["whole_course"] is False


@pytest.mark.parametrize("refuses", [("rlid",), ("rlid", "limit")])
def test_a_platform_that_does_not_know_links_gives_the_course_and_the_desk_says_so(
    world: World, course: Course, refuses: tuple[str, ...]
) -> None:
    course.refuses = refuses
    teacher = desk(world, course)
    assert len(missing(teacher)) == 3
    assert teacher.ok("queue")["missing"]["whole_course"] is True
    assert [name for name in course.asked[-1] if name in ("rlid", "limit")] == [
        name for name in ("limit",) if name not in refuses
    ]


def test_a_link_that_the_platform_does_not_find_falls_back_too(world: World, course: Course) -> None:
    course.links = {}
    assert desk(world, course).ok("queue")["missing"]["whole_course"] is True


@pytest.mark.parametrize(
    ("changes", "listed"),
    [
        ({}, True),
        ({"status": "Inactive"}, False),
        ({"status": "Deleted"}, False),
        ({"roles": [MEMBERSHIP + "Learner"]}, True),
        ({"roles": [MEMBERSHIP.replace("#", "/Learner#") + "NonCreditLearner"]}, True),
        ({"roles": ["Learner", "Instructor"]}, False),
        ({"roles": ["Mentor"]}, False),
        ({"roles": []}, False),
        ({"roles": "Learner"}, False),
        ({"roles": ["Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]}, False),
        ({"user_id": 7}, True),
        ({"user_id": ""}, False),
        ({"user_id": True}, False),
        ({"user_id": "x" * 256}, False),
        ({"name": None, "given_name": "Noor", "family_name": "Peeters"}, True),
    ],
)
def test_only_active_learners_are_expected(world: World, course: Course, changes: dict[str, Any], listed: bool) -> None:
    course.members[:] = [{**member(NOOR), **changes}, "geen lid", {"roles": ["Learner"]}]  # type: ignore[list-item]
    course.links = None
    assert list(missing(desk(world, course))) == (["Noor Peeters"] if listed else [])


def test_who_was_seen_as_a_teacher_is_not_called_missing_until_they_come_as_a_learner(
    world: World, course: Course
) -> None:
    course.members.append(member(TUTOR))
    course.links = None
    teacher = desk(world, course)
    assert "Tom Tutor" in missing(teacher)
    assistant = {f"{LTI}roles": [MEMBERSHIP.replace("#", "/Instructor#") + "TeachingAssistant"]}
    world.at(world.west, TUTOR, **course.claim, **assistant)
    assert "Tom Tutor" not in missing(teacher)
    other = {f"{LTI}roles": [MEMBERSHIP + "Mentor"]}
    world.at(world.west, NOOR, **course.claim, **other)
    assert "Noor Peeters" not in missing(teacher)
    world.at(world.west, TUTOR, **course.claim)
    assert missing(teacher)["Tom Tutor"] == "opened"


def test_somebody_who_left_the_course_keeps_their_place_in_the_queue(world: World, course: Course) -> None:
    world.at(world.west, HANNE).submit()
    course.members[1]["status"] = "Deleted"
    teacher = desk(world, course)
    assert [item["name"] for item in teacher.ok("queue")["items"]] == ["Hanne Coppens"]
    assert "Hanne Coppens" not in missing(teacher)


def test_without_names_learners_are_told_apart_and_nobody_is_named(world: World, course: Course) -> None:
    course.members[:] = [{**each, "name": ""} for each in course.members]
    teacher = desk(world, course)
    assert set(missing(teacher)) == {alias(world, person) for person in (HANNE, YUSUF, NOOR)}


def test_a_name_that_only_the_list_knows_stands_in_the_queue_too(world: World, course: Course) -> None:
    course.members[2]["name"] = "Yusuf Demir"
    world.at(world.west, YUSUF).submit()
    assert [item["name"] for item in desk(world, course).ok("queue")["items"]] == ["Yusuf Demir"]


def test_no_e_mail_is_kept_and_no_name_is_logged(
    world: World, course: Course, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk(world, course)
    with world.services.database.read() as session:
        kept = [vars(row) for table in (MemberRow, PersonRow, RosterRow) for row in session.scalars(select(table))]
    assert "Noor" in str(kept) and "@" not in str(kept)
    assert "Noor" not in caplog.text and "sesam" not in caplog.text


HTML = (200, "text/html", b"<!doctype html><title>Aanmelden</title>")
LIES: dict[str, tuple[Any, str]] = {
    "a login page": (HTML, "het antwoord is geen JSON"),
    "a list of something else": ((200, "application/json", b'{"members": {"a": 1}}'), "geen deelnemerslijst"),
    "no object at all": ((200, "application/json", b"[1, 2]"), "geen deelnemerslijst"),
    "too much": ((200, "application/json", b'{"members": ["' + b"x" * 600_000 + b'"]}'), "groter dan 512 KiB"),
    "no leave": ((403, "text/plain", b""), "ze weigert (status 403)"),
    "an error": ((500, "text/plain", b""), "kan nu niet volgen (status 500)"),
    "too many questions": ((429, "text/plain", b""), "kan nu niet volgen (status 429)"),
    "a token that is never right": ((401, "text/plain", b""), "ze weigert (status 401)"),
    "another server": (
        (200, "application/json", b'{"members": []}', {"Link": '<https://elders.example/2>; rel="next"'}),
        "op een andere server",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_list_that_does_not_come_is_told_in_a_sentence_and_the_rest_works(
    world: World, course: Course, lie: str
) -> None:
    submission = world.at(world.west, HANNE).submit()
    teacher = desk(world, course)
    before = teacher.ok("queue")["missing"]
    said, reason = LIES[lie]
    course.says(said)
    world.clock.advance(seconds=FRESH.total_seconds())
    teacher = world.at(world.west, ELS, **course.claim)
    teacher.ok("queue")
    fetch(world)
    answer = teacher.ok("queue")["missing"]
    assert answer["fault"].startswith("Je leeromgeving geeft de deelnemerslijst niet: ")
    assert reason in answer["fault"] and answer["fault"].endswith(".")
    assert (answer["people"], answer["updated_at"]) == (before["people"], before["updated_at"])
    assert answer["refreshing"] is False, "a desk that is opened does not ask a failing platform every time"
    teacher.grade(submission)
    world.clock.advance(seconds=AGAIN.total_seconds())
    assert teacher.ok("queue")["missing"]["refreshing"] is True


def test_a_platform_that_gives_no_token_is_told_in_a_sentence(world: World, course: Course) -> None:
    world.west.listener.json("/west/token", {"error": "invalid_scope"}, status=400)
    fault = desk(world, course).ok("queue")["missing"]["fault"]
    assert fault == (
        "Je leeromgeving geeft de deelnemerslijst niet: de leeromgeving geeft ons geen toegang (status 400)."
    )


def test_a_slow_platform_is_given_up(world: World, course: Course) -> None:
    release = threading.Event()

    def hang(_: object) -> tuple[int, str, bytes]:
        release.wait(20)
        return 200, "text/plain", b""

    world.west.listener.answers[course.path] = hang
    teacher = world.at(world.west, ELS, **course.claim)
    teacher.ok("queue")
    try:
        fetch(world, total=0.3)
    finally:
        release.set()
    assert "antwoordt niet op tijd" in teacher.ok("queue")["missing"]["fault"]


def test_a_list_that_drips_page_by_page_is_given_up(world: World, course: Course) -> None:
    course.page = 1
    seconds = iter(range(0, 1000, 20))
    teacher = world.at(world.west, ELS, **course.claim)
    teacher.ok("queue")
    fetch(world, clock=lambda: float(next(seconds)))
    assert "langer dan 30 seconden" in teacher.ok("queue")["missing"]["fault"]
    assert len(course.asked) == 2


def endless(course: Course, *, fresh: bool) -> list[str]:
    """Let every page say that there is another: a new one, or always the same."""
    asked: list[str] = []

    def answer(request: Any) -> Any:
        asked.append(request.path)
        following = f"{course.path}?p={len(asked) if fresh else 1}"
        people = [member(Person(f"{len(asked)}-{number}", "Learner")) for number in range(30)]
        return 200, CONTAINER, container(people), {"Link": f'<{following}>; rel="next"'}

    course.platform.listener.answers[course.path] = answer
    return asked


@pytest.mark.parametrize(("fresh", "pages", "people"), [(True, 50, 1500), (False, 2, 60)])
def test_a_list_without_end_is_cut_off_and_the_desk_says_so(
    world: World, course: Course, fresh: bool, pages: int, people: int
) -> None:
    asked = endless(course, fresh=fresh)
    answer = desk(world, course).ok("queue")["missing"]
    assert (len(asked), len(answer["people"]), answer["complete"]) == (pages, people, False)


def test_a_token_that_the_platform_dropped_is_asked_anew(world: World, course: Course) -> None:
    first = course._answer
    turned_away = iter([True])

    def answer(request: Any) -> Any:
        return (401, "text/plain", b"") if next(turned_away, False) else first(request)

    world.west.listener.answers[course.path] = answer
    assert len(missing(desk(world, course))) == 3
    assert len(world.west.listener.to("/west/token")) == 2


def test_two_workers_do_not_fetch_the_same_list_and_a_dead_one_is_replaced(world: World, course: Course) -> None:
    teacher = world.at(world.west, ELS, **course.claim)
    teacher.ok("queue")
    taking = Rosters(world.services, memberships=None)  # type: ignore[arg-type]
    assert taking._take() is not None  # and then this worker is killed
    assert taking._take() is None
    fetch(world)
    assert course.asked == []
    world.clock.advance(seconds=LEASE.total_seconds())
    fetch(world)
    assert len(missing(teacher)) == 3


def test_a_link_that_moves_to_another_course_forgets_the_members_of_the_first(world: World, course: Course) -> None:
    desk(world, course)
    teacher = world.at(world.west, ELS, **course.claim, **{f"{LTI}context": {"id": "cursus-2"}})
    moved = teacher.ok("queue")["missing"]
    assert (moved["people"], moved["updated_at"], moved["refreshing"]) == ([], None, True)


def test_the_lists_of_two_institutions_never_meet(world: World, course: Course) -> None:
    zuid = Course(world.zuid, [member(LEEN), member(OMAR)])
    west_desk = desk(world, course)
    zuid_desk = world.at(world.zuid, KARIM, **zuid.claim)
    assert zuid_desk.ok("queue")["missing"]["people"] == [], "the same ids, in another institution"
    fetch(world)
    assert "Leen Maes" in missing(zuid_desk) and "Leen Maes" not in missing(west_desk)
    assert "Noor Peeters" not in missing(zuid_desk)
    ours = {person["learner"] for person in west_desk.ok("queue")["missing"]["people"]}
    theirs = {person["learner"] for person in zuid_desk.ok("queue")["missing"]["people"]}
    assert not ours & theirs


def test_old_lists_are_thrown_away(world: World, course: Course) -> None:
    sender: Sender = sender_of(world)
    desk(world, course)
    sender.clean()
    assert stored(world, MemberRow) == 3
    world.clock.advance(seconds=(KEPT + timedelta(hours=1)).total_seconds())
    sender.clean()
    assert stored(world, MemberRow) == 0
    assert stored(world, CourseRoleRow) == 1, "for a school year, so that teachers are not taken for learners"
    answer = world.at(world.west, ELS, **course.claim).ok("queue")["missing"]
    assert (answer["people"], answer["updated_at"], answer["refreshing"]) == ([], None, True)
    world.clock.advance(days=401)
    sender.clean()
    assert stored(world, CourseRoleRow) == 0


def stored(world: World, table: Any) -> int:
    with world.services.database.read() as session:
        return len(session.scalars(select(table)).all())


IDS = st.sets(st.sampled_from(["5", "6", "7", "8", "9", "x y", "é"]))


@given(west=IDS, zuid=IDS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_lists_hold_each_desk_shows_its_own(world: World, west: set[str], zuid: set[str]) -> None:
    shown = []
    for platform, teacher, ids in ((world.west, ELS, west), (world.zuid, KARIM, zuid)):
        course = Course(platform, [member(Person(each, "Learner", f"{platform.name} {each}")) for each in ids])
        at_desk = world.at(platform, teacher, **course.claim)
        at_desk.ok("roster", {"refresh": True})
        fetch(world)
        people = at_desk.ok("roster")["missing"]["people"]
        assert {person["name"] for person in people} == {f"{platform.name} {each}" for each in ids}
        shown.append({person["learner"] for person in people})
    assert not shown[0] & shown[1]
    world.clock.advance(minutes=1)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["Learner", "Active"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["user_id", "roles", "status", "name", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(members=st.lists(ANYTHING, max_size=6))
def test_whatever_a_member_is_reading_it_keeps_names_of_learners_only(members: list[Any]) -> None:
    found: dict[str, str] = {}
    for each in members:
        _note(found, each)
    for user, name in found.items():
        assert any(isinstance(each, dict) and str(each.get("user_id")) == user for each in members)
        assert 0 < len(user) <= 255 and len(name) <= 255
