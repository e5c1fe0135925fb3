"""A thousand scores, a platform that fails half of its calls, and a worker that is killed: the last versions arrive."""

import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.outbox_rows import SCORE_SCOPE, OutboxRecorder
from lti_tool.services import Services
from lti_tool.tables import LinkRow, OutboxRow, SeatRow
from tests.lti_tool.unreliable_platform import FAULTS, UnreliableScores
from tests.lti_tool.world import BASE, ELS, Listener, World, introduce, two_platforms
from veranderkracht.activities.store import ActivityEvent, LearnerId, PlacementId, SubmissionId, TenantSlug, WorkKey

LEARNERS, VERSIONS, KILLS = 200, 5, 3
LEASE = 1.0  # seconds; what a killed worker had in hand comes back after it
DEADLINE = 120.0  # seconds, on a machine that has other things to do
LINE = re.compile(r"outbox: id=(\d+) kind=ags-score .*?state=(\w+)")


class Workers:
    """The real worker, one process at a time, with one log for all of them."""

    def __init__(self, settings: LtiSettings, folder: Path) -> None:
        self.log = folder / "worker.log"
        self._environment = {
            "VK_LTI_DATA": str(settings.data),
            "VK_LTI_BASE_URL": BASE,
            "VK_LTI_ALLOW_PRIVATE": "true",
            "VK_LTI_RETRY_SECONDS": "0.01",  # doubles each time, and some fail ten times in a row
            "VK_LTI_LEASE_SECONDS": str(LEASE),
            "PATH": "",
        }
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "veranderkracht.cli", "worker"]
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """As `kill -9` does: no handler runs, nothing is finished."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(timeout=30)
            self._running = None


def states_in(*logs: str) -> dict[int, list[str]]:
    """Give each row's states in the order in which the logs name them; what is final comes last."""
    states: dict[int, list[str]] = {}
    for number, state in LINE.findall("\n".join(logs)):
        states.setdefault(int(number), []).append(state)
    return states


@pytest.fixture
def workers(settings: LtiSettings, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(settings, tmp_path)
    yield workers
    workers.kill()


def until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not reached():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.1)


def publish(services: Services, link: int, version: int) -> None:
    """Publish one version of every learner's score, each in a transaction, as the desk does."""
    recorder = OutboxRecorder(BASE, "cursus-1", link, assistant=False)
    for number in range(LEARNERS):
        key = WorkKey(TenantSlug("hogeschool-west"), PlacementId("p"), LearnerId(f"lerende-{number}"))
        event = ActivityEvent(
            verb="scored",
            key=key,
            module="samen-kijken",
            module_version=1,
            step="eigen-praktijk",
            kind="reflection",
            snapshot_hash="sha256:0",
            at=services.clock(),
            submission=SubmissionId(f"inzending-{number}"),
            score=(Decimal(version), Decimal(10)),
            comment=f"versie {version}",
        )
        with services.database.write() as session:
            recorder.record(session, event)


def rows(services: Services) -> list[OutboxRow]:
    with services.database.read() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def waiting(services: Services) -> int:
    with services.database.read() as session:
        query = select(func.count()).select_from(OutboxRow).where(OutboxRow.status == "waiting")
        return session.scalar(query) or 0


@pytest.mark.slow
def test_a_thousand_scores_survive_a_failing_platform_and_three_kills(
    settings: LtiSettings, listener: Listener, workers: Workers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "lti_tool.outbox")
    settings = replace(settings, assistant_url="")
    app = create_app(settings, wake=lambda: None)
    services: Services = app.extensions["veranderkracht"]
    west, zuid = two_platforms(listener)
    introduce(services, west, zuid)
    world = World(app, services, services.clock, west, zuid)
    world.at(west, ELS)  # makes the link
    platform = UnreliableScores(listener, "/west/lineitem", "sesam-west", seed=20260302, patience=0.1)
    with services.database.write() as session:
        [link] = session.scalars(select(LinkRow.id))
        for number in range(LEARNERS):
            seat = {"user_id": f"u{number}", "line_item": west.line_item, "scopes": [SCORE_SCOPE], "stamped_at": None}
            session.add(SeatRow(link_id=link, learner=f"lerende-{number}", **seat))

    publish(services, link, 1)
    workers.start()
    kills = 0
    for version in range(2, VERSIONS + 1):
        publish(services, link, version)
        if kills < KILLS:
            before = platform.calls
            until(lambda seen=before: platform.calls >= seen + 25, "sending")  # type: ignore[misc]
            with platform.catching(DEADLINE):  # the platform has a score, and nobody here knows yet
                workers.kill()
            kills += 1
            workers.start()
    until(lambda: not waiting(services), "the end")
    workers.kill()
    platform.stop()

    all_rows = rows(services)
    assert len(all_rows) == LEARNERS * VERSIONS == 1000
    # Every score arrived in its last version, exactly, for the right person.
    assert {user: (score["scoreGiven"], score["comment"]) for user, score in platform.kept.items()} == {
        f"u{number}": (VERSIONS, f"versie {VERSIONS}") for number in range(LEARNERS)
    }
    # The log shows it: each score ended as sent or superseded, and the last of each learner at the platform.
    states = states_in(workers.log.read_text(), *caplog.messages)
    assert set(states) == {row.id for row in all_rows}
    assert {each[-1] for each in states.values()} == {"sent", "superseded"}
    sent = states_in(workers.log.read_text())
    assert {row.id for row in {row.target: row for row in all_rows}.values()} <= set(sent)
    # And the table says the same, but where a worker died between the line and the table.
    assert {row.status for row in all_rows} == {"sent", "superseded"}
    # It was as hard as it had to be.
    assert kills == KILLS
    assert all(platform.took[fault] > 0 for fault in FAULTS), platform.took
    assert platform.took["good"] < 0.6 * platform.calls
    assert any("again" in each for each in states.values())
    services.database.close()
