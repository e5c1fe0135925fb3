"""Workers that miss the same column at the same time make it once, on either database."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lti_tool.access import AccessTokens
from lti_tool.ags import Gradebooks
from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.finding_columns import HELD
from lti_tool.outbox import Sender
from lti_tool.outgoing import Outgoing
from lti_tool.services import open_services
from tests.lti_tool.world import (
    AGS,
    HANNE,
    SCORE_SCOPE,
    YUSUF,
    Answering,
    Asked,
    FakeClock,
    Listener,
    World,
    introduce,
    two_platforms,
)

WRITE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, settings: LtiSettings, listener: Listener) -> Iterator[World]:
    """A tool on each database; that of PostgreSQL is this test's for as long as it lasts."""
    if request.param == "postgres":
        settings = replace(settings, database_url=request.getfixturevalue("postgres"))
    clock = FakeClock()
    app = create_app(replace(settings, assistant_url=""), clock=clock, wake=lambda: None)
    services = app.extensions["veranderkracht"]
    services.database.migrate()
    west, zuid = two_platforms(listener)
    introduce(services, west, zuid)
    yield World(app, services, clock, west, zuid)
    services.database.close()


def worker(world: World) -> Sender:
    """Another process's: it shares nothing but the database and the keys."""
    services = open_services(world.services.settings, wake=lambda: None, clock=world.clock)
    outgoing = Outgoing(allow_private=True, total=20.0)
    return Sender(services, Gradebooks(outgoing, AccessTokens(outgoing, services.keys)), chance=lambda: 1.0)


def hand_in(world: World, link: str) -> None:
    """Two learners hand in on a link without a column."""
    claim = {"scope": [SCORE_SCOPE, WRITE], "lineitems": world.west.line_items}
    for person in (HANNE, YUSUF):
        name = "https://purl.imsglobal.org/spec/lti/claim/resource_link"
        world.at(world.west, person, **{AGS: claim, name: {"id": link}}).submit()


class Held:
    """The platform's list of columns, whose first answer waits until it is let go."""

    def __init__(self, proper: Answering) -> None:
        self.asked, self.released = threading.Event(), threading.Event()
        self._proper = proper

    def __call__(self, asked: Asked) -> object:
        if not self.asked.is_set():
            self.asked.set()
            assert self.released.wait(60)
        return self._proper(asked)


def made(world: World) -> int:
    return len([asked for asked in world.west.listener.to("/west/lineitems") if asked.method == "POST"])


def test_while_one_worker_looks_another_waits_and_uses_what_it_found(shared: World) -> None:
    hand_in(shared, "link-1")
    answers = shared.west.listener.answers
    held = answers["/west/lineitems"] = Held(answers["/west/lineitems"])  # type: ignore[assignment]
    first, second = worker(shared), worker(shared)
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(first._send_one)
        assert held.asked.wait(60)
        # The other worker comes for the other learner, finds the same column missing, and leaves it alone.
        assert second.drain() is not None
        assert made(shared) == 0
        held.released.set()
        assert looking.result(60)
    assert made(shared) == 1
    shared.clock.advance(minutes=1)
    assert second.drain() is None
    assert made(shared) == 1
    [column] = {address for address, _ in shared.west.column_scores}
    assert sorted(score["userId"] for _, score in shared.west.column_scores) == [HANNE.id, YUSUF.id]
    assert column == shared.west.columns[0]["id"]
    for sender in (first, second):
        sender.services.database.close()


def test_a_worker_that_died_while_it_looked_is_not_waited_for_for_ever(shared: World) -> None:
    hand_in(shared, "link-2")
    first, second = worker(shared), worker(shared)

    def die(*_: object) -> str:
        raise KeyboardInterrupt  # as near to a kill as one process allows: nothing after it runs

    object.__setattr__(first.gradebooks, "find_line_item", die)
    with pytest.raises(KeyboardInterrupt):
        first._send_one()
    assert second.drain() is not None
    assert made(shared) == 0
    shared.clock.at += HELD
    second.drain()
    shared.clock.advance(minutes=5)
    assert second.drain() is None
    assert made(shared) == 1
    assert len(shared.west.column_scores) == 2
    for sender in (first, second):
        sender.services.database.close()


def test_many_workers_at_once_make_one_column_for_each_link(shared: World) -> None:
    links = [f"link-veel-{number}" for number in range(3)]
    for link in links:
        hand_in(shared, link)
    workers = [worker(shared) for _ in range(4)]
    with ThreadPoolExecutor(len(workers)) as pool:
        for _ in range(6):
            list(pool.map(lambda sender: sender.drain(), workers))
            shared.clock.advance(minutes=5)
    assert made(shared) == len(links)
    assert len(shared.west.column_scores) == 2 * len(links)
    for sender in workers:
        sender.services.database.close()
