"""What the promises about feedback share: a reflection's assignment, and a learner who asks for feedback on it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.assistant_service.hosts import Host
from tests.cast import HANNE
from veranderkracht.activities.assignment import Assignment, Snapshot, find_step
from veranderkracht.modules.library import Library

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """The reflection of the first module, as its learners see it."""
    return snapshot_of("eigen-praktijk")


def snapshot_of(step: str, **changes: Any) -> Snapshot:
    """Give the snapshot of a step of the first module, with changes."""
    library = Library.at(ROOT)
    module = library.module("samen-kijken")
    found = Assignment(module, find_step(module, step), library.rubric("reflectie-basis")).snapshot
    return found.model_copy(update=changes)


@dataclass(frozen=True)
class Person:
    """Somebody at a page of a host."""

    client: FlaskClient
    host: Host
    subject: str = HANNE
    role: str = "learner"

    def headers(self, snapshot: Snapshot, **changes: Any) -> dict[str, str]:
        """Give the headers of a call from the step of a snapshot."""
        told = {"sub": self.subject, "role": self.role, "step": f"{snapshot.module}/{snapshot.step}", **changes}
        return self.host.headers(**told)

    def accepts(self, snapshot: Snapshot) -> "Person":
        """Accept the notice."""
        headers = self.headers(snapshot)
        version = self.client.get("/v1/notice", headers=headers).json["version"]
        assert self.client.post("/v1/notice", json={"version": version}, headers=headers).status_code == 204
        return self

    def asks(self, snapshot: Snapshot, text: str, **body: Any) -> TestResponse:
        """Ask for feedback."""
        sent = {"snapshot": self.host.key.sign_snapshot(snapshot), "text": text, **body}
        return self.client.post("/v1/feedback", json=sent, headers=self.headers(snapshot))


Introducing = Callable[..., Person]


@pytest.fixture
def hanne(client: FlaskClient, west: Host, snapshot: Snapshot) -> Person:
    """A learner in west who accepted the notice."""
    return Person(client, west).accepts(snapshot)
