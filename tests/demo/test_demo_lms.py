"""What the demo promises: a platform as strict as the real ones it plays, and a clear word when it cannot start."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask.testing import FlaskClient

from demo.lms.app import create_app
from demo.lms.gradebook import Gradebook, ScoreRefused
from demo.lms.platform import Addresses
from demo.processes import DemoError, Service, require_free, run

LMS = "http://127.0.0.1:9990"
TOOL = "http://127.0.0.1:9991"


@pytest.fixture
def waiting() -> list[str]:
    return []


@pytest.fixture
def client(tmp_path: Path, waiting: list[str]) -> Iterator[FlaskClient]:
    app = create_app(Addresses(LMS, TOOL), tmp_path, waiting_for=lambda: waiting)
    with app.test_client() as client:
        yield client


def score(**changes: Any) -> dict[str, Any]:
    message = {
        "userId": "hanne",
        "timestamp": "2026-03-02T21:14:05.000Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 7.5,
        "scoreMaximum": 10,
    }
    return {**message, **changes}


def test_the_demo_is_ready_only_when_all_of_it_is(client: FlaskClient, waiting: list[str]) -> None:
    waiting.append("assistent")
    answer = client.get("/healthz")
    assert answer.status_code == 503 and answer.json == {"status": "wacht", "waiting_for": ["assistent"]}
    waiting.clear()
    assert client.get("/healthz").status_code == 200


def test_a_launch_names_the_person_the_step_and_the_line_item(client: FlaskClient) -> None:
    client.post("/aanmelden", data={"persoon": "yusuf"})
    login = parse_qs(urlsplit(client.get("/start/link-eigen-praktijk").location).query)
    answer = client.get(
        "/lti/auth",
        query_string={
            "client_id": login["client_id"][0],
            "login_hint": login["login_hint"][0],
            "lti_message_hint": login["lti_message_hint"][0],
            "redirect_uri": f"{TOOL}/lti/launch",
            "nonce": "n1",
            "state": "s1",
        },
    )
    assert answer.status_code == 200
    token = answer.text.split('name="id_token" value="')[1].split('"')[0]
    key = jwt.PyJWK(client.get("/lti/jwks").json["keys"][0], algorithm="RS256").key  # type: ignore[index]
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="veranderkracht-demo")
    assert (claims["sub"], claims["nonce"]) == ("yusuf", "n1")
    custom = claims["https://purl.imsglobal.org/spec/lti/claim/custom"]
    assert custom == {"module": "samen-kijken", "step": "eigen-praktijk"}
    assert "link-eigen-praktijk" in claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"]


def test_a_launch_started_by_another_person_is_refused(client: FlaskClient) -> None:
    login = parse_qs(urlsplit(client.get("/start/link-eigen-praktijk").location).query)
    client.post("/aanmelden", data={"persoon": "els"})
    answer = client.get(
        "/lti/auth", query_string={"lti_message_hint": login["lti_message_hint"][0], "login_hint": "hanne"}
    )
    assert answer.status_code == 400


def test_nobody_writes_a_score_without_a_token(client: FlaskClient) -> None:
    answer = client.post("/ags/lineitems/link-eigen-praktijk/scores", json=score())
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (score(userId="onbekend"), 400),
        (score(timestamp="2026-03-02T21:14:05"), 400),
        (score(timestamp="gisteren"), 400),
        (score(gradingProgress="Klaar"), 400),
        (score(scoreMaximum=None), 400),
        (score(scoreGiven="veel"), 400),
    ],
)
def test_a_score_that_a_real_platform_refuses_is_refused(tmp_path: Path, message: dict[str, Any], status: int) -> None:
    with pytest.raises(ScoreRefused) as caught:
        Gradebook(tmp_path / "g.sqlite3", ("hanne",)).put("link", message)
    assert caught.value.status == status


def test_an_older_score_does_not_overwrite_a_newer_one(tmp_path: Path) -> None:
    book = Gradebook(tmp_path / "g.sqlite3", ("hanne",))
    book.put("link", score())
    for earlier in ("2026-03-02T21:14:05.000Z", "2026-03-02T21:14:04+00:00"):
        with pytest.raises(ScoreRefused) as caught:
            book.put("link", score(timestamp=earlier, scoreGiven=1))
        assert caught.value.status == 409
    stored = Gradebook(tmp_path / "g.sqlite3", ("hanne",)).entry("hanne", "link")
    assert stored is not None and str(stored.score) == "7.5"


def test_a_port_in_use_is_named_with_what_it_was_for() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(DemoError, match=f"poort {port} \\(voor de LTI-tool\\)"):
            require_free({port: "de LTI-tool"})


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(DemoError, match="kapot"):
        run(["sh", "-c", "echo kapot >&2; exit 3"], {})


def test_a_service_that_does_not_answer_is_not_healthy() -> None:
    assert not Service("stil", 9, [], {}).healthy()
