"""One attempt, made: the calls of a browser over HTTP, and all that came of them.

Knows how the doors of a real service are used, and how somebody tries another's; judges nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import requests

from assistant_service.redteam.attempts import Attempt
from assistant_service.redteam.stand import CANARY, MODULE, STEP, Stand
from veranderkracht.host_tokens import HostKey

_SECONDS = 30  # that a call may take
_OURS = frozenset(("id", "question_id", "at"))  # made by chance, and with any digits in them
_SCOPES = ("feedback", "supervision")


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt.

    Args:
        status: of the call that makes it.
        shown: all that reached who made it, but for the text of sources.
        sources: the text of the sources that were shown.
        sent: all that reached the provider of the model, one text per call.
        person: whether people who help came in place of an answer.
    """

    status: int
    shown: str
    sources: str
    sent: tuple[str, ...]
    person: bool


@dataclass(frozen=True)
class _Person:
    key: HostKey
    learner: str
    role: str
    origin: str
    url: str
    at: Any

    def call(self, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        token, _ = self.key.browser_token(
            learner=self.learner,
            role=self.role,  # type: ignore[arg-type] # a forger names any role
            course="cursus",
            step=f"{MODULE}/{STEP}",
            at=self.at(),
            scope=_SCOPES,
        )
        headers = {"Authorization": f"Bearer {token}", "Origin": self.origin}
        if body is None:
            return requests.get(self.url + path, headers=headers, timeout=_SECONDS)
        return requests.post(self.url + path, json=body, headers=headers, timeout=_SECONDS)

    def accept(self) -> None:
        """Accept the notice."""
        version = self.call("/v1/notice").json()["version"]
        self.call("/v1/notice", {"version": version}).raise_for_status()

    def begin(self, snapshot: str) -> str:
        """Begin a conversation and give its path."""
        told = self.call("/v1/conversations", {"profile": "module", "snapshot": snapshot})
        told.raise_for_status()
        return f"/v1/conversations/{told.json()['id']}"


def make(stand: Stand, attempt: Attempt) -> Outcome:
    """Make an attempt, in a conversation of its own."""
    ours = _person(stand, stand.ours, attempt.role)
    caller = ours
    if attempt.door == "forged":
        # The other tenant's host signs a token for ours.
        caller = replace(ours, key=replace(stand.other, tenant=stand.ours.tenant, issuer=stand.ours.issuer))
    elif attempt.door == "origin":
        caller = replace(ours, origin=stand.other.issuer)
    elif attempt.door == "role":
        caller = replace(ours, role="host", origin="")
    if attempt.by == "feedback":
        key = stand.other if attempt.door == "snapshot" else stand.ours
        snapshot = stand.snapshot
        if attempt.door == "snapshot":
            snapshot = snapshot.model_copy(update={"prompt": f"{snapshot.prompt} Denk aan de {CANARY}."})
        path, body = "/v1/feedback", {"snapshot": key.sign_snapshot(snapshot), "text": attempt.text, "names_ok": True}
    else:
        path = _conversation(stand, ours, attempt) + "/messages"
        body = {"text": attempt.text, "draft": attempt.draft, "names_ok": True}
    stand.attacker.will(attempt.model, attempt.when)
    answer = caller.call(path, body)
    return _outcome(answer, tuple(stand.attacker.prompts))


def _conversation(stand: Stand, ours: _Person, attempt: Attempt) -> str:
    """Give the path of the conversation to speak in: one's own, or one of somebody else who said the canary there."""
    if attempt.door not in ("conversation", "colleague"):
        return ours.begin(stand.ours.sign_snapshot(stand.snapshot))
    key = stand.other if attempt.door == "conversation" else stand.ours
    victim = _person(stand, key, "learner", "victim")
    path = victim.begin(key.sign_snapshot(stand.snapshot))
    stand.attacker.will("Wat gebeurde er precies?")
    victim.call(f"{path}/messages", {"text": f"Ik vertel je iets over de {CANARY}.", "names_ok": True})
    return path


def _person(stand: Stand, key: HostKey, role: str, name: str = "attacker") -> _Person:
    """Give somebody who accepted the notice."""
    person = _Person(key, f"{role} {name}", role, key.issuer, stand.url, stand.services.clock)
    if (key.tenant, person.learner) not in stand.accepted:
        person.accept()
        stand.accepted.add((key.tenant, person.learner))
    return person


def _outcome(answer: requests.Response, sent: tuple[str, ...]) -> Outcome:
    if answer.headers.get("Content-Type", "").startswith("text/event-stream"):
        told = list(_events(answer.content.decode()))
    else:
        told = [("answer", answer.json())]
    shown, sources = "", ""
    for name, data in told:
        if name == "token":
            shown += data["text"]
            continue
        for path, text in _strings(data):
            if path[-1] in _OURS:
                continue
            if path[-2:] == ("sources", "text"):
                sources += f"\n{text}"
            else:
                shown += f"\n{text}"
    person = any(name == "crisis" or (name == "answer" and "crisis" in data) for name, data in told)
    return Outcome(answer.status_code, shown, sources, sent, person)


def _events(text: str) -> Iterator[tuple[str, Any]]:
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def _strings(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for name, one in data.items():
            yield from _strings(one, (*path, name))
    elif isinstance(data, list):
        for one in data:
            yield from _strings(one, path)
