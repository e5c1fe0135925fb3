"""Events: a host's statements are stored once, in its own tenant, or refused for good with a reason."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from assistant_service.events import BATCH
from assistant_service.services import Services
from assistant_service.tables import StatementRow
from tests.assistant_service.hosts import NOW, Host
from tests.cast import key
from veranderkracht import events
from veranderkracht.activities.store import ActivityEvent

EXTENSION = "urn:veranderkracht:extension:"


def statement(host: Host, **changes: Any) -> dict[str, Any]:
    event = ActivityEvent(
        verb="submitted",
        key=key(tenant=host.key.tenant),
        module="samen-kijken",
        module_version=1,
        step="eigen-praktijk",
        kind="reflection",
        snapshot_hash="sha256-00",
        at=NOW,
    )
    return {**events.statement(event, issuer=host.key.issuer, course="cursus-1"), **changes}


def deliver(client: FlaskClient, host: Host, *statements: dict[str, Any], **claims: Any) -> Any:
    return client.post("/v1/events", json={"statements": list(statements)}, headers=host.server_headers(**claims))


def stored(services: Services) -> list[tuple[int, str]]:
    with services.database.read() as session:
        return [(row.tenant_id, row.id) for row in session.scalars(select(StatementRow))]


def test_what_the_core_builds_is_stored_as_it_came(client: FlaskClient, services: Services, west: Host) -> None:
    told = statement(west)
    answer = deliver(client, west, told)
    assert (answer.status_code, answer.json) == (200, {"stored": [told["id"]], "refused": []})
    with services.database.read() as session:
        row = session.scalars(select(StatementRow)).one()
        assert (row.verb, row.module, row.step, row.course) == (
            "submitted",
            "samen-kijken",
            "eigen-praktijk",
            "cursus-1",
        )
        assert row.happened_at == NOW
        assert row.body == told


def test_a_repeated_id_counts_as_stored_and_is_stored_once(client: FlaskClient, services: Services, west: Host) -> None:
    told = statement(west)
    for batch in ([told], [told, told], [told, statement(west)]):
        answer = deliver(client, west, *batch)
        assert answer.json == {"stored": [one["id"] for one in batch], "refused": []}
    assert len(stored(services)) == 2


def test_one_tenants_id_does_not_stand_in_the_way_of_anothers(
    client: FlaskClient, services: Services, west: Host, zuid: Host
) -> None:
    name = str(uuid.uuid4())
    assert deliver(client, west, statement(west, id=name)).json["stored"] == [name]
    assert deliver(client, zuid, statement(zuid, id=name)).json["stored"] == [name]
    assert len(stored(services)) == 2


def without(told: dict[str, Any], *path: str) -> dict[str, Any]:
    head, *rest = path
    return {k: (without(v, *rest) if k == head and rest else v) for k, v in told.items() if k != head or rest}


WRONG = {
    "another tenant's": lambda west, zuid: statement(west, context=statement(zuid)["context"]),
    "told by another host": lambda west, zuid: statement(west, actor=statement(zuid)["actor"]),
    "without an id": lambda west, zuid: without(statement(west), "id"),
    "an id that is no UUID": lambda west, zuid: statement(west, id="abc"),
    "another version of xAPI": lambda west, zuid: statement(west, version="2.0.0"),
    "a moment without a zone": lambda west, zuid: statement(west, timestamp="2026-11-20T09:00:00"),
    "no moment": lambda west, zuid: without(statement(west), "timestamp"),
    "an unknown verb": lambda west, zuid: statement(west, verb={"id": "http://adlnet.gov/expapi/verbs/voided"}),
    "an object that is no step": lambda west, zuid: statement(west, object={"id": "https://elders.example"}),
    "a learner by name": lambda west, zuid: statement(
        west, actor={"account": {"homePage": west.key.issuer, "name": "Jan Peeters"}}
    ),
    "another schema": lambda west, zuid: {
        **(told := statement(west)),
        "context": {"extensions": {**told["context"]["extensions"], f"{EXTENSION}schema": 99}},
    },
    "no course": lambda west, zuid: without(statement(west), "context", "extensions", f"{EXTENSION}course"),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_a_wrong_statement_is_refused_and_the_others_are_stored(
    client: FlaskClient, services: Services, west: Host, zuid: Host, make: Any
) -> None:
    right, wrong = statement(west), make(west, zuid)
    answer = deliver(client, west, wrong, right).json
    assert answer["stored"] == [right["id"]]
    assert [row["id"] for row in answer["refused"]] == [wrong.get("id", "")]
    assert answer["refused"][0]["reason"]
    assert len(stored(services)) == 1


def test_a_batch_has_a_limit(client: FlaskClient, services: Services, west: Host) -> None:
    answer = deliver(client, west, *[{"id": str(number)} for number in range(BATCH + 1)])
    assert (answer.status_code, answer.json["code"]) == (400, "bad-input")
    assert stored(services) == []


def test_a_body_beyond_a_megabyte_is_refused(client: FlaskClient, west: Host) -> None:
    answer = client.post(
        "/v1/events", data=b" " * 1_000_001, headers=west.server_headers(), content_type="application/json"
    )
    assert (answer.status_code, answer.json["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    ("role", "scope"), [("learner", ["events"]), ("teacher", ["events"]), ("host", ["feedback"]), ("host", [])]
)
def test_a_completion_that_a_browser_claims_is_not_counted(
    client: FlaskClient, services: Services, west: Host, role: str, scope: list[str]
) -> None:
    headers = {"Authorization": f"Bearer {west.token(role=role, scope=scope)}", "Origin": west.origin}
    answer = client.post("/v1/events", json={"statements": [statement(west)]}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "scope-refused")
    assert stored(services) == []


def test_a_delivery_over_http_is_acknowledged(client: FlaskClient, services: Services, west: Host) -> None:
    token = west.key.server_token(at=NOW)
    answer = client.post(
        "/v1/events", json={"statements": [statement(west)]}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200
    with services.database.read() as session:
        assert session.scalar(select(func.count()).select_from(StatementRow)) == 1
