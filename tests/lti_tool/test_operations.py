"""What a page can do after a launch: play, grade, preview, renew; and what it cannot."""

import json
import logging
import re

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import event

from lti_tool.tables import OutboxRow, SubmissionRow, WorkRow
from tests.lti_tool.world import ELS, HANNE, LEEN, LTI, MENTOR, TEXT, YUSUF, Person, World
from veranderkracht.host_tokens import AUDIENCE

TAMPERED = "eyJhbGciOiJub25lIn0.eyJzaWQiOiJ4In0."


def test_a_learner_writes_and_a_new_launch_finds_the_text_again(world: World) -> None:
    first = world.at(world.west, HANNE)
    assert first.ok("state")["status"] == "new"
    saved = first.ok("save", {"version": 0, "body": {"text": "Een begin."}})
    again = world.at(world.west, HANNE)
    state = again.ok("state")
    assert state["work"]["body"] == {"text": "Een begin."}
    assert state["work"]["version"] == saved["version"] == 1
    stale = first.call("save", {"version": 0, "body": {"text": "Te laat."}})
    assert stale.status_code == 409
    assert stale.mimetype == "application/problem+json"
    assert stale.json["code"] == "draft-stale"
    assert stale.json["current"]["body"] == {"text": "Een begin."}


def test_a_teacher_grades_and_the_learner_sees_it(world: World) -> None:
    learner, teacher = world.at(world.west, HANNE), world.at(world.west, ELS)
    submission = learner.submit()
    item = teacher.ok("queue")["items"][0]
    assert (item["name"], item["status"]) == ("Hanne Coppens", "waiting")
    teacher.grade(submission, publish=False)
    assert learner.ok("state")["assessment"] is None
    graded = teacher.grade(submission, publish=True)
    seen = learner.ok("state")
    assert seen["status"] == "published"
    assert seen["assessment"]["score"] == graded["assessment"]["score"] == "10"
    assert learner.call("submit", {"version": 1, "body": {"text": TEXT}}).json["code"] == "grading-started"


def test_without_a_name_from_the_platform_a_learner_is_a_number(world: World) -> None:
    world.at(world.west, YUSUF).submit()
    item = world.at(world.west, ELS).ok("queue")["items"][0]
    assert item["name"] == f"Lerende {item['learner'][:4]}"


@pytest.mark.parametrize("operation", ["queue", "work", "assess"])
def test_a_learner_does_not_grade(world: World, operation: str) -> None:
    response = world.at(world.west, HANNE).call(operation, {"submission": "x"})
    assert (response.status_code, response.json["code"]) == (403, "teacher-only")


@pytest.mark.parametrize("operation", ["state", "save", "answer", "submit"])
def test_a_desk_does_not_play(world: World, operation: str) -> None:
    response = world.at(world.west, ELS).call(operation)
    assert (response.status_code, response.json["code"]) == (403, "learner-only")


@pytest.mark.parametrize(
    "operation", ["state", "save", "answer", "submit", "queue", "work", "assess", "assistant-token"]
)
@pytest.mark.parametrize("token", ["", "onzin", TAMPERED])
def test_without_a_page_token_nothing_answers(world: World, operation: str, token: str) -> None:
    response = world.browser().call(operation, token=token)
    assert (response.status_code, response.json["code"]) == (401, "session-expired")


def test_another_tenants_teacher_reaches_nothing(world: World) -> None:
    submission = world.at(world.west, HANNE).submit()
    stranger = world.at(world.zuid, ELS)
    assert stranger.ok("queue")["items"] == []
    assert stranger.call("work", {"submission": submission}).json["code"] == "submission-unknown"
    assert stranger.call("assistant-token", {"submission": submission}).json["code"] == "submission-unknown"
    levels = {"submission": submission, "version": 0, "levels": {}, "comments": {}, "comment": "", "publish": False}
    assert stranger.call("assess", levels).json["code"] == "submission-unknown"


def test_the_same_user_id_on_another_platform_is_another_person(world: World) -> None:
    world.at(world.west, HANNE).ok("save", {"version": 0, "body": {"text": "Van Hanne."}})
    assert HANNE.id == LEEN.id
    assert world.at(world.zuid, LEEN).ok("state")["status"] == "new"


def test_another_step_of_the_same_course_is_another_queue(world: World) -> None:
    submission = world.at(world.west, HANNE).submit()
    other = world.at(world.west, ELS, "de-linde")
    assert other.ok("queue")["items"] == []
    assert other.call("work", {"submission": submission}).status_code == 404


def test_a_colleague_of_the_course_sees_the_same_queue(world: World) -> None:
    world.at(world.west, HANNE).submit()
    colleague = world.at(world.west, Person("77", "Instructor"))
    assert len(colleague.ok("queue")["items"]) == 1


def test_a_role_in_the_institution_gives_no_rights_in_the_course(world: World) -> None:
    administrator = ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"]
    browser = world.at(world.west, HANNE, **{f"{LTI}roles": administrator})
    assert browser.call("queue").status_code == 403
    assert "meekijken" in browser.page


def test_a_teaching_assistant_who_is_also_a_learner_grades(world: World) -> None:
    membership = "http://purl.imsglobal.org/vocab/lis/v2/membership"
    roles = [f"{membership}#Learner", f"{membership}/Instructor#TeachingAssistant"]
    assert world.at(world.west, HANNE, **{f"{LTI}roles": roles}).ok("queue")["items"] == []


def test_a_preview_shows_all_and_keeps_nothing(world: World) -> None:
    teacher = world.at(world.west, ELS, "de-linde")
    assert teacher.turn("preview", "de-linde").status_code == 200
    assert "wordt niet bewaard" in teacher.page
    assert teacher.ok("state")["assistant"] is False
    module = world.services.library.module("samen-kijken")
    case = next(step for step in module.steps if step.id == "de-linde")
    assert case.kind == "case"
    decision = case.decisions[0]
    answered = teacher.ok("answer", {"version": 0, "item": decision.id, "choice": [decision.options[0].id]})
    assert answered["outcome"]["consequence_html"]
    for operation in ("save", "submit"):
        refused = teacher.call(operation, {"version": 1, "body": {"text": TEXT}})
        assert (refused.status_code, refused.json["code"]) == (403, "preview")
    assert teacher.call("assistant-token").json["code"] == "assistant-preview"
    with world.services.database.read() as session:
        assert session.query(WorkRow).filter(WorkRow.version > 0).count() == 0
        assert session.query(SubmissionRow).count() == 0
        assert session.query(OutboxRow).count() == 0


def test_a_mentor_looks_and_does_not_write(world: World) -> None:
    browser = world.at(world.west, MENTOR)
    assert browser.call("save", {"version": 0, "body": {"text": "x"}}).json["code"] == "preview"
    assert browser.turn("desk", "eigen-praktijk").status_code == 403


def test_a_learner_cannot_turn_to_the_desk_or_a_preview(world: World) -> None:
    browser = world.at(world.west, HANNE)
    for view in ("desk", "preview"):
        response = browser.turn(view, "eigen-praktijk")
        assert response.status_code == 403
        assert "<code>view-forbidden</code>" in response.text


def test_a_link_to_one_step_opens_no_other(world: World) -> None:
    response = world.at(world.west, HANNE).turn("play", "de-linde")
    assert (response.status_code, "<code>step-forbidden</code>" in response.text) == (403, True)


def test_a_link_to_a_module_opens_its_steps_each_with_its_own_work(world: World) -> None:
    browser = world.at(world.west, HANNE, step="")
    assert "Een moment uit je eigen praktijk" in browser.page
    assert browser.call("state").status_code == 403  # the list itself is no step
    for step in ("eigen-praktijk", "de-linde"):
        assert browser.turn("play", step).status_code == 200
        assert browser.ok("state")["status"] == "new"
        browser.ok("save", {"version": 0, "body": {"text": f"Bij {step}."}})
        assert browser.turn("module").status_code == 200
    browser.turn("play", "eigen-praktijk")
    assert browser.ok("state")["work"]["body"]["text"] == "Bij eigen-praktijk."
    assert browser.turn("play", "bestaat-niet").status_code == 404


@pytest.mark.parametrize(
    ("custom", "code"),
    [
        ({}, "module-missing"),
        ({"module": "$ResourceLink.module"}, "module-missing"),
        ({"module": "bestaat-niet"}, "module-unknown"),
        ({"module": "samen-kijken", "step": "bestaat-niet"}, "step-unknown"),
    ],
)
@pytest.mark.parametrize("person", [HANNE, ELS])
def test_a_link_to_nothing_says_what_to_do(world: World, custom: dict[str, str], code: str, person: Person) -> None:
    response = world.browser().launch(world.west, person, **{f"{LTI}custom": custom})
    assert response.status_code == 404
    assert f"<code>{code}</code>" in response.text


def test_a_page_renews_its_token_also_when_it_has_just_run_out(world: World) -> None:
    browser = world.at(world.west, HANNE)
    world.clock.advance(minutes=11)
    assert browser.call("state").json["code"] == "session-expired"
    renewed = browser.renew()
    assert renewed.status_code == 200
    assert browser.call("state", token=renewed.json["token"]).status_code == 200


def test_after_twelve_hours_nothing_is_renewed(world: World) -> None:
    browser = world.at(world.west, HANNE)
    world.clock.advance(hours=11, minutes=59)
    assert browser.renew().status_code == 200
    world.clock.advance(minutes=1)
    refused = browser.renew()
    assert (refused.status_code, refused.json["code"]) == (401, "session-expired")
    assert browser.turn("play", "eigen-praktijk").status_code == 401


def test_a_renewed_token_is_worth_what_the_old_one_was(world: World) -> None:
    browser = world.at(world.west, HANNE)
    token = browser.renew().json["token"]
    assert browser.call("queue", token=token).status_code == 403


def test_the_assistant_gets_a_token_for_the_learner_and_the_assignment_as_it_stands(world: World) -> None:
    browser = world.at(world.west, HANNE)
    ticket = browser.ok("assistant-token")
    host = world.services.keys.host_key(world.west.tenant)
    public = load_pem_private_key(host.private_pem.encode(), None).public_key()
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(ticket["token"], public, algorithms=["EdDSA"], audience=AUDIENCE, options=options)
    assert claims["tenant"] == world.west.tenant
    assert claims["role"] == "learner"
    assert claims["step"] == "samen-kijken/eigen-praktijk"
    assert claims["course"] == "cursus-1"
    assert claims["sub"] == host.learner(world.west.issuer, HANNE.id)
    assert claims["exp"] - claims["iat"] == 600
    signed = jwt.decode(ticket["snapshot"], public, algorithms=["EdDSA"], options=options)
    assert signed["snapshot"]["step"] == "eigen-praktijk"
    assert ticket["url"] == world.services.settings.assistant_url


def test_a_teacher_gets_the_assignment_that_the_learner_saw(world: World) -> None:
    submission = world.at(world.west, HANNE).submit()
    teacher = world.at(world.west, ELS)
    ticket = teacher.ok("assistant-token", {"submission": submission})
    claims = jwt.decode(ticket["token"], options={"verify_signature": False})
    assert claims["role"] == "teacher"
    signed = jwt.decode(ticket["snapshot"], options={"verify_signature": False})
    with world.services.database.read() as session:
        assert signed["hash"] == session.get_one(SubmissionRow, submission).snapshot_hash


@pytest.mark.parametrize("payload", ["[]", "null", '"tekst"', "{", ""])
def test_what_is_no_object_is_refused(world: World, payload: str) -> None:
    browser = world.at(world.west, HANNE)
    response = browser.client.post(
        "/lti/api/save",
        data=payload,
        headers={"Authorization": f"Bearer {browser.token}"},
        content_type="application/json",
    )
    assert (response.status_code, response.json["code"]) == (400, "bad-input")


def test_an_unknown_operation_is_a_problem_not_a_page(world: World) -> None:
    response = world.at(world.west, HANNE).call("verwijder-alles")
    assert (response.status_code, response.json["code"]) == (404, "operation-unknown")


def test_text_that_no_database_keeps_is_cleaned_not_lost(world: World) -> None:
    browser = world.at(world.west, HANNE)
    browser.ok("save", {"version": 0, "body": {"text": "voor\0na \ud800 é 🌱"}})
    assert browser.ok("state")["work"]["body"]["text"] == "voorna ? é 🌱"


def test_a_request_that_is_too_large_is_refused(world: World) -> None:
    response = world.at(world.west, HANNE).call("save", {"version": 0, "body": {"text": "x" * 1_100_000}})
    assert (response.status_code, response.json["code"]) == (413, "too-large")


def test_a_page_carries_no_text_token_or_name_in_its_address_and_no_inline_script(world: World) -> None:
    browser = world.at(world.west, HANNE)
    assert not re.search(r"<script(?![^>]*\bsrc=)", browser.page)
    assert " style=" not in browser.page and "<style" not in browser.page
    assert not re.search(r" on\w+=", browser.page)
    assert not re.search(r'(?:href|src|action)="[^"]*(?:token|eyJ)', browser.page)
    assert "Hanne" not in browser.page


def test_pages_may_be_framed_by_their_own_platform_only(world: World) -> None:
    response = world.browser().launch(world.west, HANNE)
    policy = response.headers["Content-Security-Policy"]
    assert f"frame-ancestors {world.west.listener.url}" in policy
    assert "script-src 'self';" in policy and "unsafe" not in policy
    assert f"connect-src 'self' {world.services.settings.assistant_url};" in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    api = world.at(world.west, HANNE).call("state")
    assert "frame-ancestors 'none'" in api.headers["Content-Security-Policy"]


def test_the_shared_components_are_served_with_a_cache(world: World) -> None:
    client = world.app.test_client()
    for address in ("/lti/static/vk/vk.js", "/lti/static/vk/vk.css", "/lti/static/tool/lti_host.js"):
        response = client.get(address)
        assert response.status_code == 200, address
        assert "max-age" in response.headers["Cache-Control"]
        assert client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert client.get("/lti/static/vk/../../errors.py").status_code == 404
    assert client.get("/lti/static/vk/%2e%2e/render.py").status_code == 404


def test_no_text_or_name_reaches_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = world.at(world.west, HANNE)
    browser.submit("Kameleon " * 200)
    world.at(world.west, ELS).grade(
        world.at(world.west, ELS).ok("queue")["items"][0]["submission"], comment="Neushoorn"
    )
    browser.call("submit", {"version": 0, "body": {"text": "Kameleon"}})
    for secret in ("Kameleon", "Neushoorn", "Hanne", "Coppens"):
        assert secret not in caplog.text


def test_the_worker_is_woken_when_there_is_something_to_tell(world: World, rings: list[str]) -> None:
    browser = world.at(world.west, HANNE)
    rings.clear()
    browser.ok("save", {"version": 0, "body": {"text": "nog niets"}})
    assert rings == []
    browser.submit()
    assert rings == ["ring"]


def test_events_name_the_learner_by_pseudonym_only(world: World) -> None:
    world.at(world.west, HANNE).submit()
    with world.services.database.read() as session:
        rows = session.query(OutboxRow).filter_by(kind="xapi").order_by(OutboxRow.id).all()
    told = [row.payload["statement"] for row in rows]
    assert [each["verb"]["display"]["en"] for each in told] == ["initialized", "submitted", "completed"]
    assert {each["actor"]["account"]["homePage"] for each in told} == {"http://127.0.0.1:8001"}
    for each in told:
        assert "Hanne" not in json.dumps(each) and "dochter" not in json.dumps(each)


def test_a_queue_asks_the_database_no_more_often_for_a_large_class(world: World) -> None:
    asked: list[str] = []
    event.listen(world.services.database._engine, "before_cursor_execute", lambda *details: asked.append(details[2]))

    def statements(learners: range) -> int:
        for number in learners:
            world.at(world.west, Person(f"l-{number}", "Learner", f"Lerende {number}")).submit()
        teacher = world.at(world.west, ELS)
        asked.clear()
        assert len(teacher.ok("queue")["items"]) == learners.stop
        return len(asked)

    assert statements(range(2)) == statements(range(2, 12))
