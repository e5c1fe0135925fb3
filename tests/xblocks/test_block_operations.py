"""What a block answers to whom: every operation, for learners, teachers, and teachers who look as learners."""

from typing import Any

import jwt
import pytest
from django.test import override_settings
from submissions.models import Score
from webob import Request
from xblock.exceptions import NoSuchHandlerError

from tests.xblocks.runtime import (
    ELS,
    ELS_AS_HANNE,
    ELS_AS_LEARNER,
    HANNE,
    PASSER_BY,
    YUSUF,
    Person,
    Site,
    SiteRuntime,
    call,
)
from xblocks.keys import make_files, public_pem
from xblocks.models import OutboxRow, PersonRow, SubmissionRow, WorkRow

TEXT = "Vorige week stond de dochter van een bewoner op mij te wachten en ik had geen tijd voor haar. " * 10
LEARNER_ONLY = ("save", "submit")
TEACHER_ONLY = ("queue", "work", "assess")
EVERYTHING = ("state", "save", "answer", "submit", "assistant_token", "queue", "work", "assess")


@pytest.fixture
def site(database: None) -> Site:
    return Site()


def posted(body: bytes, content_type: str = "application/json", **more: Any) -> Request:
    return Request.blank("/", method="POST", body=body, content_type=content_type, **more)


def hand_in(site: Site, person: Person, tag: str = "vk_reflection", text: str = TEXT) -> str:
    version = site.call(tag, person, "state")[1]["work"]["version"]
    status, state = site.call(tag, person, "submit", {"version": version, "body": {"text": text}})
    assert status == 200, state
    return str(state["submission"]["id"])


def finish_quiz(site: Site, person: Person, *, right: bool) -> dict[str, Any]:
    block = site.block("vk_quiz", person)
    version = 0
    for question in block.assignment.step.questions:
        wanted = [option.id for option in question.options if option.correct]
        wrong = [option.id for option in question.options if not option.correct][:1]
        answer = {"version": version, "item": question.id, "choice": wanted if right else wrong}
        version = call(block, "answer", answer)[1]["version"]
    status, state = call(block, "submit", {"version": version, "body": {}})
    assert status == 200
    return dict(state)


def assessment_of(site: Site, submission: str, *, publish: bool = True) -> dict[str, Any]:
    _, work = site.call("vk_reflection", ELS, "work", {"submission": submission})
    graded = [criterion for criterion in work["rubric"]["criteria"] if criterion["graded"]]
    return {
        "submission": submission,
        "version": work["version"],
        "levels": {criterion["id"]: criterion["levels"][-1]["id"] for criterion in graded},
        "comments": {},
        "comment": "Knap gedaan.",
        "publish": publish,
    }


def test_a_learner_writes_and_a_teacher_grades_and_the_gradebook_knows(site: Site) -> None:
    site.block("vk_reflection", HANNE).render("student_view")
    assert site.call("vk_reflection", HANNE, "save", {"version": 0, "body": {"text": "Een begin"}})[0] == 200
    submission = hand_in(site, HANNE)
    _, queue = site.call("vk_reflection", ELS, "queue")
    assert [(item["name"], item["status"]) for item in queue["items"]] == [("Hanne Coppens", "waiting")]
    assert site.call("vk_reflection", ELS, "assess", assessment_of(site, submission))[0] == 200
    _, state = site.call("vk_reflection", HANNE, "state")
    assert state["status"] == "published" and state["assessment"]["comment"] == "Knap gedaan."
    score = Score.objects.get()
    assert score.student_item.student_id == "anoniem-11"
    assert score.points_earned == score.points_possible == site.block("vk_reflection", HANNE).max_score()


def test_an_assessment_that_is_held_reaches_neither_learner_nor_gradebook(site: Site) -> None:
    submission = hand_in(site, HANNE)
    site.call("vk_reflection", ELS, "assess", assessment_of(site, submission, publish=False))
    _, state = site.call("vk_reflection", HANNE, "state")
    assert state["status"] == "in-review" and state["assessment"] is None
    assert not Score.objects.exists()


@pytest.mark.parametrize(
    "person", [HANNE, PASSER_BY, ELS_AS_LEARNER, ELS_AS_HANNE], ids=lambda who: who.looks_as or who.name
)
@pytest.mark.parametrize("operation", TEACHER_ONLY)
def test_grading_is_for_teachers_who_look_as_themselves(site: Site, operation: str, person: Person) -> None:
    submission = hand_in(site, HANNE)
    payload = assessment_of(site, submission)
    status, problem = site.call("vk_reflection", person, operation, payload)
    assert (status, problem["code"]) == (403, "teacher-only")
    assert "Vorige week" not in str(problem)


@pytest.mark.parametrize(
    "person", [ELS, ELS_AS_LEARNER, ELS_AS_HANNE, PASSER_BY], ids=lambda who: who.looks_as or who.name
)
@pytest.mark.parametrize("operation", LEARNER_ONLY)
def test_a_preview_keeps_nothing(site: Site, operation: str, person: Person) -> None:
    status, problem = site.call("vk_reflection", person, operation, {"version": 0, "body": {"text": TEXT}})
    assert (status, problem["code"]) == (403, "preview")
    site.block("vk_reflection", person).render("student_view")
    assert not WorkRow.objects.exists() and not OutboxRow.objects.exists() and not PersonRow.objects.exists()
    assert site.published == []


def test_in_studio_even_the_author_leaves_no_trace(site: Site) -> None:
    status, problem = site.call("vk_reflection", ELS, "submit", {"version": 0, "body": {"text": TEXT}}, studio=True)
    assert (status, problem["code"]) == (403, "preview")
    assert site.call("vk_reflection", ELS, "queue", studio=True)[0] == 403


def test_a_teacher_may_try_an_answer_and_it_is_not_kept(site: Site) -> None:
    step = site.block("vk_case", ELS).assignment.step
    decision = step.decisions[0]
    for person in (ELS, ELS, ELS_AS_LEARNER, ELS_AS_HANNE):
        answer = {"version": 0, "item": decision.id, "choice": [decision.options[0].id]}
        status, told = site.call("vk_case", person, "answer", answer)
        assert status == 200 and told["outcome"]["consequence_html"]
    assert not WorkRow.objects.exists()


@pytest.mark.parametrize(
    ("person", "studio"), [(PASSER_BY, False), (HANNE, True), (PASSER_BY, True)], ids=["passer-by", "learner", "nobody"]
)
@pytest.mark.parametrize("tag", ["vk_quiz", "vk_case"])
def test_what_an_answer_brings_is_not_to_be_had_without_answering(
    site: Site, tag: str, person: Person, studio: bool
) -> None:
    """Without signing in, or through Studio, which calls handlers for whoever has an account."""
    step = site.block(tag, HANNE).assignment.step
    item = (step.questions if tag == "vk_quiz" else step.decisions)[0]
    answer = {"version": 0, "item": item.id, "choice": [item.options[0].id]}
    status, problem = site.call(tag, person, "answer", answer, studio=studio)
    assert (status, problem["code"]) == (403, "preview")


def test_who_looks_as_a_learner_does_not_see_that_learners_draft(site: Site) -> None:
    site.call("vk_reflection", HANNE, "save", {"version": 0, "body": {"text": "Nog niet voor anderen"}})
    _, state = site.call("vk_reflection", ELS_AS_HANNE, "state")
    assert state["work"] == {"version": 0, "body": {}, "saved_at": None}


def test_learners_meet_their_own_work_only(site: Site) -> None:
    hand_in(site, HANNE)
    _, state = site.call("vk_reflection", YUSUF, "state")
    assert state["status"] == "new" and "Vorige week" not in str(state)


@pytest.mark.parametrize("operation", ["work", "assess", "assistant_token"])
def test_a_submission_of_another_block_does_not_exist_here(site: Site, operation: str, assistant: None) -> None:
    submission = hand_in(site, HANNE)
    payload = assessment_of(site, submission)
    status, problem = site.call("vk_reflection", ELS, operation, payload, name="elders")
    assert (status, problem["code"]) == (404, "submission-unknown")


@pytest.mark.parametrize("operation", EVERYTHING)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"tekst"', b"\xff\xfe", b"[" * 100_000], ids=lambda body: repr(body[:6])
)
def test_what_is_no_json_object_is_refused(site: Site, operation: str, body: bytes) -> None:
    status, problem = site.call("vk_reflection", ELS, operation, body)
    assert (status, problem["code"]) == (400, "bad-input")


@pytest.mark.parametrize(
    ("tag", "person", "operation"),
    [
        ("vk_reflection", HANNE, "save"),
        ("vk_reflection", HANNE, "submit"),
        ("vk_quiz", HANNE, "answer"),
        ("vk_case", HANNE, "answer"),
        ("vk_reflection", ELS, "assess"),
    ],
)
def test_a_missing_key_is_the_pages_mistake_not_a_fault_of_ours(
    site: Site, tag: str, person: Person, operation: str
) -> None:
    status, problem = site.call(tag, person, operation, {})
    assert status == 400 and problem["detail"]


def test_only_post_is_taken_and_never_from_another_site(site: Site) -> None:
    block = site.block("vk_reflection", HANNE)
    got = block.runtime.handle(block, "state", Request.blank("/"))
    assert (got.status_int, got.content_type) == (405, "application/problem+json")
    request = posted(b"{}", headers={"Sec-Fetch-Site": "cross-site"})
    assert block.runtime.handle(block, "state", request).status_int == 403
    too_large = posted(b'{"a": "' + b"x" * 1_000_001 + b'"}')
    assert block.runtime.handle(block, "save", too_large).status_int == 413


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
)
def test_what_a_form_on_another_site_can_send_is_not_taken(site: Site, kind: str) -> None:
    """A browser sends these without asking first, and an old one does not say where they come from."""
    block = site.block("vk_reflection", HANNE)
    body = b'{"version": 0, "body": {"text": "Niet door Hanne geschreven"}}'
    answer = block.runtime.handle(block, "save", posted(body, content_type=kind))
    assert (answer.status_int, answer.json["code"]) == (415, "not-json")
    assert not WorkRow.objects.exists()
    assert block.runtime.handle(block, "save", posted(body, content_type="application/json; charset=utf-8")).json
    assert WorkRow.objects.exists()


def test_a_handler_that_is_no_operation_does_not_exist(site: Site) -> None:
    block = site.block("vk_reflection", HANNE)
    for name in ("opened", "student_view", "assistant-token", "_operate"):
        with pytest.raises(NoSuchHandlerError):
            block.runtime.handle(block, name, Request.blank("/", method="POST", body=b"{}"))


@pytest.mark.parametrize("tag", ["vk_reading", "vk_reflection", "vk_quiz"])
def test_handing_in_completes_the_block(site: Site, tag: str) -> None:
    if tag == "vk_quiz":
        finish_quiz(site, HANNE, right=True)
    elif tag == "vk_reading":
        assert site.call(tag, HANNE, "submit", {"version": 0, "body": {}})[0] == 200
    else:
        hand_in(site, HANNE)
    assert (11, "completion", {"completion": 1.0}) in site.published


@pytest.mark.parametrize("refused", ["completion", "grade"])
def test_what_the_platform_did_not_take_is_told_again_when_the_learner_is_back(
    site: Site, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    """An LMS passes both on through a queue of its own, which may be away for a moment."""
    real = SiteRuntime.publish

    def publish(self: SiteRuntime, block: Any, event_type: str, event_data: dict[str, Any]) -> None:
        if event_type == refused:
            raise ConnectionError
        real(self, block, event_type, event_data)

    monkeypatch.setattr(SiteRuntime, "publish", publish)
    with pytest.raises(ConnectionError):
        finish_quiz(site, HANNE, right=True)
    monkeypatch.undo()
    site.published.clear()
    for _ in range(2):
        assert site.call("vk_quiz", HANNE, "state")[1]["status"] == "done"
    assert [(user, event) for user, event, _ in site.published] == [(11, "completion"), (11, "grade")]
    assert site.block("vk_quiz", HANNE).get_score() == (600.0, 600.0)


def test_a_text_that_is_too_short_completes_nothing(site: Site) -> None:
    status, problem = site.call("vk_reflection", HANNE, "submit", {"version": 0, "body": {"text": "Te kort."}})
    assert (status, problem["code"]) == (422, "too-short")
    assert site.published == [] and not SubmissionRow.objects.exists()


@pytest.mark.parametrize(("right", "earned"), [(True, 600.0), (False, 0.0)])
def test_a_quiz_grades_the_learner_who_finishes_it(site: Site, right: bool, earned: float) -> None:
    finish_quiz(site, HANNE, right=right)
    [(user, _, grade)] = [event for event in site.published if event[1] == "grade"]
    assert (user, grade["value"], grade["max_value"]) == (11, earned, 600.0)
    block = site.block("vk_quiz", HANNE)
    assert block.max_score() == 600.0 and block.get_score() == block.calculate_score() == (earned, 600.0)
    assert block.has_submitted_answer() and not site.block("vk_quiz", YUSUF).has_submitted_answer()


def test_a_quiz_may_be_scored_again_from_what_was_answered(site: Site) -> None:
    finish_quiz(site, HANNE, right=True)
    site.published.clear()
    site.block("vk_quiz", HANNE).rescore(only_if_higher=False)
    assert site.published == [(11, "grade", {"value": 600.0, "max_value": 600.0, "only_if_higher": False})]
    with pytest.raises(ValueError, match="unanswered"):
        site.block("vk_quiz", YUSUF).rescore(only_if_higher=False)


def test_a_point_weighs_the_same_in_the_gradebook_whoever_gave_it(site: Site) -> None:
    """The LMS adds up what the blocks of one subsection report."""
    quiz, reflection = site.block("vk_quiz", HANNE), site.block("vk_reflection", HANNE)
    points = [len(quiz.assignment.step.questions), float(reflection.assignment.rubric.maximum)]
    assert quiz.max_score() / points[0] == reflection.max_score() / points[1]


def test_only_what_is_graded_has_a_score(site: Site) -> None:
    assert not getattr(site.block("vk_reading", HANNE), "has_score", False)
    for tag in ("vk_case", "vk_reflection", "vk_quiz"):
        block = site.block(tag, HANNE)
        assert block.has_score and block.max_score() > 0
        assert site.block(tag, HANNE, name="leeg", step="").max_score() is None


@pytest.fixture
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("keys")
    make_files(folder / "host.pem", folder / "tenant")
    settings = {
        "TENANT": "hogeschool-west",
        "ISSUER": "https://lms.west.example",
        "ASSISTANT_URL": "https://assistent.west.example",
        "HOST_KEY_FILE": str(folder / "host.pem"),
        "TENANT_KEY_FILE": str(folder / "tenant"),
    }
    with override_settings(VERANDERKRACHT=settings):
        yield public_pem((folder / "host.pem").read_text())


def test_a_learner_gets_a_short_token_for_this_step_alone(site: Site, assistant: str) -> None:
    assert site.call("vk_reflection", HANNE, "state")[1]["assistant"] is True
    status, given = site.call("vk_reflection", HANNE, "assistant_token")
    assert status == 200 and given["url"] == "https://assistent.west.example"
    claims = jwt.decode(given["token"], assistant, algorithms=["EdDSA"], audience="veranderkracht-assistant")
    assert claims["exp"] - claims["iat"] <= 600
    assert (claims["role"], claims["step"]) == ("learner", "samen-kijken/eigen-praktijk")
    assert claims["sub"] != "11" and "Hanne" not in str(claims)
    snapshot = jwt.decode(given["snapshot"], assistant, algorithms=["EdDSA"])
    assert snapshot["snapshot"]["step"] == "eigen-praktijk"


def test_a_teacher_gets_one_for_a_submission_with_what_that_learner_saw(site: Site, assistant: str) -> None:
    submission = hand_in(site, HANNE)
    block = site.block("vk_reflection", ELS)
    block.prompt_override = "Intussen vroeg de docent iets anders."
    status, given = call(block, "assistant_token", {"submission": submission})
    assert status == 200
    assert jwt.decode(given["snapshot"], assistant, algorithms=["EdDSA"])["snapshot"]["prompt"] != block.prompt_override
    assert jwt.decode(given["token"], options={"verify_signature": False})["role"] == "teacher"


@pytest.mark.parametrize(
    "person", [ELS, ELS_AS_LEARNER, ELS_AS_HANNE, PASSER_BY], ids=lambda who: who.looks_as or who.name
)
def test_a_preview_gets_no_token(site: Site, assistant: str, person: Person) -> None:
    status, problem = site.call("vk_reflection", person, "assistant_token")
    assert (status, problem["code"]) == (403, "assistant-preview")
    assert site.call("vk_reflection", person, "state")[1]["assistant"] is False


def test_without_an_assistant_the_page_is_told_so(site: Site) -> None:
    assert site.call("vk_reflection", HANNE, "state")[1]["assistant"] is False
    status, problem = site.call("vk_reflection", HANNE, "assistant_token")
    assert (status, problem["code"]) == (404, "assistant-off")
    assert hand_in(site, HANNE)
