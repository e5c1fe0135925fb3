"""What an administrator may count on in settings, and the sidecar in events."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cast import HANNE, key
from veranderkracht.activities.store import ActivityEvent
from veranderkracht.events import deliver, statement
from veranderkracht.settings import Setting, SettingsError, read

TABLE = (
    Setting("VK_URL", "het adres", default="http://127.0.0.1"),
    Setting("VK_SECRET", "het geheim"),
    Setting("VK_PORT", "de poort", default="8000", check=int),
)


def test_settings_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("abc\n")
    values = read(TABLE, {"VK_SECRET_FILE": str(secret), "VK_PORT": "9000"})
    assert values == {"VK_URL": "http://127.0.0.1", "VK_SECRET": "abc", "VK_PORT": "9000"}


def test_wrong_settings_stop_the_start_and_are_named_all_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read(TABLE, {"VK_PORT": "poort"})
    assert "VK_SECRET: is niet ingesteld" in caught.value.detail and "VK_PORT" in caught.value.detail


EVENT = ActivityEvent(
    verb="scored",
    key=key(),
    module="proef",
    module_version=4,
    step="reflectie",
    kind="reflection",
    snapshot_hash="sha256-0",
    at=datetime(2026, 3, 2, 21, 14, tzinfo=UTC),
    score=(Decimal("7.5"), Decimal("10")),
    comment="Mooi werk, Hanne",
)


def test_a_statement_names_the_learner_by_pseudonym_and_holds_no_text() -> None:
    told = statement(EVENT, issuer="https://lms.test", course="c1")
    assert told["actor"]["account"] == {"homePage": "https://lms.test", "name": HANNE}
    assert told["object"]["id"] == "urn:veranderkracht:proef:reflectie"
    assert told["result"]["score"] == {"raw": 7.5, "min": 0, "max": 10.0}
    assert "Mooi werk" not in json.dumps(told)
    assert told["id"] != statement(EVENT, issuer="https://lms.test", course="c1")["id"]


class _Sidecar(BaseHTTPRequestHandler):
    answer: tuple[int, bytes] = (200, b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body = type(self).answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def sidecar() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sidecar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_what_the_sidecar_stored_and_refused_comes_back_by_id(sidecar: str) -> None:
    _Sidecar.answer = (200, json.dumps({"stored": ["a"], "refused": [{"id": "b", "reason": "te oud"}]}).encode())
    delivery = deliver(sidecar, "token", [{"id": "a"}, {"id": "b"}])
    assert delivery.stored == ("a",) and delivery.refused == (("b", "te oud"),) and delivery.failure == ""


@pytest.mark.parametrize("answer", [(500, b""), (200, b"geen json"), (200, b"{}"), (302, b"")])
def test_anything_else_is_a_failure_to_try_again(sidecar: str, answer: tuple[int, bytes]) -> None:
    _Sidecar.answer = answer
    delivery = deliver(sidecar, "token", [{"id": "a"}])
    assert delivery.failure and delivery.stored == ()


def test_a_sidecar_that_is_down_costs_nothing() -> None:
    assert deliver("http://127.0.0.1:9", "token", [{"id": "a"}]).failure
