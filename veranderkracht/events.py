"""The event contract: xAPI 1.0.3 statements, the same from both faces, delivered by a host's outbox.

A statement names the learner by pseudonym only and holds no text of the learner's. Source: xAPI specification 1.0.3,
part 2 (ADL); verbs from the ADL vocabulary and activitystrea.ms.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests

from veranderkracht.activities.store import ActivityEvent
from veranderkracht.clock import iso
from veranderkracht.rubrics.model import plain

SCHEMA_VERSION = 1
_EXTENSION = "urn:veranderkracht:extension:"
VERBS = {
    "initialized": "http://adlnet.gov/expapi/verbs/initialized",
    "answered": "http://adlnet.gov/expapi/verbs/answered",
    "submitted": "http://activitystrea.ms/schema/1.0/submit",
    "completed": "http://adlnet.gov/expapi/verbs/completed",
    "scored": "http://adlnet.gov/expapi/verbs/scored",
}


def statement(event: ActivityEvent, *, issuer: str, course: str) -> dict[str, Any]:
    """Give an event as an xAPI statement with an id of its own.

    Args:
        event: what happened.
        issuer: the host that tells it; with the pseudonym it names the learner.
        course: the course as the host names it.
    """
    told: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "version": "1.0.3",
        "timestamp": iso(event.at),
        "actor": {"objectType": "Agent", "account": {"homePage": issuer, "name": event.key.learner}},
        "verb": {"id": VERBS[event.verb], "display": {"en": event.verb}},
        "object": {
            "objectType": "Activity",
            "id": f"urn:veranderkracht:{event.module}:{event.step}",
            "definition": {"type": f"urn:veranderkracht:kind:{event.kind}"},
        },
        "context": {
            "extensions": {
                f"{_EXTENSION}schema": SCHEMA_VERSION,
                f"{_EXTENSION}tenant": event.key.tenant,
                f"{_EXTENSION}course": course,
                f"{_EXTENSION}module-version": event.module_version,
                f"{_EXTENSION}snapshot": event.snapshot_hash,
            }
        },
    }
    if event.score is not None:
        told["result"] = {"score": {"raw": float(plain(event.score[0])), "min": 0, "max": float(plain(event.score[1]))}}
    if event.details:
        told["context"]["extensions"][f"{_EXTENSION}details"] = dict(event.details)
    return told


@dataclass(frozen=True)
class Delivery:
    """What the sidecar said of a batch: stored, refused for good (id to reason), or nothing, to be tried again."""

    stored: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    failure: str = ""


def deliver(url: str, token: str, statements: Sequence[dict[str, Any]], *, timeout: float = 10.0) -> Delivery:
    """Send a batch to the sidecar's `/v1/events`; never raises for a network or server fault.

    Args:
        url: the sidecar's base address.
        token: a host's server token with scope `events`.
        statements: what to send; repeating an id is safe.
        timeout: seconds for connecting, and again for each read.
    """
    try:
        response = requests.post(
            f"{url.rstrip('/')}/v1/events",
            json={"statements": list(statements)},
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            allow_redirects=False,
        )
        if response.status_code != 200:
            return Delivery(failure=f"status {response.status_code}")
        answer = response.json()
        return Delivery(
            stored=tuple(str(name) for name in answer["stored"]),
            refused=tuple((str(row["id"]), str(row["reason"])) for row in answer["refused"]),
        )
    except (requests.RequestException, ValueError, KeyError, TypeError) as fault:
        return Delivery(failure=type(fault).__name__)
