"""The whole demo, brought up once as a user would, and Debian's Chromium to walk through it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

READY_SECONDS = 240


@dataclass(frozen=True)
class Demo:
    """A running demo: where its parts are, and its data."""

    port: int
    data: Path

    @property
    def lms(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def workbench(self) -> str:
        return f"http://127.0.0.1:{self.port + 3}"


def four_free_ports() -> int:
    """Give the first of four free ports in a row."""
    for first in range(18000, 19000, 4):
        try:
            with socket.socket() as a, socket.socket() as b, socket.socket() as c, socket.socket() as d:
                for offset, probe in enumerate((a, b, c, d)):
                    probe.bind(("127.0.0.1", first + offset))
        except OSError:
            continue
        return first
    raise RuntimeError("geen vier vrije poorten op een rij")


@contextmanager
def running_demo(data: Path, *options: str) -> Iterator[Demo]:
    """Bring the demo up on free ports and stop it as Ctrl-C does; what it said stands in the failure."""
    port = four_free_ports()
    log = data.parent / f"{data.name}.log"
    command = [sys.executable, "-m", "demo", "--data", str(data), "--port", str(port), *options]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not _ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"de demo kwam niet op gang:\n{log.read_text()[-4000:]}")
            time.sleep(0.5)
        yield Demo(port, data)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo") / "data") as demo:
        yield demo


@pytest.fixture(scope="session")
def demo_without_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo") / "data", "--without-assistant") as demo:
        yield demo


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that nobody used before; an error in its console fails the test."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="nl-BE", timezone_id="Europe/Brussels"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(20_000)
    yield page
    context.close()
    # Chromium itself writes a line for each request that failed; tests that cut the network expect those.
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []
