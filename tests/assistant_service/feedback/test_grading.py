"""A reading at the teacher's desk: what became of its remarks, and the level that shows after the teacher chose."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from assistant_service.app import PERSONAL_DATA
from assistant_service.audit import AuditRow
from assistant_service.feedback import grading
from assistant_service.feedback.grading import TeacherReadingRow
from assistant_service.forgetting import expire
from assistant_service.policies import Decision, Policy, Provider, save_policy
from assistant_service.services import Services
from assistant_service.tenants import find_tenant
from tests.assistant_service.feedback.conftest import Person, snapshot_of
from tests.assistant_service.feedback.test_endpoint import STORY
from tests.assistant_service.feedback.test_model import good, remark
from tests.assistant_service.hosts import NOW, Host
from tests.cast import HANNE, TEACHER_WEST, WEST, ZUID
from tests.peers.stub_model import StubModel, says
from veranderkracht.activities.assignment import Snapshot

DECISION = Decision(by="Raad van bestuur", on=NOW.date(), why="Een proef van een jaar, met de docenten besproken.")
LEVELS = [{"criterion": "situatie", "level": "duidelijk"}, {"criterion": "eigen-aandeel", "level": "begin"}]
Read = tuple[str, dict[str, Any]]


@pytest.fixture
def stub() -> Iterator[StubModel]:
    with StubModel() as server:
        yield server


@pytest.fixture
def teacher(client: FlaskClient, west: Host) -> Person:
    return Person(client, west, TEACHER_WEST, "teacher")


def decide(services: Services, *providers: Provider, decision: Decision | None = DECISION, tenant: str = WEST) -> None:
    """Record what an institution decided about proposed levels."""
    with services.database.write() as session:
        id = find_tenant(session, tenant).id
        policy = Policy(providers=providers, level_proposals=decision)
        save_policy(session, id, policy, services.settings, by="test", at=NOW)


@pytest.fixture
def decided(services: Services, stub: StubModel) -> Provider:
    """West has a language model and decided that it may propose levels."""
    provider = Provider(model="openai:stub", url=stub.url, key="sleutel")
    decide(services, provider)
    return provider


def reads(person: Person, stub: StubModel, snapshot: Snapshot, **changes: Any) -> dict[str, Any]:
    stub.will(says(good(**{"levels": LEVELS, **changes})))
    answer = person.asks(snapshot, STORY)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def asks_level(person: Person, id: str, snapshot: Snapshot, **body: Any) -> TestResponse:
    told = {"snapshot": person.host.key.sign_snapshot(snapshot), "criterion": "situatie", "chosen": "sterk", **body}
    return person.client.post(f"/v1/feedback/{id}/level", json=told, headers=person.headers(snapshot))


def tells(person: Person, id: str, snapshot: Snapshot, *criteria: dict[str, Any], **body: Any) -> TestResponse:
    told = {"snapshot": person.host.key.sign_snapshot(snapshot), "criteria": criteria, **body}
    return person.client.post(f"/v1/feedback/{id}/remarks", json=told, headers=person.headers(snapshot))


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def rows(services: Services) -> dict[str, TeacherReadingRow]:
    with services.database.read() as session:
        return {row.criterion: row for row in session.scalars(select(TeacherReadingRow))}


def lines(services: Services, tenant: str = WEST) -> list[grading.Line]:
    with services.database.read() as session:
        return grading.figures(session, find_tenant(session, tenant).id, NOW - timedelta(days=1))


def test_what_a_teacher_kept_changed_and_dropped_is_counted_without_a_word_of_anybody(
    teacher: Person, services: Services, snapshot: Snapshot
) -> None:
    id = teacher.asks(snapshot, STORY).json["id"]
    told = [
        {"criterion": "situatie", "remark": "kept", "chosen": "sterk"},
        {"criterion": "inzicht", "remark": "changed", "chosen": None},
        {"criterion": "perspectieven", "remark": "dropped"},
    ]
    assert tells(teacher, id, snapshot, *told).status_code == 204
    by = {one.criterion: one for one in lines(services)}
    assert set(by) == {"situatie", "inzicht", "perspectieven"}
    assert (by["situatie"].rubric, by["situatie"].reader, by["situatie"].kept) == ("reflectie-basis", "guide", 1)
    assert (by["inzicht"].changed, by["perspectieven"].dropped, by["inzicht"].compared) == (1, 1, 0)
    kept = rows(services)["situatie"]
    assert kept.chosen is None  # without a proposal the level is the host's alone
    # Saved again: what holds is the last.
    assert tells(teacher, id, snapshot, {"criterion": "situatie", "remark": "dropped"}).status_code == 204
    assert next(one for one in lines(services) if one.criterion == "situatie").kept == 0
    assert lines(services, ZUID) == []


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ({"criterion": "situatie", "remark": "mooi geschreven"}, (400, "bad-input")),
        ({"criterion": "wat-ik-wil", "remark": "kept"}, (400, "bad-input")),
        ({"criterion": "situatie", "remark": "kept", "chosen": "Hanne doet het goed"}, (422, "level-missing")),
        ({"criterion": "situatie", "remark": "kept", "comment": "Knap, Hanne."}, (400, "bad-input")),
    ],
)
def test_nothing_but_the_rubrics_own_ids_can_be_recorded(
    teacher: Person, services: Services, snapshot: Snapshot, criterion: dict[str, Any], expected: tuple[int, str]
) -> None:
    id = teacher.asks(snapshot, STORY).json["id"]
    assert code(tells(teacher, id, snapshot, criterion)) == expected
    assert lines(services) == []


def test_a_reading_opens_to_its_own_teacher_and_assignment_alone(
    teacher: Person, services: Services, decided: Provider, stub: StubModel, zuid: Host, snapshot: Snapshot
) -> None:
    id = reads(teacher, stub, snapshot)["id"]
    decide(services, decided, tenant=ZUID)
    strangers = [
        (replace(teacher, subject="docent-anders"), snapshot),
        (replace(teacher, host=zuid), snapshot),
        (teacher, snapshot_of("eigen-praktijk", prompt="Iets anders.")),
    ]
    for person, seen in strangers:
        assert code(asks_level(person, id, seen)) == (404, "feedback-unknown")
        assert code(tells(person, id, seen, {"criterion": "situatie", "remark": "kept"})) == (404, "feedback-unknown")
    assert code(asks_level(teacher, "bestaat-niet", snapshot)) == (404, "feedback-unknown")
    assert lines(services) == [] and lines(services, ZUID) == []


def test_a_learner_is_refused_and_never_gets_a_level(
    teacher: Person, decided: Provider, stub: StubModel, snapshot: Snapshot
) -> None:
    id = reads(teacher, stub, snapshot)["id"]
    hanne = replace(teacher, subject=HANNE, role="learner").accepts(snapshot)
    for answer in (asks_level(hanne, id, snapshot), tells(hanne, id, snapshot)):
        assert code(answer) == (403, "scope-refused")
    read = reads(hanne, stub, snapshot)
    assert read["proposals"] is False
    # The model is not even asked: it sees no levels, and has no place to put one.
    assert "niveau duidelijk" not in stub.prompt() and "levels" not in str(stub.requests[-1]["response_format"])
    assert code(asks_level(hanne, read["id"], snapshot)) == (403, "scope-refused")


def test_a_level_shows_only_after_the_teacher_chose_and_changes_nothing(
    teacher: Person, services: Services, decided: Provider, stub: StubModel, snapshot: Snapshot
) -> None:
    read = reads(teacher, stub, snapshot)
    assert read["proposals"] is True
    assert "niveau duidelijk" in stub.prompt()
    assert "duidelijk" not in str(read["criteria"])  # not with the feedback itself
    for unchosen in ("", "geen-niveau"):
        assert code(asks_level(teacher, read["id"], snapshot, chosen=unchosen)) == (422, "level-missing")
    assert all(row.chosen_first is None for row in rows(services).values())
    shown = asks_level(teacher, read["id"], snapshot)
    assert shown.json == {"criterion": "situatie", "proposed": {"id": "duidelijk", "title": "Duidelijk"}}
    # A level chosen after seeing the proposal does not count as agreement.
    assert asks_level(teacher, read["id"], snapshot, chosen="duidelijk").json == shown.json
    same = asks_level(teacher, read["id"], snapshot, criterion="eigen-aandeel", chosen="begin")
    assert same.json["proposed"]["id"] == "begin"
    assert asks_level(teacher, read["id"], snapshot, criterion="inzicht").json["proposed"] is None
    said = {"criterion": "situatie", "remark": "kept", "chosen": "duidelijk"}
    assert tells(teacher, read["id"], snapshot, said).status_code == 204
    by = {one.criterion: one for one in lines(services)}
    assert (by["situatie"].compared, by["situatie"].agreed) == (1, 0)
    assert (by["eigen-aandeel"].compared, by["eigen-aandeel"].agreed) == (1, 1)
    kept = rows(services)["situatie"]
    assert (kept.proposed, kept.chosen_first, kept.chosen) == ("duidelijk", "sterk", "duidelijk")


def test_without_the_decision_there_is_no_level_and_withdrawing_it_works_at_once(
    teacher: Person, services: Services, decided: Provider, stub: StubModel, snapshot: Snapshot
) -> None:
    id = reads(teacher, stub, snapshot)["id"]
    decide(services, decided, decision=None)
    assert code(asks_level(teacher, id, snapshot)) == (403, "proposals-off")
    read = reads(teacher, stub, snapshot)
    assert read["proposals"] is False and "niveau duidelijk" not in stub.prompt()
    with services.database.read() as session:
        acts = session.scalars(select(AuditRow.act).order_by(AuditRow.id)).all()
    assert [act for act in acts if act.startswith("level")] == ["level-proposals-on", "level-proposals-off"]


def test_the_built_in_guide_never_proposes_a_level(teacher: Person, services: Services, snapshot: Snapshot) -> None:
    decide(services)
    read = teacher.asks(snapshot, STORY).json
    assert (read["by"]["kind"], read["proposals"]) == ("guide", False)
    assert code(asks_level(teacher, read["id"], snapshot)) == (403, "proposals-off")


def test_a_proposal_that_rests_on_an_invented_passage_or_level_does_not_stand(
    teacher: Person, decided: Provider, stub: StubModel, snapshot: Snapshot
) -> None:
    invented = remark("situatie", quote="Dit staat er niet.")
    unknown = {"criterion": "eigen-aandeel", "level": "uitmuntend"}
    read = reads(teacher, stub, snapshot, criteria=[invented], levels=[LEVELS[0], unknown])
    assert read["proposals"] is False
    assert asks_level(teacher, read["id"], snapshot).json["proposed"] is None


def test_the_notice_says_so_and_asks_again(
    client: FlaskClient, services: Services, west: Host, decided: Provider, snapshot: Snapshot
) -> None:
    hanne = Person(client, west).accepts(snapshot)
    told = client.get("/v1/notice", headers=hanne.headers(snapshot)).json
    assert "niveau" in told["html"] and "na een eigen keuze" in told["html"]
    decide(services, decided, decision=None)
    without = client.get("/v1/notice", headers=hanne.headers(snapshot)).json
    assert "na een eigen keuze" not in without["html"] and without["accepted"] is False


def test_a_decision_without_a_language_model_is_nothing_to_tell_learners(
    client: FlaskClient, services: Services, west: Host, snapshot: Snapshot
) -> None:
    hanne = Person(client, west).accepts(snapshot)
    decide(services)
    assert client.get("/v1/notice", headers=hanne.headers(snapshot)).json["accepted"] is True


def test_a_teacher_who_leaves_is_forgotten_and_time_forgets_the_rest(
    teacher: Person, services: Services, west: Host, snapshot: Snapshot
) -> None:
    for person in (teacher, replace(teacher, subject="docent-anders")):
        id = person.asks(snapshot, STORY).json["id"]
        assert tells(person, id, snapshot, {"criterion": "situatie", "remark": "kept"}).status_code == 204
    own = teacher.client.get("/v1/me", headers=teacher.headers(snapshot)).json["data"]["teacher_readings"]
    assert {one["criterion"] for one in own} == {one.id for one in snapshot.rubric.criteria}
    headers = west.server_headers(scope=["learners"])
    assert teacher.client.delete(f"/v1/learners/{TEACHER_WEST}", headers=headers).status_code == 204
    assert {row.subject for row in rows(services).values()} == {"docent-anders"}
    later = replace(services, clock=lambda: NOW + timedelta(days=3650))
    expire(later, PERSONAL_DATA)
    assert rows(services) == {}
