"""A gradebook that asks for somebody's work gets the desk on that work, or a person's own; never somebody else's."""

from typing import Any

import pytest

from lti_tool.tables import LinkRow, SeatRow
from tests.lti_tool.course import FOR_USER, Course, fetch, member, review_of
from tests.lti_tool.test_scores import rows, sender_of
from tests.lti_tool.world import AGS, ELS, HANNE, KARIM, LEEN, LTI, MENTOR, SCORE_SCOPE, YUSUF, Browser, Person, World


def review(world: World, who: Person, of: Person, **changes: Any) -> Browser:
    """Ask for somebody's work in the column of the step that `World.at` places."""
    browser = world.browser()
    response = browser.launch(world.west, who, **review_of(of, world.west.line_item, **changes))
    assert response.status_code == 200, response.text
    return browser


def test_a_teacher_comes_in_on_that_learners_newest_work(world: World) -> None:
    world.at(world.west, YUSUF).submit()
    learner = world.at(world.west, HANNE)
    learner.submit()
    newest = learner.submit("Een nieuwe versie, met wat ik intussen zag en deed. " * 20)
    desk = review(world, ELS, HANNE)
    assert "<vk-desk" in desk.page
    about = desk.ok("queue")["about"]
    assert (about["name"], about["submission"]) == ("Hanne Coppens", newest)
    assert desk.ok("work", {"submission": newest})["submission"]["number"] == 2
    desk.grade(newest)


def test_a_desk_that_is_opened_from_the_course_is_about_nobody(world: World) -> None:
    world.at(world.west, HANNE).submit()
    assert world.at(world.west, ELS).ok("queue")["about"] is None


def test_where_nothing_was_handed_in_the_desk_knows_whom_it_was_about(world: World) -> None:
    world.at(world.west, HANNE)
    about = review(world, ELS, HANNE).ok("queue")["about"]
    assert (about["name"], about["submission"]) == ("Hanne Coppens", None)
    stranger = Person("99", "Learner", "Nergens Gezien")
    about = review(world, ELS, stranger).ok("queue")["about"]
    assert about["name"].startswith("Lerende ") and about["submission"] is None


def test_a_review_may_come_before_anybody_opened_the_activity(world: World) -> None:
    custom = {"module": "samen-kijken", "step": "eigen-praktijk"}
    first = {f"{LTI}resource_link": {"id": "link-eigen-praktijk"}, f"{LTI}custom": custom}
    assert review(world, ELS, HANNE, **first).ok("queue")["items"] == []
    world.at(world.west, HANNE).submit()
    assert review(world, ELS, HANNE).ok("queue")["about"]["submission"]


def test_a_learner_comes_to_their_own_work_and_no_further(world: World) -> None:
    submission = world.at(world.west, HANNE).submit()
    world.at(world.west, ELS).grade(submission)
    own = review(world, HANNE, HANNE)
    assert "<vk-reflection" in own.page
    state = own.ok("state")
    assert (state["submission"]["id"], state["assessment"]["comment"]) == (submission, "Mooi gezien.")
    assert own.call("queue").json["code"] == "teacher-only"


@pytest.mark.parametrize("who", [YUSUF, MENTOR])
def test_nobody_but_a_teacher_sees_the_work_of_another(world: World, who: Person) -> None:
    world.at(world.west, HANNE).submit()
    response = world.browser().launch(world.west, who, **review_of(HANNE, world.west.line_item))
    assert response.status_code == 403
    assert "<code>review-other</code>" in response.text
    assert "Dit is het werk van iemand anders" in response.text


def test_the_link_is_found_by_its_own_name_first(world: World) -> None:
    world.at(world.west, HANNE).submit()
    world.at(world.west, HANNE, "de-linde")  # the same column, for the platform says so
    named = {f"{LTI}resource_link": {"id": "link-eigen-praktijk"}, f"{LTI}custom": {"module": "iets", "step": "anders"}}
    assert review(world, ELS, HANNE, **named).ok("queue")["title"] == "Een moment uit je eigen praktijk"
    with world.services.database.read() as session:
        kept = session.query(LinkRow).filter_by(resource_link_id="link-eigen-praktijk").one()
        assert (kept.module, kept.step) == ("samen-kijken", "eigen-praktijk"), "what a review says changes no link"


def test_a_column_that_we_found_ourselves_leads_back_to_its_link(world: World) -> None:
    scopes = [SCORE_SCOPE, "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"]
    launch = {AGS: {"scope": scopes, "lineitems": world.west.line_items}}
    submission = world.at(world.west, HANNE, **launch).submit()
    sender_of(world).drain()
    [column] = world.west.columns
    response = (browser := world.browser()).launch(world.west, ELS, **review_of(HANNE, column["id"]))
    assert response.status_code == 200, response.text
    assert browser.ok("queue")["about"]["submission"] == submission


def test_another_course_or_institution_finds_nothing_by_the_address_of_a_column(world: World) -> None:
    world.at(world.west, HANNE).submit()
    elsewhere = review_of(HANNE, world.west.line_item, **{f"{LTI}context": {"id": "cursus-2"}})
    assert "<code>review-unknown</code>" in world.browser().launch(world.west, ELS, **elsewhere).text
    foreign = world.browser().launch(world.zuid, KARIM, **review_of(LEEN, world.west.line_item))
    assert "<code>review-unknown</code>" in foreign.text


def test_a_step_that_grades_itself_has_no_work_to_read(world: World) -> None:
    world.at(world.west, HANNE, "toets")
    response = world.browser().launch(world.west, ELS, **review_of(HANNE, world.west.line_item))
    assert response.status_code == 404
    assert "<code>review-nothing</code>" in response.text
    own = review(world, HANNE, HANNE)
    assert "<vk-quiz" in own.page


def test_a_link_to_a_whole_module_opens_the_steps_and_then_the_work(world: World) -> None:
    learner = world.at(world.west, HANNE, step="")
    learner.turn("play", "eigen-praktijk")
    submission = learner.submit()
    desk = review(world, ELS, HANNE)
    assert "Een moment uit je eigen praktijk" in desk.page and "<vk-desk" not in desk.page
    desk.turn("desk", "eigen-praktijk")
    assert desk.ok("queue")["about"]["submission"] == submission


def test_a_review_changes_nothing_of_where_scores_go(world: World) -> None:
    world.at(world.west, HANNE).submit()
    review(world, HANNE, HANNE, **{AGS: {"scope": [], "lineitem": world.west.line_item}})
    with world.services.database.read() as session:
        [seat] = session.query(SeatRow).all()
        assert seat.scopes == [SCORE_SCOPE]
    world.at(world.west, ELS).grade(rows(world)[0].submission or "")
    sender_of(world).drain()
    assert len(world.west.scores) == 1


def test_a_review_is_good_for_one_launch_like_any_other(world: World) -> None:
    world.at(world.west, HANNE).submit()
    browser = world.browser()
    state, nonce = browser.start(world.west)
    cookies = list(browser.client._cookies.values())
    claims = world.west.claims(nonce, world.clock(), ELS, **review_of(HANNE, world.west.line_item))
    token = world.west.sign(claims)
    assert browser.post(token, state).status_code == 200
    for cookie in cookies:
        browser.client.set_cookie(cookie.key, cookie.value, domain="127.0.0.1", path="/")
    assert "<code>nonce-used</code>" in browser.post(token, state).text
    assert "<code>signature-invalid</code>" in other_key(world, claims)


def other_key(world: World, claims: dict[str, Any]) -> str:
    browser = world.browser()
    state, nonce = browser.start(world.west)
    return browser.post(world.west.sign({**claims, "nonce": nonce}, by="zuid"), state).text


def test_the_list_of_members_names_whom_a_review_is_about(world: World) -> None:
    world.at(world.west, YUSUF)
    course = Course(world.west, [member(Person("7", "Learner", "Noor Peeters"))])
    teacher = world.at(world.west, ELS, **course.claim)
    teacher.ok("queue")
    fetch(world)
    desk = review(world, ELS, Person("7", "Learner"), **{FOR_USER: {"user_id": "7"}})
    assert desk.ok("queue")["about"]["name"] == "Noor Peeters"
