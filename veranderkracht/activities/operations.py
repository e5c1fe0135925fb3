"""One way in for both faces: an operation's name and payload to the rules that answer it (docs/contracts.md, §3)."""

from collections.abc import Mapping
from typing import Any

from veranderkracht.activities.desk import Desk
from veranderkracht.activities.player import Player
from veranderkracht.errors import NotFound
from veranderkracht.languages import say

LEARNER_OPERATIONS = ("state", "save", "answer", "submit")
TEACHER_OPERATIONS = ("queue", "roster", "work", "assess")


def play(player: Player, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a learner's operation.

    Raises:
        NotFound: no such operation.
        VkError: what the rules refuse.
    """
    match operation:
        case "state":
            return player.state()
        case "save":
            return player.save(payload.get("version"), payload.get("body"))
        case "answer":
            return player.answer(payload.get("version"), payload.get("item"), payload.get("choice"))
        case "submit":
            return player.submit(payload.get("version"), payload.get("body"))
    raise NotFound(say("De bewerking {operation} bestaat niet.", operation=repr(operation)), code="operation-unknown")


def grade(desk: Desk, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a teacher's operation.

    Raises:
        NotFound: no such operation.
        VkError: what the rules refuse.
    """
    match operation:
        case "queue":
            return desk.queue()
        case "roster":
            return desk.roster(payload.get("refresh"))
        case "work":
            return desk.work(payload.get("submission"))
        case "assess":
            return desk.assess(
                payload.get("submission"),
                payload.get("version"),
                payload.get("levels", {}),
                payload.get("comments", {}),
                payload.get("comment", ""),
                payload.get("publish"),
            )
    raise NotFound(say("De bewerking {operation} bestaat niet.", operation=repr(operation)), code="operation-unknown")
