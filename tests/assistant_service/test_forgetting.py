"""Leaving: all of a person is given, erased for good, or forgotten in time; the log keeps that it happened."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from assistant_service.app import PERSONAL_DATA
from assistant_service.audit import AuditRow
from assistant_service.conversations.tables import ConversationRow
from assistant_service.feedback.attempts import FeedbackRow
from assistant_service.forgetting import expire
from assistant_service.retention import Retention
from assistant_service.services import Services
from assistant_service.tables import Base
from tests.assistant_service.conversations.conftest import Talker
from tests.assistant_service.feedback.conftest import Person, snapshot_of
from tests.assistant_service.feedback.test_endpoint import STORY
from tests.assistant_service.hosts import Host
from tests.assistant_service.test_events import statement
from tests.cast import HANNE, YUSUF


def lives(client: FlaskClient, host: Host, subject: str) -> None:
    """Do everything that leaves a trace."""
    snapshot = snapshot_of("eigen-praktijk")
    person = Person(client, host, subject).accepts(snapshot)
    assert person.asks(snapshot, STORY).status_code == 200
    talker = Talker(client, host, subject)
    path = talker.begins()
    assert talker.says(path, STORY)[-1][0] == "done"
    assert talker.post(f"{path}/question", {"text": "Wie kan mij helpen?"}).status_code == 200
    event = statement(host)
    event["actor"]["account"]["name"] = subject
    sent = client.post("/v1/events", json={"statements": [event]}, headers=host.server_headers())
    assert sent.json["stored"]


def rows_with(services: Services, subject: str) -> dict[str, int]:
    """Count in every table the rows that name somebody, whatever the column."""
    found = {}
    with services.database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(text(f'SELECT * FROM "{table.name}"')).all()
            found[table.name] = sum(subject in str(row) for row in rows)
    return {name: number for name, number in found.items() if number}


def test_who_leaves_is_erased_everywhere_and_the_log_says_so_without_content(
    client: FlaskClient, services: Services, west: Host
) -> None:
    for subject in (HANNE, YUSUF):
        lives(client, west, subject)
    before = rows_with(services, YUSUF)
    headers = west.server_headers(scope=["learners"])
    assert client.delete(f"/v1/learners/{HANNE}", headers=headers).status_code == 204
    assert rows_with(services, HANNE) == {"audit": 1}
    assert rows_with(services, YUSUF) == before
    with services.database.read() as session:
        row = session.scalars(select(AuditRow)).one()
    assert (row.act, row.by) == ("learner-erased", west.key.issuer) and row.about.startswith(HANNE)


def test_a_host_may_ask_again_and_about_who_is_not_known(client: FlaskClient, west: Host) -> None:
    headers = west.server_headers(scope=["learners"])
    for _ in range(2):
        assert client.delete("/v1/learners/onbekend", headers=headers).status_code == 204


def test_erasing_asks_for_its_own_scope_and_a_host(client: FlaskClient, west: Host) -> None:
    for headers in (west.server_headers(), west.headers(scope=["learners"])):
        answer = client.delete(f"/v1/learners/{HANNE}", headers=headers)
        assert (answer.status_code, answer.json["code"]) == (403, "scope-refused")


def test_another_institution_erases_nobody_here(
    client: FlaskClient, services: Services, west: Host, zuid: Host
) -> None:
    lives(client, west, HANNE)
    before = rows_with(services, HANNE)
    client.delete(f"/v1/learners/{HANNE}", headers=zuid.server_headers(scope=["learners"]))
    after = rows_with(services, HANNE)
    assert {**after, "audit": 0} == {**before, "audit": 0}


def test_an_export_gives_a_person_all_that_is_theirs(client: FlaskClient, west: Host) -> None:
    lives(client, west, HANNE)
    lives(client, west, YUSUF)
    own = client.get("/v1/me", headers=west.headers()).json
    by_host = client.get(f"/v1/learners/{HANNE}", headers=west.server_headers(scope=["learners"])).json
    assert own == by_host
    assert (own["tenant"], own["subject"]) == (west.key.tenant, HANNE)
    assert [len(own["data"][name]) for name in ("notice", "feedback", "conversations", "questions", "statements")] == [
        1
    ] * 5
    assert YUSUF not in str(own)


def test_a_person_can_erase_it_all_and_is_asked_anew(client: FlaskClient, services: Services, west: Host) -> None:
    lives(client, west, HANNE)
    assert client.delete("/v1/me", headers=west.headers()).status_code == 204
    assert rows_with(services, HANNE) == {"audit": 1}
    assert client.get("/v1/notice", headers=west.headers()).json["accepted"] is False


def test_what_is_older_than_the_policy_says_is_forgotten(app: Flask, services: Services, west: Host) -> None:
    lives(app.test_client(), west, HANNE)
    assert expire(services, PERSONAL_DATA) == 0
    with services.database.write() as session:
        for row in session.scalars(select(FeedbackRow)):
            row.asked_at -= timedelta(days=366)
    assert expire(services, PERSONAL_DATA) == 1
    with services.database.read() as session:
        assert session.scalars(select(AuditRow.act)).all() == ["data-expired"]


def test_a_running_service_forgets_by_itself(app: Flask, services: Services, west: Host) -> None:
    lives(app.test_client(), west, HANNE)
    with services.database.write() as session:
        for row in session.scalars(select(ConversationRow)):
            row.changed_at -= timedelta(days=366)
    running = Retention(services, PERSONAL_DATA)
    running.start()
    running.stop()
    with services.database.read() as session:
        assert session.scalars(select(ConversationRow)).all() == []


def test_every_table_that_knows_a_person_has_a_room_that_erases_it(services: Services) -> None:
    with services.database.read() as session:
        inspector = inspect(session.connection())
        personal = {
            name
            for name in inspector.get_table_names()
            if any(column["name"] == "subject" for column in inspector.get_columns(name))
        }
    told = {
        *("notice_acceptances", "feedback", "teacher_readings", "conversations", "questions", "model_usage"),
        "statements",
    }
    assert personal == told and len(PERSONAL_DATA) == len(told)
