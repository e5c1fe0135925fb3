"""Starting, watching and stopping the demo's processes, and one-off commands before them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

HOST = "127.0.0.1"


class DemoError(Exception):
    """Something that stops the demo, in words for whoever started it."""


@dataclass(frozen=True)
class Service:
    """One part of the demo.

    Args:
        name: as people see it.
        port: on 127.0.0.1.
        command: what to run.
        environment: on top of our own.
    """

    name: str
    port: int
    command: Sequence[str]
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """The address, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def healthy(self) -> bool:
        """Tell whether /healthz answers 200."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except requests.RequestException:
            return False


def require_free(ports: Mapping[int, str]) -> None:
    """Check that nothing listens on these ports.

    Raises:
        DemoError: naming each port in use and what it was for.
    """
    taken = []
    for port, name in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                taken.append(f"  poort {port} (voor {name})")
    if taken:
        raise DemoError(
            "Deze poorten zijn al in gebruik:\n" + "\n".join(taken) + "\nStop wat daar draait, en probeer opnieuw."
        )


def run(command: Sequence[str], environment: Mapping[str, str], *, standard_input: str | None = None) -> str:
    """Run a command to its end and give what it printed.

    Raises:
        DemoError: it failed; with the end of what it said.
    """
    done = subprocess.run(
        list(command), env={**os.environ, **environment}, input=standard_input, capture_output=True, text=True
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-12:]
        raise DemoError(f"`{' '.join(command[:6])} …` lukte niet:\n" + "\n".join(said))
    return done.stdout


class Running:
    """The demo's processes; leaving the `with` block stops them all.

    Args:
        logs: the folder for a log file per process.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> "Running":
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *exception: object) -> None:
        processes = [process for _, process in self._processes]
        for process in processes:
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + 10
        for process in processes:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a process in a group of its own, with its output in a log file."""
        with (self._logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                list(command),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append((name, process))

    def check(self) -> None:
        """See that every process still runs.

        Raises:
            DemoError: one has ended; with the end of its log.
        """
        for name, process in self._processes:
            if process.poll() is not None:
                log = self._logs / f"{name}.log"
                tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
                raise DemoError(f"{name} is gestopt (code {process.returncode}). Het einde van {log}:\n{tail}")


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


PYTHON = sys.executable
