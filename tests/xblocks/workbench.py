"""The demo's workbench, run for the tests as a user runs it, and people who talk to it as a page does."""

import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

READY_SECONDS = 60


@dataclass(frozen=True)
class Workbench:
    """A running workbench."""

    url: str
    data: Path

    def page(self, step: str, student: str, view: str = "") -> str:
        """Give the address of a step, as this person sees it."""
        return f"{self.url}/scenario/vk.{step}/{view and view + '/'}?student={student}"

    def scores(self) -> list[tuple[str, int, int]]:
        """What edx-submissions holds, read from its own tables: whose, earned, possible."""
        with sqlite3.connect(f"file:{self.data}/workbench.sqlite3?mode=ro", uri=True) as connection:
            rows = connection.execute(
                "SELECT student_id, points_earned, points_possible FROM submissions_score JOIN submissions_studentitem "
                "ON submissions_studentitem.id = student_item_id WHERE reset = 0"
            )
            return [(str(who), int(earned), int(possible)) for who, earned, possible in rows]


@dataclass
class Visitor:
    """Somebody with a step open in a browser of their own."""

    workbench: Workbench
    step: str
    student: str
    browser: requests.Session = field(default_factory=requests.Session)
    html: str = ""
    usage: str = ""

    def __post_init__(self) -> None:
        page = self.browser.get(self.workbench.page(self.step, self.student), timeout=20)
        assert page.status_code == 200
        self.html = page.text
        [self.usage] = re.findall(r"data-usage='([^']+)'", page.text)

    def call(self, operation: str, payload: Any = None, *, csrf: bool = True) -> requests.Response:
        """Call an operation as the page does."""
        headers = {"X-CSRFToken": self.browser.cookies["csrftoken"]} if csrf else {}
        address = f"{self.workbench.url}/handler/{self.usage}/{operation}/?student={self.student}"
        return self.browser.post(address, json=payload or {}, headers=headers, timeout=20)


@contextmanager
def running(data: Path) -> Iterator[Workbench]:
    """Run a workbench on a free port; what it said stands in the failure."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = data.parent / f"{data.name}.log"
    command = [sys.executable, "-m", "demo.workbench", "--port", str(port), "--data", str(data)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not _ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"de werkbank kwam niet op gang:\n{log.read_text()[-4000:]}")
            time.sleep(0.2)
        yield Workbench(f"http://127.0.0.1:{port}", data)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False
