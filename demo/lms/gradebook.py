"""The demo LMS's gradebook: scores as the Assignment and Grade Services bring them, kept in SQLite.

It refuses what real platforms were seen to refuse: a score that is not newer than the stored one, an unknown user, a
timestamp without a time zone. Source: LTI Assignment and Grade Services 2.0, score publish service.
"""

import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

_PROGRESS = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")


class ScoreRefused(Exception):
    """A score that the gradebook does not take.

    Args:
        status: the HTTP status to answer with.
        reason: why, for the tool's log.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Entry:
    """How one person stands for one placed step."""

    user: str
    placement: str
    score: Decimal | None
    maximum: Decimal | None
    progress: str
    comment: str
    timestamp: datetime


class Gradebook:
    """Entries by person and placement.

    Args:
        path: the SQLite file.
        users: the ids of the people of the course.
    """

    def __init__(self, path: Path, users: tuple[str, ...]) -> None:
        self._users = users
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS entry (user TEXT, placement TEXT, score TEXT, maximum TEXT, progress TEXT,"
            " comment TEXT, timestamp TEXT, PRIMARY KEY (user, placement))"
        )

    def put(self, placement: str, score: Mapping[str, Any]) -> None:
        """Take a score message for a placement.

        Raises:
            ScoreRefused: 400 when it is not in order, 409 when a newer one is stored.
        """
        entry = _entry(placement, score, self._users)
        with self._lock, self._connection:
            stored = self._find(entry.user, placement)
            if stored and entry.timestamp <= stored.timestamp:
                raise ScoreRefused(409, "een nieuwere score is al bekend")
            self._connection.execute(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    entry.user,
                    placement,
                    None if entry.score is None else str(entry.score),
                    None if entry.maximum is None else str(entry.maximum),
                    entry.progress,
                    entry.comment,
                    entry.timestamp.isoformat(),
                ),
            )

    def entry(self, user: str, placement: str) -> Entry | None:
        """Give how one person stands for one step, or None."""
        with self._lock:
            return self._find(user, placement)

    def entries(self, placement: str) -> list[Entry]:
        """Give everybody's entries for one step."""
        return [entry for user in self._users if (entry := self.entry(user, placement))]

    def _find(self, user: str, placement: str) -> Entry | None:
        row = self._connection.execute(
            "SELECT score, maximum, progress, comment, timestamp FROM entry WHERE user = ? AND placement = ?",
            (user, placement),
        ).fetchone()
        if row is None:
            return None
        score, maximum = (None if text is None else Decimal(text) for text in row[:2])
        return Entry(user, placement, score, maximum, row[2], row[3], datetime.fromisoformat(row[4]))


def _entry(placement: str, message: Mapping[str, Any], users: tuple[str, ...]) -> Entry:
    user = message.get("userId")
    if user not in users:
        raise ScoreRefused(400, "onbekende gebruiker")
    try:
        timestamp = datetime.fromisoformat(str(message["timestamp"]))
    except (KeyError, ValueError) as fault:
        raise ScoreRefused(400, "timestamp ontbreekt of is geen ISO 8601") from fault
    if timestamp.tzinfo is None:
        raise ScoreRefused(400, "timestamp heeft geen tijdzone")
    if message.get("gradingProgress") not in _PROGRESS or "activityProgress" not in message:
        raise ScoreRefused(400, "activityProgress of gradingProgress ontbreekt")
    try:
        score, maximum = (
            None if message.get(name) is None else Decimal(str(message[name]))
            for name in ("scoreGiven", "scoreMaximum")
        )
    except InvalidOperation as fault:
        raise ScoreRefused(400, "score is geen getal") from fault
    if score is not None and (maximum is None or maximum <= 0):
        raise ScoreRefused(400, "scoreMaximum ontbreekt")
    progress = str(message["gradingProgress"])
    return Entry(str(user), placement, score, maximum, progress, str(message.get("comment", "")), timestamp)
