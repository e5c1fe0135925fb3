"""The real databases that the blocks are tested on: SQLite in a file, and a MariaDB of our own from Debian."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

CREATE = "CREATE DATABASE lms CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"


@contextmanager
def using(database: dict[str, Any]) -> Iterator[None]:
    """Let Django's default connection, in every thread, be to this database."""
    before = connections.settings["default"]
    _switch(connections.configure_settings({"default": dict(database)})["default"])
    try:
        yield
    finally:
        _switch(before)


def empty() -> None:
    """Delete every row of the database in use, for the next test."""
    call_command("flush", interactive=False, verbosity=0)


def sqlite(folder: Path) -> dict[str, Any]:
    """Make an empty SQLite database with its tables; give Django's settings for it."""
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "lms.sqlite3"), "OPTIONS": {"timeout": 30}}
    return _migrated(database)


@contextmanager
def mariadb(folder: Path) -> Iterator[dict[str, Any]]:
    """Run a MariaDB with an empty database with its tables; give Django's settings for it."""
    if missing := _missing():
        if os.environ.get("CI"):
            pytest.fail(f"{missing} ontbreekt, en CI slaat niets over")
        pytest.skip(f"{missing} ontbreekt: apt-get install mariadb-server, pip install PyMySQL")
    # A server does not run as root; where we are root, it runs as nobody and owns its folder.
    user = ["--user=nobody"] if os.geteuid() == 0 else []
    data, socket = folder / "data", folder / "sock"
    folder.chmod(0o755)
    for part in (data, socket):
        part.mkdir()
        if user:
            shutil.chown(part, "nobody")
    plain = ["--no-defaults", *user, f"--datadir={data}"]
    subprocess.run(
        ["mariadb-install-db", *plain, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [_server(), *plain, f"--socket={socket}/s", "--skip-networking", f"--pid-file={data}/pid"],
            stdout=log,
            stderr=log,
        )
    try:
        _create(server, f"{socket}/s", folder / "log")
        yield _migrated(
            {
                "ENGINE": "django.db.backends.mysql",
                "NAME": "lms",
                "USER": "root",
                # As a Teak-level site writes it: Django 4.2 would take the three-byte charset by itself.
                "OPTIONS": {"unix_socket": f"{socket}/s", "charset": "utf8mb4"},
            }
        )
    finally:
        server.terminate()
        server.wait(timeout=60)


def _server() -> str:
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""


def _missing() -> str:
    if not _server() or not shutil.which("mariadb-install-db"):
        return "MariaDB"
    try:
        import pymysql  # noqa: F401
    except ImportError:
        return "PyMySQL"
    return ""


def _create(server: "subprocess.Popen[bytes]", socket: str, log: Path) -> None:
    import pymysql

    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"MariaDB stopte: {log.read_text(errors='replace')[-2000:]}")
        try:
            with pymysql.connect(unix_socket=socket, user="root") as connection, connection.cursor() as cursor:
                cursor.execute(CREATE)
                return
        except pymysql.err.OperationalError:
            time.sleep(0.1)  # between two tries to reach a server that is starting
    pytest.fail(f"MariaDB antwoordt niet: {log.read_text(errors='replace')[-2000:]}")


def _migrated(database: dict[str, Any]) -> dict[str, Any]:
    with using(database):
        if connection.vendor == "mysql":
            _pass_over_a_broken_migration()
        call_command("migrate", verbosity=0)
    return database


def _pass_over_a_broken_migration() -> None:
    """Mark a step of edx-submissions 4.0 as done: on a new MariaDB it changes columns that never were.

    What it is for, uuid columns of Django 5's own type, such a database has from the start.
    """
    broken = ("submissions", "0006_mariadb_uuid_conversion")
    graph = MigrationLoader(connection).graph
    if broken in graph.nodes:
        for before in graph.node_map[broken].parents:
            call_command("migrate", *before.key, verbosity=0)
        call_command("migrate", *broken, fake=True, verbosity=0)


def _switch(database: dict[str, Any]) -> None:
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = database
