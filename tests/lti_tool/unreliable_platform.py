"""A platform whose scores service fails half of its calls, by chance from a seed: before and after it kept the score.

It keeps scores as platforms do: 409 for a timestamp that is not later, by the second. What it has kept is the truth.
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests.lti_tool.world import Asked, Listener

FAULTS = ("error", "dropped", "slow", "busy", "kept and error", "kept and dropped")
SCORE = "application/vnd.ims.lis.v1.score+json"

Answer = tuple[int, str, bytes] | tuple[int, str, bytes, dict[str, str]]


class UnreliableScores:
    """One column's scores.

    Args:
        listener: the server.
        path: of the column.
        token: that calls must bring.
        seed: of the chance.
        patience: seconds after which the tool gives a call up; slow answers take longer.
    """

    def __init__(self, listener: Listener, path: str, token: str, seed: int, patience: float) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self.took: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._token, self._patience = token, patience
        self._over = threading.Event()
        self._wanted, self._caught, self._released = threading.Event(), threading.Event(), threading.Event()
        listener.answers[f"{path}/scores"] = self._answer

    def stop(self) -> None:
        """Let slow answers go."""
        self._over.set()

    @contextmanager
    def catching(self, seconds: float) -> Iterator[None]:
        """Wait until a score has been kept whose answer is not given before the end of the block."""
        self._caught.clear()
        self._released.clear()
        self._wanted.set()
        try:
            assert self._caught.wait(seconds), "no score came"
            yield
        finally:
            self._wanted.clear()
            self._released.set()

    def _answer(self, asked: Asked) -> Answer:
        assert asked.headers["Authorization"] == f"Bearer {self._token}"
        assert asked.headers["Content-Type"] == SCORE
        with self._lock:
            self.calls += 1
            fault = self._chance.choice(FAULTS) if self._chance.random() < 0.5 else ""
            self.took[fault or "good"] += 1
            status = self._keep(json.loads(asked.body)) if not fault or fault.startswith("kept") else 0
            catch = status == 200 and not fault and self._wanted.is_set() and not self._caught.is_set()
            if catch:
                self._caught.set()
        if catch:
            self._released.wait(60)
        match fault:
            case "error" | "kept and error":
                return 500, "text/plain", b""
            case "dropped" | "kept and dropped":
                raise ConnectionAbortedError
            case "busy":
                return 429, "text/plain", b"", {"Retry-After": "1"}
            case "slow":
                self._over.wait(self._patience)
                return 503, "text/plain", b""
        return status, "application/json", b"{}"

    def _keep(self, score: dict[str, Any]) -> int:
        known = self.kept.get(score["userId"])
        if known and _second(known) >= _second(score):
            return 409
        self.kept[score["userId"]] = score
        return 200


def _second(score: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(score["timestamp"]).timestamp())
