"""The bell between web and worker: rings, survives its own faults, and is never what the work depends on."""

import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lti_tool.ags import Gradebooks
from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.outbox import Sender
from lti_tool.queue_huey import Queue, open_queue
from tests.lti_tool.course import Course, fetch, member, review_of
from tests.lti_tool.world import BASE, ELS, HANNE, YUSUF, FakeClock, Listener, World, introduce, two_platforms


def test_a_ring_is_kept_until_a_worker_comes(settings: LtiSettings) -> None:
    open_queue(settings).wake()
    assert open_queue(settings)._huey.pending_count() == 1


def test_a_broken_queue_stops_nobody(settings: LtiSettings, caplog: pytest.LogCaptureFixture) -> None:
    queue = open_queue(settings)
    with sqlite3.connect(settings.data / "queue.sqlite3") as connection:
        connection.execute("DROP TABLE task")
    queue.wake()
    assert "could not be woken" in caplog.text


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0"])
def test_a_redis_that_is_away_stops_nobody(settings: LtiSettings, url: str, caplog: pytest.LogCaptureFixture) -> None:
    open_queue(replace(settings, redis_url=url)).wake()
    assert "could not be woken" in caplog.text


def test_a_ring_through_redis_reaches_another_process_queue(settings: LtiSettings, redis: str) -> None:
    through_redis = replace(settings, redis_url=redis)
    open_queue(through_redis).wake()
    worker = open_queue(through_redis)
    answered: list[str] = []
    worker._drain = lambda: answered.append("drained")  # type: ignore[func-returns-value]
    ring = worker._huey.dequeue()
    assert ring is not None
    worker._huey.execute(ring)
    assert answered == ["drained"]
    assert worker._huey.pending_count() == 0


def test_one_ring_is_planned_for_what_is_due_soon_and_none_for_later(settings: LtiSettings) -> None:
    queue: Queue = open_queue(settings)
    for seconds, planned in ((300, 0), (5, 1), (5, 1)):
        queue._drain = lambda seconds=seconds: datetime.now(UTC) + timedelta(seconds=seconds)
        queue._run()
        assert queue._huey.scheduled_count() == planned


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing(settings: LtiSettings, listener: Listener, tmp_path: Path) -> None:
    app = create_app(settings)
    services = app.extensions["veranderkracht"]
    west, zuid = two_platforms(listener)
    introduce(services, west, zuid)
    world = World(app, services, services.clock, west, zuid)
    environment = {
        "VK_LTI_DATA": str(tmp_path),
        "VK_LTI_BASE_URL": BASE,
        "VK_LTI_ALLOW_PRIVATE": "true",
        "VK_ASSISTANT_URL": listener.url,
        "PATH": "",
    }

    def worker() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "veranderkracht.cli", "worker"]
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    first = worker()
    submission = world.at(west, HANNE).submit()
    await_scores(west.scores, 1)
    first.kill()
    first.wait(timeout=20)
    world.at(world.west, ELS).grade(submission)
    assert len(west.scores) == 1
    second = worker()
    try:
        await_scores(west.scores, 2)
    finally:
        second.terminate()
        second.wait(timeout=20)
    assert [score["gradingProgress"] for score in west.scores] == ["PendingManual", "FullyGraded"]
    services.database.close()


def await_scores(scores: list[object], number: int) -> None:
    deadline = time.monotonic() + 60
    while len(scores) < number:
        assert time.monotonic() < deadline, "no score came"
        time.sleep(0.05)


def test_the_whole_tool_runs_on_postgresql(settings: LtiSettings, listener: Listener, postgres: str) -> None:
    settings = replace(settings, database_url=postgres)
    clock = FakeClock()
    app = create_app(settings, clock=clock, wake=lambda: None)
    services = app.extensions["veranderkracht"]
    services.database.migrate()
    west, zuid = two_platforms(listener)
    introduce(services, west, zuid)
    world = World(app, services, clock, west, zuid)
    learner = world.at(west, HANNE)
    world.at(west, HANNE)  # a second launch meets what the first left
    submission = learner.submit()
    world.at(west, ELS).grade(submission)
    sender = Sender(services, Gradebooks(services.outgoing, services.access))
    assert sender.drain() is None
    sender.clean()
    assert [score["scoreGiven"] for score in west.scores] == [10]
    assert world.at(west, ELS).ok("queue")["items"][0]["sync"]["state"] == "sent"
    course = Course(west, [member(HANNE), member(YUSUF)])
    desk = world.at(west, ELS, **course.claim)
    world.at(west, ELS, **course.claim)
    assert desk.ok("queue")["missing"]["refreshing"]
    fetch(world)
    assert [person["stage"] for person in desk.ok("queue")["missing"]["people"]] == ["new"]
    clock.advance(seconds=30)
    desk.ok("roster", {"refresh": True})
    fetch(world)  # over what is there already
    world.at(west, YUSUF, **course.claim)
    assert [person["stage"] for person in desk.ok("queue")["missing"]["people"]] == ["opened"]
    reader = world.browser()
    assert reader.launch(west, ELS, **review_of(HANNE, west.line_item)).status_code == 200
    assert reader.ok("queue")["about"]["submission"] == submission
    services.database.close()
