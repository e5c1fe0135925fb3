"""`POST /v1/feedback` with the built-in guide: what a person gets, is asked first, and is refused."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy import text as sql

from assistant_service.app import create_app
from assistant_service.configuration import AssistantSettings
from assistant_service.feedback.attempts import FeedbackRow
from assistant_service.feedback.endpoint import LONGEST_TEXT
from assistant_service.services import Services
from tests.assistant_service.conftest import Indexing, register
from tests.assistant_service.feedback.conftest import ROOT, Person, snapshot_of
from tests.assistant_service.hosts import NOW, Host
from tests.cast import HANNE, TEACHER_WEST, YUSUF
from veranderkracht.activities.assignment import Snapshot

STORY = (
    "Vorige dinsdag stond de dochter van een bewoonster in de gang en vroeg waarom haar moeder nog in pyjama zat. "
    "Ik voelde me betrapt en ik heb kortaf geantwoord. "
    "Voor haar was het waarschijnlijk de derde keer die week dat ze haar moeder zo vond. "
    "Ik besef nu dat wij nooit verteld hebben hoe de ochtend verloopt. "
    "Maandag bel ik haar om samen af te spreken wat we doen. "
    "Ik weet nog niet of mijn collega's daarin mee willen."
)


def test_a_learner_gets_literal_quotes_and_a_question_for_every_criterion(hanne: Person, snapshot: Snapshot) -> None:
    answer = hanne.asks(snapshot, STORY)
    assert answer.status_code == 200
    told = answer.json
    assert [one["criterion"] for one in told["criteria"]] == [one.id for one in snapshot.rubric.criteria]
    for one in told["criteria"]:
        assert one["visible"], one
        assert one["quote"] in STORY
        assert one["remark"] and one["question"] and one["next_step"]
    assert told["by"]["kind"] == "guide"
    assert "geen taalmodel" in told["by"]["says"] and "begrijpen kan hij je tekst niet" in told["by"]["says"]
    assert told["attempts"] == {"used": 1, "allowed": 3}


def test_sources_are_passages_of_the_learners_own_institution(
    hanne: Person, zuid: Host, client: FlaskClient, index: Indexing, snapshot: Snapshot, tmp_path: Path
) -> None:
    index("hogeschool-west", ROOT / "content/modules/samen-kijken")
    (tmp_path / "geheim.md").write_text("# Geheim van zuid\n\n" + STORY, encoding="utf-8")
    index("hogeschool-zuid", tmp_path)
    sources = hanne.asks(snapshot, STORY).json["sources"]
    assert sources
    assert all(source["text"] and source["url"] for source in sources)
    assert not any("Geheim" in source["title"] for source in sources)
    theirs = Person(client, zuid).accepts(snapshot).asks(snapshot, STORY).json["sources"]
    assert [source["title"] for source in theirs] == ["Geheim van zuid"]


def test_the_notice_comes_first_and_costs_nothing(client: FlaskClient, west: Host, snapshot: Snapshot) -> None:
    hanne = Person(client, west)
    answer = hanne.asks(snapshot, STORY)
    assert (answer.status_code, answer.json["code"]) == (403, "notice-required")
    assert answer.json["notice"]["accepted"] is False and answer.json["notice"]["html"]
    assert hanne.accepts(snapshot).asks(snapshot, STORY).json["attempts"]["used"] == 1


@pytest.mark.parametrize("nothing", ["", "   \n\t ", "...", "—"])
def test_an_empty_text_is_told_so(hanne: Person, snapshot: Snapshot, nothing: str) -> None:
    answer = hanne.asks(snapshot, nothing)
    assert (answer.status_code, answer.json["code"]) == (422, "text-empty")


def test_a_text_that_is_too_long_is_told_so(hanne: Person, snapshot: Snapshot) -> None:
    answer = hanne.asks(snapshot, "woord " * (LONGEST_TEXT // 6 + 1))
    assert (answer.status_code, answer.json["code"]) == (422, "text-too-long")
    assert hanne.asks(snapshot, ("een zin. " * (LONGEST_TEXT // 9))[:LONGEST_TEXT]).status_code == 200


def test_likely_names_are_pointed_out_before_anything_is_read(
    hanne: Person, snapshot: Snapshot, services: Services
) -> None:
    named = STORY + " Mijn collega Nadia zag het ook."
    answer = hanne.asks(snapshot, named)
    assert (answer.status_code, answer.json["code"], answer.json["names"]) == (409, "likely-names", ["Nadia"])
    with services.database.read() as session:
        assert session.scalars(select(FeedbackRow)).all() == []
    assert hanne.asks(snapshot, named, names_ok=True).status_code == 200


def test_the_people_of_the_case_may_be_named(client: FlaskClient, west: Host) -> None:
    case = snapshot_of("de-linde")
    text = "Ik zou eerst met Samira praten, omdat Greet door Mieke al gehoord is. " + STORY
    assert Person(client, west).accepts(case).asks(case, text).status_code == 200


def test_the_attempts_of_the_assignment_are_all_there_are(hanne: Person, snapshot: Snapshot) -> None:
    used = [hanne.asks(snapshot, STORY).json["attempts"]["used"] for _ in range(snapshot.feedback_attempts)]
    assert used == [1, 2, 3]
    answer = hanne.asks(snapshot, STORY)
    assert (answer.status_code, answer.json["code"]) == (429, "attempts-used")
    # Another learner has all of theirs, and so has this one for another assignment.
    yusuf = replace(hanne, subject=YUSUF).accepts(snapshot)
    assert yusuf.asks(snapshot, STORY).json["attempts"]["used"] == 1
    assert hanne.asks(snapshot_of("eigen-praktijk", prompt="Vertel."), STORY).json["attempts"]["used"] == 1


def test_asking_many_times_at_once_gives_no_more_than_the_attempts(
    app: Flask, west: Host, hanne: Person, snapshot: Snapshot
) -> None:
    def once(_: int) -> int:
        return Person(app.test_client(), west).asks(snapshot, STORY).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(once, range(12)))
    assert codes == [200] * 3 + [429] * 9


def test_an_attempt_whose_reading_never_ended_is_free_again(
    hanne: Person, snapshot: Snapshot, services: Services
) -> None:
    few = snapshot.model_copy(update={"feedback_attempts": 1})
    hanne.asks(few, STORY)
    with services.database.write() as session:
        session.execute(sql("UPDATE feedback SET answered_at = NULL"))
    assert hanne.asks(few, STORY).json["code"] == "attempts-used"  # it may still be under way
    with services.database.write() as session:
        row = session.scalars(select(FeedbackRow)).one()
        row.asked_at = NOW - timedelta(minutes=10)
    assert hanne.asks(few, STORY).status_code == 200


def test_who_asks_too_often_waits(settings: AssistantSettings, west: Host, snapshot: Snapshot) -> None:
    app = create_app(replace(settings, feedback_per_hour=2), clock=lambda: NOW)
    services: Services = app.extensions["veranderkracht"]
    register(services, west)
    hanne = Person(app.test_client(), west).accepts(snapshot)
    assert [hanne.asks(snapshot, STORY).status_code for _ in range(2)] == [200, 200]
    answer = hanne.asks(snapshot, STORY)
    assert (answer.status_code, answer.json["code"]) == (429, "rate-limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    services.database.close()


def test_a_step_without_feedback_says_so(hanne: Person) -> None:
    answer = hanne.asks(snapshot_of("eigen-praktijk", feedback_attempts=0), STORY)
    assert (answer.status_code, answer.json["code"]) == (404, "assistant-off")


def test_a_teacher_gets_the_same_evidence_without_notice_or_attempt(
    client: FlaskClient, west: Host, snapshot: Snapshot, hanne: Person
) -> None:
    teacher = Person(client, west, TEACHER_WEST, "teacher")
    for _ in range(snapshot.feedback_attempts + 1):
        told = teacher.asks(snapshot, STORY).json
        assert told["attempts"] == {"used": 0, "allowed": 0}
    assert told["criteria"] == hanne.asks(snapshot, STORY).json["criteria"]


def test_a_host_itself_gets_no_feedback(client: FlaskClient, west: Host, snapshot: Snapshot) -> None:
    sent = {"snapshot": west.key.sign_snapshot(snapshot), "text": STORY}
    answer = client.post("/v1/feedback", json=sent, headers=west.server_headers(scope=["feedback"]))
    assert (answer.status_code, answer.json["code"]) == (403, "scope-refused")


def test_a_snapshot_of_another_institution_is_refused(
    hanne: Person, client: FlaskClient, west: Host, zuid: Host, snapshot: Snapshot
) -> None:
    for signed in (zuid.key.sign_snapshot(snapshot), "x.y.z", ""):
        answer = client.post("/v1/feedback", json={"snapshot": signed, "text": STORY}, headers=hanne.headers(snapshot))
        assert (answer.status_code, answer.json["code"]) == (403, "snapshot-invalid")


def test_a_page_that_the_key_does_not_know_is_refused(hanne: Person, zuid: Host, snapshot: Snapshot) -> None:
    headers = {**hanne.headers(snapshot), "Origin": zuid.origin}
    sent = {"snapshot": hanne.host.key.sign_snapshot(snapshot), "text": STORY}
    answer = hanne.client.post("/v1/feedback", json=sent, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "origin-refused")


def test_attempts_of_one_institution_are_not_those_of_another(
    hanne: Person, client: FlaskClient, zuid: Host, snapshot: Snapshot
) -> None:
    for _ in range(snapshot.feedback_attempts):
        hanne.asks(snapshot, STORY)
    # The same pseudonym elsewhere is another person.
    theirs = Person(client, zuid, HANNE).accepts(snapshot).asks(snapshot, STORY)
    assert theirs.json["attempts"]["used"] == 1


def test_nothing_of_the_text_is_stored_or_logged(
    hanne: Person, snapshot: Snapshot, services: Services, settings: AssistantSettings, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "kwetterdekwetter"
    with caplog.at_level(logging.DEBUG):
        assert hanne.asks(snapshot, f"{STORY} {secret} 0470 12 34 56").status_code == 200
        assert "crisis" in hanne.asks(snapshot, f"{STORY} Ik wil niet meer leven, {secret}.").json
    assert secret not in caplog.text
    services.database.close()
    assert not any(secret.encode() in file.read_bytes() for file in settings.data.rglob("*") if file.is_file())
    with services.database.read() as session:
        row = session.scalars(select(FeedbackRow)).one()
        assert (row.words, row.reader, row.redacted) == (
            len(STORY.split()) + 5,
            "guide:De ingebouwde gids",
            ["telefoonnummer"],
        )
        assert "situatie" in row.visible


def test_numbers_are_taken_out_before_reading_and_stand_in_the_quote_again(hanne: Person, snapshot: Snapshot) -> None:
    sentence = "Vorige dinsdag vroeg de dochter in de gang of ik haar op 0470 12 34 56 wilde bellen."
    told = hanne.asks(snapshot, sentence + " Ik heb geknikt en ben doorgelopen naar een bewoner.").json
    assert told["redacted"] == ["telefoonnummer"]
    assert told["criteria"][0]["quote"] == sentence


def test_no_level_or_grade_is_ever_given(hanne: Person, snapshot: Snapshot) -> None:
    body = hanne.asks(snapshot, STORY).get_data(as_text=True)
    assert '"level' not in body and '"score' not in body and '"points' not in body
