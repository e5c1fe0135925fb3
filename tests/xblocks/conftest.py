"""What the tests of the blocks share: a real database with its tables, emptied after each test."""

import importlib.util
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.xblocks import databases

# The environment that resembles an LMS has no browser, and cannot even read these.
collect_ignore_glob = [] if importlib.util.find_spec("playwright") else ["*_browser.py"]


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return databases.sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def mariadb_database() -> Iterator[dict[str, Any]]:
    # Not pytest's own folder: the path of a socket is short, and the server's user must reach it.
    with tempfile.TemporaryDirectory(prefix="vk-mariadb-") as folder, databases.mariadb(Path(folder)) as database:
        yield database


@pytest.fixture
def database(sqlite_database: dict[str, Any]) -> Iterator[None]:
    """A real database, on SQLite."""
    with databases.using(sqlite_database):
        yield
        databases.empty()


@pytest.fixture
def mariadb(mariadb_database: dict[str, Any]) -> Iterator[None]:
    """A real database, on MariaDB."""
    with databases.using(mariadb_database):
        yield
        databases.empty()


@pytest.fixture(params=["sqlite", "mariadb"])
def each_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """A real database, on each kind in turn; gives its kind."""
    with databases.using(request.getfixturevalue(f"{request.param}_database")):
        yield request.param
        databases.empty()
