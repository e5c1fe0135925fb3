"""Which pages a browser lets talk to the sidecar: those of registered hosts, and no other."""

import pytest
from flask.testing import FlaskClient

from tests.assistant_service.hosts import ORIGIN_WEST, ORIGIN_ZUID, Host

ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.mark.parametrize("origin", [ORIGIN_WEST, ORIGIN_ZUID])
def test_a_registered_origin_may_ask_first(client: FlaskClient, origin: str) -> None:
    answer = client.options("/v1/feedback", headers={"Origin": origin, **ASKED})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", ORIGIN_WEST + ".evil.example", "*"])
def test_another_origin_gets_nothing_to_share(client: FlaskClient, origin: str | None) -> None:
    answer = client.options("/v1/notice", headers={**({"Origin": origin} if origin else {}), **ASKED})
    assert answer.status_code == 403
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize("origin", [ORIGIN_WEST, "https://evil.example"])
def test_caches_keep_answers_per_origin(client: FlaskClient, origin: str) -> None:
    assert "Origin" in client.options("/v1/notice", headers={"Origin": origin, **ASKED}).headers["Vary"]
    answer = client.get("/v1/notice", headers={"Origin": origin})
    assert "Origin" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_of_a_host_can_read_why_it_was_refused(client: FlaskClient, west: Host) -> None:
    answer = client.get("/v1/notice", headers=west.headers(tenant="een-andere"))
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN_WEST


def test_a_strange_page_with_a_stolen_token_cannot_read_the_answer(client: FlaskClient, west: Host) -> None:
    answer = client.get("/v1/notice", headers={**west.headers(), "Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
