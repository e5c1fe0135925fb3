"""Somebody in a conversation, with the built-in guide or with a stub of a language model."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant_service.app import create_app
from assistant_service.configuration import AssistantSettings
from assistant_service.services import Services
from tests.assistant_service.conftest import index_into, register
from tests.assistant_service.feedback.conftest import ROOT, snapshot_of
from tests.assistant_service.hosts import NOW, Host
from tests.cast import HANNE, WEST
from tests.peers.stub_model import StubModel


@dataclass(frozen=True)
class Talker:
    """Somebody at a page of a host, who accepted the notice."""

    client: FlaskClient
    host: Host
    subject: str = HANNE
    role: str = "learner"

    def headers(self) -> dict[str, str]:
        """Give the headers of a call."""
        return self.host.headers(sub=self.subject, role=self.role, scope=["supervision"])

    def accepts(self) -> "Talker":
        """Accept the notice."""
        version = self.get("/v1/notice").json["version"]
        assert self.post("/v1/notice", {"version": version}).status_code == 204
        return self

    def get(self, path: str) -> TestResponse:
        """Get something."""
        return self.client.get(path, headers=self.headers())

    def post(self, path: str, body: dict[str, Any] | None = None) -> TestResponse:
        """Send something."""
        return self.client.post(path, json=body or {}, headers=self.headers())

    def delete(self, path: str) -> TestResponse:
        """Delete something."""
        return self.client.delete(path, headers=self.headers())

    def begins(self, profile: str = "supervisie", *, with_snapshot: bool = True) -> str:
        """Begin a conversation and give its path."""
        snapshot = self.host.key.sign_snapshot(snapshot_of("eigen-praktijk")) if with_snapshot else ""
        answer = self.post("/v1/conversations", {"profile": profile, "snapshot": snapshot})
        assert answer.status_code == 200, answer.json
        return f"/v1/conversations/{answer.json['id']}"

    def says(self, path: str, text: str, **body: Any) -> list[tuple[str, Any]]:
        """Say something and give the events of the answer."""
        return events(self.post(f"{path}/messages", {"text": text, **body}))


def events(answer: TestResponse) -> list[tuple[str, Any]]:
    """Read a stream to its end."""
    assert answer.status_code == 200, answer.json
    assert answer.mimetype == "text/event-stream"
    told = []
    for block in answer.text.strip().split("\n\n"):
        name, data = block.split("\n")
        told.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return told


def text_of(told: list[tuple[str, Any]]) -> str:
    """Give what a page would show of an answer."""
    return "".join(data["text"] for name, data in told if name == "token")


@pytest.fixture
def hanne(client: FlaskClient, services: Services, west: Host) -> Talker:
    """A learner in west, whose assistant is the built-in guide with the first module indexed."""
    index_into(services, WEST, ROOT / "content/modules/samen-kijken")
    return Talker(client, west).accepts()


@pytest.fixture
def stub() -> Iterator[StubModel]:
    """A language model."""
    with StubModel() as server:
        yield server


@pytest.fixture
def model_app(settings: AssistantSettings, stub: StubModel, west: Host, zuid: Host) -> Iterator[Flask]:
    """A sidecar whose model is the stub, with the first module indexed."""
    app = create_app(replace(settings, model="openai:stub", model_url=stub.url, model_key="sleutel"), clock=lambda: NOW)
    services: Services = app.extensions["veranderkracht"]
    register(services, west, zuid)
    index_into(services, WEST, ROOT / "content/modules/samen-kijken")
    yield app
    services.knowledge.close()
    services.database.close()


@pytest.fixture
def lotte(model_app: Flask, west: Host) -> Talker:
    """A learner in west, whose assistant is a language model."""
    return Talker(model_app.test_client(), west).accepts()
