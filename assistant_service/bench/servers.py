"""The three processes of `bench stream`: the stub of a model, the sidecar, and what it is compared with."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from veranderkracht.errors import VkError

_START_SECONDS = 60


class BenchFault(VkError):
    """The bench cannot measure; its text says why."""


@contextmanager
def stub(folder: Path) -> Iterator[int]:
    """Run the stub of a model; give its port."""
    port = _free_port()
    command = [sys.executable, "-m", "assistant_service.bench.stub", str(port)]
    with _running(command, dict(os.environ), port, "/peak", folder / "stub.log"):
        yield port


@contextmanager
def ours(folder: Path, data: Path, model_port: int) -> Iterator[int]:
    """Serve the sidecar on data that are there, as `veranderkracht serve assistant` does; give its port."""
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VK_")},
        "VK_DATA": str(data),
        "VK_MODEL_HOSTS": f"127.0.0.1:{model_port}",
    }
    command = [sys.executable, "-m", "veranderkracht.cli", "serve", "assistant", "--port", str(port)]
    with _running(command, environment, port, "/healthz", folder / "assistant.log"):
        yield port


@contextmanager
def bare(folder: Path, model_url: str) -> Iterator[int]:
    """Serve bare Flask and langchain; give its port."""
    port = _free_port()
    command = [sys.executable, "-m", "assistant_service.bench.bare", str(port), model_url]
    with _running(command, dict(os.environ), port, "/healthz", folder / "bare.log"):
        yield port


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int, health: str, log: Path) -> Iterator[None]:
    with (
        log.open("w") as out,
        subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT) as process,  # noqa: S603
    ):
        try:
            ends = time.monotonic() + _START_SECONDS
            while not _answers(port, health):
                if process.poll() is not None or time.monotonic() > ends:
                    raise BenchFault(f"{command[2]} startte niet: {_last_line(log)}")
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:160] if lines else "zonder een woord"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
