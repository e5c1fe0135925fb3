"""A PostgreSQL server of the tests' own, for the rooms that have a database."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def running_postgres() -> Iterator[str]:
    """Give the SQLAlchemy URL of a fresh server; skips where PostgreSQL is not installed, and fails so in CI."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed (postgresql)")
        pytest.skip("PostgreSQL is not installed")
    # Short and open to 'nobody', which a folder of pytest's is not; a socket's path may not be long.
    folder = Path(tempfile.mkdtemp(prefix="vk-postgres-", dir="/tmp"))
    as_nobody: dict[str, object] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_nobody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(  # type: ignore[call-overload]
            [str(binaries[-1] / command[0]), *command[1:]],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            timeout=120,
            **as_nobody,
        )

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "vk", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://vk@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
