"""Fixtures: the test server, the tool on SQLite, and PostgreSQL where it is installed."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from tests.cast import WEST
from tests.lti_tool.strict_platform import StrictPlatform
from tests.lti_tool.world import BASE, FakeClock, Listener, World, introduce, keep_events, two_platforms
from tests.postgres import running_postgres


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A platform's side of the wire."""
    with Listener().listening() as listening:
        listening.answers["/v1/events"] = keep_events
        yield listening


@pytest.fixture
def settings(tmp_path: Path, listener: Listener) -> LtiSettings:
    """Settings as the demo has them; the assistant is the test server too."""
    return LtiSettings(
        data=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'lti.sqlite3'}",
        keys=tmp_path / "keys",
        base_url=BASE,
        assistant_url=listener.url,
        allow_private=True,
    )


@pytest.fixture
def rings() -> list[str]:
    """How often the worker was woken."""
    return []


@pytest.fixture
def world(settings: LtiSettings, listener: Listener, rings: list[str]) -> Iterator[World]:
    """Two tenants on their platforms, with the clock standing still."""
    clock = FakeClock()
    app = create_app(settings, clock=clock, wake=lambda: rings.append("ring"))
    services = app.extensions["veranderkracht"]
    west, zuid = two_platforms(listener)
    introduce(services, west, zuid)
    yield World(app, services, clock, west, zuid)
    services.database.close()


@pytest.fixture
def strict(world: World, listener: Listener) -> StrictPlatform:
    """A third platform, that takes nothing on trust; in the tenant of `west`."""
    keys = world.app.test_client()
    platform = StrictPlatform(
        "Streng", WEST, listener, client_id="klant 7&", tool_keys=lambda: keys.get("/lti/jwks").json, clock=world.clock
    )
    introduce(world.services, platform)
    return platform


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the tests' own, as a URL."""
    if shutil.which("redis-server") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Redis is not installed (redis-server)")
        pytest.skip("Redis is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = str(tmp_path_factory.mktemp("redis"))
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            for _ in range(100):
                with socket.socket() as knock:
                    if knock.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL of the tests' own, as an SQLAlchemy URL."""
    with running_postgres() as url:
        yield url
