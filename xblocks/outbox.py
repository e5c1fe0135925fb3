"""The outbox: xAPI statements written with what they tell of, and sent to the sidecar until it acknowledges them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import F

from veranderkracht.activities.store import ActivityEvent
from veranderkracht.clock import Clock, now
from veranderkracht.events import Delivery, deliver, statement
from veranderkracht.host_tokens import HostKey
from xblocks.models import OutboxRow

LONGEST_WAIT = timedelta(hours=1)
KEPT = timedelta(days=30)  # after acknowledgement, for who looks into a question about it
_MAX_REASON = 500


class Scores(Protocol):
    """Who passes scores on."""

    def record(self, event: ActivityEvent) -> None:
        """Do what the event means for the gradebook."""


@dataclass(frozen=True)
class OutboxRecorder:
    """Writes what follows from an event of one placed step.

    Args:
        issuer: how this LMS is called towards the sidecar.
        course: the course's key.
        scores: for the gradebook; None where there is none.
    """

    issuer: str
    course: str
    scores: Scores | None = None

    def record(self, event: ActivityEvent) -> None:
        """Write the statement, and pass on what concerns the gradebook, in the transaction of the event.

        Raises:
            Unavailable: the gradebook took it badly.
        """
        told = statement(event, issuer=self.issuer, course=self.course)
        OutboxRow.objects.create(statement_id=told["id"], statement=told, created_at=event.at, due_at=event.at)
        if self.scores is not None:
            self.scores.record(event)


@dataclass(frozen=True)
class Round:
    """What one round of sending did: how many were acknowledged, refused, or left for later and why."""

    stored: int = 0
    refused: int = 0
    left: int = 0
    failure: str = ""


def send_due(url: str, key: HostKey, *, batch: int, clock: Clock = now) -> Round:
    """Send the oldest statements that are due, at most `batch` of them, and note what the sidecar said of each.

    Sending one twice does no harm, so two senders need no lock between them.

    Args:
        url: the sidecar's base address.
        key: signs the call.
        batch: how many statements go in one call.
        clock: gives the time; tests replace it.
    """
    at = clock()
    waiting = OutboxRow.objects.filter(acknowledged_at=None, refused_reason="", due_at__lte=at).order_by("pk")
    rows = {row.statement_id: row for row in waiting[:batch]}
    if not rows:
        return Round()
    said = deliver(url, key.server_token(at=at), [row.statement for row in rows.values()])
    return _note(rows, said, at)


def forget_acknowledged(clock: Clock = now) -> int:
    """Delete what was acknowledged more than `KEPT` ago, for the sidecar has it; give how many rows that were."""
    deleted, _ = OutboxRow.objects.filter(acknowledged_at__lt=clock() - KEPT).delete()
    return int(deleted)


def _note(rows: dict[str, OutboxRow], said: Delivery, at: datetime) -> Round:
    stored = [name for name in said.stored if name in rows]
    refused = {name: reason for name, reason in said.refused if name in rows}
    OutboxRow.objects.filter(statement_id__in=stored).update(acknowledged_at=at, attempts=F("attempts") + 1)
    for name, reason in refused.items():
        OutboxRow.objects.filter(statement_id=name).update(
            refused_reason=reason[:_MAX_REASON] or "geen reden gegeven", attempts=F("attempts") + 1
        )
    left = [row for name, row in rows.items() if name not in stored and name not in refused]
    for row in left:
        OutboxRow.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, due_at=at + _wait(row.attempts))
    failure = said.failure or ("geen antwoord per gebeurtenis" if left else "")
    return Round(len(stored), len(refused), len(left), failure)


def _wait(attempts: int) -> timedelta:
    """Ten seconds, and twice as long after each failure."""
    return min(timedelta(seconds=10 * 2 ** min(attempts, 20)), LONGEST_WAIT)
