"""How statements leave the outbox: every one until the sidecar has acknowledged or refused it, and never a text."""

import io
import json
import logging
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from tests.cast import key
from tests.core.assignments import assignment
from tests.core.store_promises import AT
from tests.xblocks.sidecar import Sidecar
from veranderkracht.activities.player import Player
from xblocks.configuration import configuration
from xblocks.models import OutboxRow
from xblocks.outbox import OutboxRecorder, Round, forget_acknowledged, send_due
from xblocks.store_django import DjangoStore

TEXT = "Geheime gedachten over mevrouw Verlinden"


@pytest.fixture
def sidecar() -> Iterator[Sidecar]:
    with Sidecar() as running:
        yield running


@pytest.fixture(autouse=True)
def site(database: None, sidecar: Sidecar, tmp_path: Path) -> Iterator[None]:
    settings = {
        "TENANT": "hogeschool-west",
        "ISSUER": "https://lms.west.example",
        "ASSISTANT_URL": sidecar.url,
        "HOST_KEY_FILE": str(tmp_path / "host.pem"),
        "TENANT_KEY_FILE": str(tmp_path / "tenant.secret"),
    }
    with override_settings(VERANDERKRACHT=settings):
        call_command("vk_host_key", stdout=io.StringIO())
        yield


@pytest.fixture
def waiting() -> list[str]:
    """Three statements that wait, by id: a learner opened a step, handed it in, and so completed it."""
    player = Player(
        DjangoStore(OutboxRecorder("https://lms.west.example", "cursus-1")),
        assignment("reflectie"),
        key(),
        clock=lambda: AT,
    )
    player.opened()
    player.submit(0, {"text": TEXT})
    return list(OutboxRow.objects.order_by("pk").values_list("statement_id", flat=True))


def round_of(batch: int = 100, minutes: float = 0) -> Round:
    key = configuration().host_key()
    return send_due(configuration().ASSISTANT_URL, key, batch=batch, clock=lambda: AT + timedelta(minutes=minutes))


def test_what_is_acknowledged_is_sent_once(sidecar: Sidecar, waiting: list[str]) -> None:
    assert round_of() == Round(stored=3)
    assert round_of() == Round()
    assert sidecar.received == [waiting]
    assert OutboxRow.objects.filter(acknowledged_at=AT).count() == 3


def test_the_call_is_signed_by_this_site_for_events_only(sidecar: Sidecar, waiting: list[str]) -> None:
    round_of()
    token = sidecar.authorizations[0].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["iss"], claims["tenant"], claims["scope"]) == (
        "https://lms.west.example",
        "hogeschool-west",
        ["events"],
    )
    assert jwt.get_unverified_header(token)["kid"] == configuration().host_key().kid


def test_no_statement_carries_what_a_learner_wrote(sidecar: Sidecar, waiting: list[str]) -> None:
    round_of()
    assert "Verlinden" not in sidecar.bodies[0] and key().learner in sidecar.bodies[0]


def test_a_refused_statement_stays_with_its_reason_and_is_not_sent_again(sidecar: Sidecar, waiting: list[str]) -> None:
    sidecar.refuse = {waiting[1]: "tenant"}
    assert round_of() == Round(stored=2, refused=1)
    assert round_of(minutes=9000) == Round()
    assert OutboxRow.objects.get(statement_id=waiting[1]).refused_reason == "tenant"


def test_a_sidecar_that_is_down_is_asked_less_and_less_often(sidecar: Sidecar, waiting: list[str]) -> None:
    sidecar.status = 503
    assert round_of() == Round(left=3, failure="status 503")
    assert round_of(minutes=0.1) == Round()
    assert round_of(minutes=0.2).left == 3
    assert round_of(minutes=0.4) == Round()
    sidecar.status = 200
    assert round_of(minutes=60) == Round(stored=3)
    assert set(OutboxRow.objects.values_list("attempts", flat=True)) == {3}


def test_a_statement_that_the_answer_does_not_name_is_sent_again(sidecar: Sidecar, waiting: list[str]) -> None:
    sidecar.forget = {waiting[0]}
    assert round_of() == Round(stored=2, left=1, failure="geen antwoord per gebeurtenis")
    sidecar.forget = set()
    assert round_of(minutes=1) == Round(stored=1)


def test_the_command_sends_everything_in_batches_oldest_first(sidecar: Sidecar, waiting: list[str]) -> None:
    said = io.StringIO()
    call_command("vk_deliver_events", batch=2, stdout=said)
    assert sidecar.received == [waiting[:2], waiting[2:]]
    assert said.getvalue() == "2 bezorgd, 0 geweigerd.\n1 bezorgd, 0 geweigerd.\n"


def test_the_command_fails_clearly_and_tells_no_text(
    sidecar: Sidecar, waiting: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    sidecar.status = 500
    with caplog.at_level(logging.DEBUG), pytest.raises(CommandError, match=r"status 500.*blijft bewaard"):
        call_command("vk_deliver_events", stdout=io.StringIO())
    assert "Verlinden" not in caplog.text


def test_what_was_acknowledged_long_ago_is_forgotten_and_nothing_else(sidecar: Sidecar, waiting: list[str]) -> None:
    sidecar.refuse, sidecar.forget = {waiting[1]: "tenant"}, {waiting[2]}
    round_of()
    assert forget_acknowledged(clock=lambda: AT + timedelta(days=29)) == 0
    assert forget_acknowledged(clock=lambda: AT + timedelta(days=31)) == 1
    assert list(OutboxRow.objects.order_by("pk").values_list("statement_id", flat=True)) == waiting[1:]


def test_the_loop_goes_on_after_a_failure_until_it_is_told_to_stop(
    sidecar: Sidecar, waiting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM comes with the second call, which is then still noted."""
    monkeypatch.setattr("xblocks.outbox._wait", lambda attempts: timedelta(0))
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    sidecar.status = 503

    def received(calls: int) -> None:
        if calls == 2:
            sidecar.status = 200
            os.kill(os.getpid(), signal.SIGTERM)

    sidecar.on_received = received
    said, warned = io.StringIO(), io.StringIO()
    try:
        call_command("vk_deliver_events", loop=0.01, stdout=said, stderr=warned)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert warned.getvalue() == "De assistent nam niet alles aan (status 503). Later opnieuw.\n"
    assert said.getvalue() == "3 bezorgd, 0 geweigerd.\n"
    assert not OutboxRow.objects.filter(acknowledged_at=None).exists()


@pytest.mark.parametrize("options", [{"batch": 0}, {"loop": 0.0}, {"loop": -1.0}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="groter dan nul"):
        call_command("vk_deliver_events", **options)


def test_without_an_assistant_the_command_says_which_setting_is_missing() -> None:
    with override_settings(VERANDERKRACHT={}), pytest.raises(CommandError, match="ASSISTANT_URL"):
        call_command("vk_deliver_events")


def test_the_host_key_is_made_once_and_told_as_the_assistant_wants_it() -> None:
    told = []
    for _ in range(2):
        said = io.StringIO()
        call_command("vk_host_key", json=True, stdout=said)
        told.append(json.loads(said.getvalue()))
    assert told[0] == told[1]
    assert told[0].keys() == {"kid", "issuer", "public_key"}
    assert told[0]["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    signed = configuration().host_key().server_token(at=AT)
    options = {"verify_exp": False, "verify_aud": False}
    assert jwt.decode(signed, told[0]["public_key"], algorithms=["EdDSA"], options=options)["iss"] == told[0]["issuer"]
