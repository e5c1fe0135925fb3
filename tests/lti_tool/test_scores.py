"""Scores reach the gradebook, through whatever a platform does on the way; and never the wrong way round."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest

from lti_tool.access import AccessTokens
from lti_tool.ags import Gradebooks, scores_url
from lti_tool.outbox import GIVE_UP, Sender
from lti_tool.outgoing import Outgoing
from lti_tool.tables import OutboxRow
from tests.lti_tool.world import AGS, ELS, HANNE, SCORE_SCOPE, YUSUF, Asked, Browser, Platform, World


@pytest.fixture
def sender(world: World) -> Sender:
    return sender_of(world)


def sender_of(world: World, total: float = 5.0) -> Sender:
    outgoing = Outgoing(allow_private=True, total=total)
    return Sender(world.services, Gradebooks(outgoing, AccessTokens(outgoing, world.services.keys)), chance=lambda: 1.0)


def rows(world: World, kind: str = "ags-score") -> list[OutboxRow]:
    with world.services.database.read() as session:
        return session.query(OutboxRow).filter_by(kind=kind).order_by(OutboxRow.id).all()


def sync(world: World) -> Any:
    return world.at(world.west, ELS).ok("queue")["items"][0]["sync"]


def said(world: World) -> tuple[str, str]:
    return sync(world)["state"], sync(world)["detail"]


def moments(platform: Platform) -> list[datetime]:
    return [datetime.fromisoformat(score["timestamp"]) for score in platform.scores]


def test_a_submission_is_pending_and_a_publication_is_the_grade(world: World, sender: Sender) -> None:
    submission = world.at(world.west, HANNE).submit()
    sender.drain()
    world.at(world.west, ELS).grade(submission)
    assert said(world) == ("waiting", "")
    sender.drain()
    assert said(world) == ("sent", "")
    pending, graded = world.west.scores
    assert (pending["activityProgress"], pending["gradingProgress"]) == ("Submitted", "PendingManual")
    assert "scoreGiven" not in pending
    assert (graded["activityProgress"], graded["gradingProgress"]) == ("Completed", "FullyGraded")
    assert (graded["scoreGiven"], graded["scoreMaximum"], graded["comment"]) == (10, 10, "Mooi gezien.")
    assert {score["userId"] for score in world.west.scores} == {HANNE.id}
    assert graded["timestamp"].endswith("Z") and "." in graded["timestamp"]
    # Even when nothing moves the clock: platforms compare by the second and refuse what is not later.
    assert moments(world.west)[1] - moments(world.west)[0] >= timedelta(seconds=1)
    assert world.zuid.scores == []


def test_a_held_assessment_tells_the_gradebook_nothing(world: World, sender: Sender) -> None:
    submission = world.at(world.west, HANNE).submit()
    world.at(world.west, ELS).grade(submission, publish=False)
    sender.drain()
    assert [score["gradingProgress"] for score in world.west.scores] == ["PendingManual"]


def test_a_quiz_is_graded_when_it_is_done(world: World, sender: Sender) -> None:
    learner = world.at(world.west, HANNE, "toets")
    answer_all(world, learner)
    learner.ok("submit", {"version": learner.ok("state")["work"]["version"], "body": {}})
    sender.drain()
    [score] = world.west.scores
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert score["scoreGiven"] == score["scoreMaximum"] == 6


def answer_all(world: World, learner: Browser) -> None:
    quiz = next(step for step in world.services.library.module("samen-kijken").steps if step.id == "toets")
    assert quiz.kind == "quiz"
    for version, question in enumerate(quiz.questions):
        right = [option.id for option in question.options if option.correct]
        learner.ok("answer", {"version": version, "item": question.id, "choice": right})


def test_the_score_is_asked_and_sent_as_the_standard_says(world: World, sender: Sender) -> None:
    world.at(world.west, HANNE).submit()
    sender.drain()
    [asked] = world.west.listener.to("/west/token")
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert form["scope"] == SCORE_SCOPE
    keys = world.app.test_client().get("/lti/jwks").json["keys"]
    assert all(key["alg"] == "RS256" and key["use"] == "sig" and "d" not in key for key in keys)
    kid = jwt.get_unverified_header(form["client_assertion"])["kid"]
    public = jwt.PyJWK(next(key for key in keys if key["kid"] == kid))
    claims = jwt.decode(
        form["client_assertion"],
        public,
        algorithms=["RS256"],
        audience=f"{world.west.issuer}/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["iss"] == claims["sub"] == "tool-7"
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert claims["jti"]
    [score] = world.west.listener.to("/west/lineitem/scores")
    assert score.path == "/west/lineitem/scores?type_id=1"


def test_an_access_token_is_used_again_until_it_ends(world: World, sender: Sender) -> None:
    world.at(world.west, HANNE).submit()
    sender.drain()
    world.at(world.west, YUSUF).submit()
    sender.drain()
    assert len(world.west.listener.to("/west/token")) == 1
    world.clock.advance(minutes=60)
    world.at(world.west, YUSUF).submit()
    sender.drain()
    assert len(world.west.listener.to("/west/token")) == 2
    assert len(world.west.scores) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 429, 401])
def test_a_platform_that_cannot_now_is_asked_again_later(world: World, sender: Sender, status: int) -> None:
    world.at(world.west, HANNE).submit()
    world.west.score_status = [status, status]
    due = sender.drain()
    assert due == world.clock() + timedelta(seconds=5)
    assert sync(world)["state"] == "waiting"
    assert str(status) in sync(world)["detail"]
    sender.drain()
    assert len(world.west.listener.to("/west/lineitem/scores")) == 1, "asked again before its time"
    world.clock.advance(seconds=5)
    assert sender.drain() == world.clock() + timedelta(seconds=10)
    world.clock.advance(seconds=10)
    assert sender.drain() is None
    assert len(world.west.scores) == 1
    assert sync(world)["state"] == "sent"


def test_a_token_that_is_no_longer_taken_is_asked_anew(world: World, sender: Sender) -> None:
    world.at(world.west, HANNE).submit()
    world.west.score_status = [401]
    sender.drain()
    world.clock.advance(seconds=5)
    sender.drain()
    assert len(world.west.listener.to("/west/token")) == 2
    assert len(world.west.scores) == 1


def test_what_the_platform_already_knows_better_is_not_sent_for_ever(world: World, sender: Sender) -> None:
    world.at(world.west, HANNE).submit()
    world.west.score_status = [409]
    assert sender.drain() is None
    assert [row.status for row in rows(world)] == ["superseded"]
    world.clock.advance(days=1)
    sender.drain()
    assert len(world.west.listener.to("/west/lineitem/scores")) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refused_score_is_a_visible_failure(world: World, sender: Sender, status: int) -> None:
    world.at(world.west, HANNE).submit()
    world.west.score_status = [status]
    assert sender.drain() is None
    state, detail = said(world)
    assert state == "failed"
    assert detail.startswith(f"De leeromgeving weigert deze score (status {status}). ")
    assert re.search("Kijk|Vraag|Laat|Geef", detail), "it says what to do"


def test_a_platform_that_does_not_answer_is_asked_again(world: World) -> None:
    import threading

    world.at(world.west, HANNE).submit()
    release = threading.Event()

    def hang(_: Asked) -> tuple[int, str, bytes]:
        release.wait(20)
        return 200, "text/plain", b""

    before = world.west.listener.answers["/west/lineitem/scores"]
    world.west.listener.answers["/west/lineitem/scores"] = hang
    try:
        due = sender_of(world, total=0.3).drain()
    finally:
        release.set()
    assert due == world.clock() + timedelta(seconds=5)
    assert "antwoordt niet op tijd" in sync(world)["detail"]
    world.west.listener.answers["/west/lineitem/scores"] = before
    world.clock.advance(seconds=5)
    assert sender_of(world).drain() is None
    assert len(world.west.scores) == 1


def test_a_token_endpoint_that_refuses_keeps_the_score_waiting(world: World, sender: Sender) -> None:
    world.at(world.west, HANNE).submit()
    world.west.listener.json("/west/token", {"error": "invalid_client"}, status=400)
    assert sender.drain() is not None
    assert said(world) == ("waiting", "De leeromgeving geeft ons geen toegang (status 400).")
    world.clock.advance(days=4)
    assert sender.drain() is None
    state, detail = said(world)
    assert state == "failed"
    assert "Stuur opnieuw" in detail
    assert timedelta(days=4) > GIVE_UP


def test_a_newer_score_takes_the_place_of_one_that_still_waits(world: World, sender: Sender) -> None:
    submission = world.at(world.west, HANNE).submit()
    teacher = world.at(world.west, ELS)
    teacher.grade(submission, level=0)
    teacher.grade(submission, level=-1)
    assert [row.status for row in rows(world)] == ["superseded", "superseded", "waiting"]
    sender.drain()
    assert [score["scoreGiven"] for score in world.west.scores] == [10]


def test_a_row_on_its_way_is_not_sent_twice_and_comes_back_when_its_worker_died(world: World, sender: Sender) -> None:
    world.at(world.west, HANNE).submit()
    assert len([row for row in sender._take() if row.kind == "ags-score"]) == 1  # and then the worker is killed
    sender.drain()
    assert world.west.scores == []
    world.clock.advance(seconds=world.services.settings.lease_seconds)
    sender.drain()
    assert len(world.west.scores) == 1


def test_a_score_that_was_replaced_on_its_way_stays_replaced(world: World, sender: Sender) -> None:
    submission = world.at(world.west, HANNE).submit()
    [row] = [row for row in sender._take() if row.kind == "ags-score"]
    world.at(world.west, ELS).grade(submission)
    sender._settle(row, sender._send_score(row))
    assert [each.status for each in rows(world)] == ["superseded", "waiting"]
    sender.drain()
    assert [score["gradingProgress"] for score in world.west.scores] == ["PendingManual", "FullyGraded"]


@pytest.mark.parametrize(
    ("grades", "advice"),
    [
        (None, "Vraag de beheerder"),
        ({"lineitem": "", "scope": [SCORE_SCOPE]}, "laat de lerende ze opnieuw openen"),
        ({"lineitem": "https://x/1", "scope": []}, "Vraag de beheerder"),
    ],
)
def test_without_a_line_item_or_leave_nothing_is_sent_and_the_teacher_reads_why(
    world: World, sender: Sender, grades: Any, advice: str
) -> None:
    world.at(world.west, HANNE, **{AGS: grades}).submit()
    sender.drain()
    assert rows(world) == []
    state, detail = said(world)
    assert state == "none"
    assert advice in detail


def test_a_link_to_a_whole_module_has_no_single_score(world: World, sender: Sender) -> None:
    browser = world.at(world.west, HANNE, step="")
    browser.turn("play", "eigen-praktijk")
    browser.submit()
    assert rows(world) == []


def test_events_reach_the_assistant_signed_by_their_tenant(world: World, sender: Sender) -> None:
    world.at(world.west, HANNE).submit()
    world.at(world.zuid, HANNE).submit()
    sender.drain()
    asked = world.west.listener.to("/v1/events")
    tenants = [
        jwt.decode(each.headers["Authorization"].removeprefix("Bearer "), options={"verify_signature": False})["tenant"]
        for each in asked
    ]
    assert tenants == [world.west.tenant, world.zuid.tenant]
    assert {row.status for row in rows(world, "xapi")} == {"sent"}


def test_a_sidecar_that_is_away_holds_up_no_score(world: World, sender: Sender) -> None:
    world.west.listener.answers["/v1/events"] = lambda _: (503, "text/plain", b"")
    world.at(world.west, HANNE).submit()
    sender.drain()
    assert len(world.west.scores) == 1
    assert {row.status for row in rows(world, "xapi")} == {"waiting"}


def test_an_event_that_the_sidecar_refuses_is_not_sent_again(world: World, sender: Sender) -> None:
    def refuse(asked: Asked) -> tuple[int, str, bytes]:
        ids = [statement["id"] for statement in json.loads(asked.body)["statements"]]
        refused = [{"id": each, "reason": "fout"} for each in ids]
        return 200, "application/json", json.dumps({"stored": [], "refused": refused}).encode()

    world.west.listener.answers["/v1/events"] = refuse
    world.at(world.west, HANNE).submit()
    assert sender.drain() is None
    assert {row.status for row in rows(world, "xapi")} == {"failed"}


def test_without_an_assistant_nothing_is_kept_for_one(world: World) -> None:
    object.__setattr__(world.services.settings, "assistant_url", "")
    browser = world.at(world.west, HANNE)
    assert browser.call("assistant-token").json["code"] == "assistant-off"
    assert browser.ok("state")["assistant"] is False
    browser.submit()
    assert sender_of(world).drain() is None
    assert len(world.west.scores) == 1
    assert rows(world, "xapi") == []


def test_what_was_kept_for_an_assistant_that_never_came_back_ends_after_a_month(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.at(world.west, HANNE).submit()
    waiting = len(rows(world, "xapi"))
    object.__setattr__(world.services.settings, "assistant_url", "")
    sender = sender_of(world)
    world.clock.advance(days=29)
    sender.clean()
    assert len(rows(world, "xapi")) == waiting > 0
    world.clock.advance(days=2)
    sender.clean()
    sender.clean()
    assert rows(world, "xapi") == []
    assert [line for line in caplog.messages if "dropped" in line] == [
        f"outbox: dropped {waiting} events of 30 days ago: no assistant"
    ]


def test_cleaning_keeps_what_still_counts(world: World, sender: Sender) -> None:
    browser = world.at(world.west, HANNE)
    browser.submit()
    sender.drain()
    sender.clean()
    assert browser.call("state").status_code == 200
    world.clock.advance(days=31)
    sender.clean()
    assert [row.status for row in rows(world)] == ["sent"]
    assert rows(world, "xapi") == []
    assert browser.renew().status_code == 401


@pytest.mark.parametrize(
    ("line_item", "expected"),
    [
        ("https://lms.example/mod/lti/services.php/2/lineitems/3/lineitem?type_id=1", "/lineitem/scores?type_id=1"),
        ("https://lms.example/lineitems/3", "/lineitems/3/scores"),
        ("https://lms.example/lineitems/3/", "/lineitems/3/scores"),
        ("https://lms.example/a?b=1&c=%2F#d", "/a/scores?b=1&c=%2F#d"),
    ],
)
def test_scores_go_before_the_query(line_item: str, expected: str) -> None:
    assert scores_url(line_item).endswith(expected)
