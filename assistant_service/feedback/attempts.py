"""How often somebody may ask: attempts per learner and assignment, and calls per hour; and what is kept of each.

An attempt is taken before the text is read and given back when reading fails. A row never holds a word of the text.
"""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant_service.callers import Caller
from assistant_service.database import Database
from assistant_service.feedback.messages import Attempts
from assistant_service.tables import Base
from veranderkracht.errors import TooMany
from veranderkracht.languages import say

WINDOW = timedelta(hours=1)


class FeedbackRow(Base):
    """That somebody asked for feedback: on what, when, who answered and what showed; nothing of the text itself.

    `attempt` is None for a teacher, `answered_at` while the text is being read.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("tenant_id", "subject", "snapshot_hash", "attempt", name="uq_feedback_attempt"),
        Index("ix_feedback_person_time", "tenant_id", "subject", "asked_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    subject: Mapped[str] = mapped_column(String(128))
    role: Mapped[str] = mapped_column(String(20))
    module: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(60))
    snapshot_hash: Mapped[str] = mapped_column(String(80))
    attempt: Mapped[int | None]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reader: Mapped[str] = mapped_column(String(200))
    words: Mapped[int]
    visible: Mapped[list[str]]
    sources: Mapped[int]
    redacted: Mapped[list[str]]


@dataclass(frozen=True)
class Asked:
    """What is asked for feedback on.

    Args:
        snapshot_hash: of the assignment.
        module: its module.
        step: its step.
        allowed: attempts that the assignment gives a learner.
        words: length of the text.
    """

    snapshot_hash: str
    module: str
    step: str
    allowed: int
    words: int


@dataclass(frozen=True)
class Ledger:
    """Takes and gives back attempts, atomically over all processes.

    Args:
        database: to keep them in.
        hourly: calls an hour of one learner.
        hourly_teacher: calls an hour of one teacher.
        lapse: after how long an attempt whose reading never ended (a process that died) is free again.
    """

    database: Database
    hourly: int
    hourly_teacher: int
    lapse: timedelta

    def take(self, caller: Caller, asked: Asked, reader: str, at: datetime) -> str:
        """Take an attempt and give its id.

        Raises:
            TooMany: `attempts-used` or `rate-limited`.
        """
        for _ in range(10):
            try:
                with self.database.write() as session:
                    return self._take(session, caller, asked, reader, at)
            except IntegrityError:
                # Only where two transactions can run at once (PostgreSQL): the other took this number.
                continue
        raise TooMany(say("Je vroeg net al feedback. Wacht even op het antwoord."), extra={"retry_after": 5})

    def give_back(self, id: str) -> None:
        """Make an attempt as if it was never taken."""
        with self.database.write() as session:
            session.execute(delete(FeedbackRow).where(FeedbackRow.id == id))

    def settle(self, id: str, at: datetime, *, visible: Sequence[str], sources: int, redacted: Sequence[str]) -> None:
        """Keep what came of it."""
        with self.database.write() as session:
            row = session.get(FeedbackRow, id)
            if row is not None:
                row.answered_at, row.visible = at, list(visible)
                row.sources, row.redacted = sources, list(redacted)

    def standing(self, caller: Caller, asked: Asked) -> Attempts:
        """Tell how many attempts a learner used."""
        if caller.role != "learner":
            return Attempts(used=0, allowed=0)
        with self.database.read() as session:
            return Attempts(used=len(_numbers(session, caller, asked)), allowed=asked.allowed)

    def _take(self, session: Session, caller: Caller, asked: Asked, reader: str, at: datetime) -> str:
        mine = (FeedbackRow.tenant_id == caller.tenant_id, FeedbackRow.subject == caller.subject)
        session.execute(
            delete(FeedbackRow).where(*mine, FeedbackRow.answered_at.is_(None), FeedbackRow.asked_at < at - self.lapse)
        )
        number = None
        if caller.role == "learner":
            used = _numbers(session, caller, asked)
            if len(used) >= asked.allowed:
                raise TooMany(
                    say(
                        "Je vroeg voor deze opdracht al alle feedback die er is. Je kunt verder schrijven en indienen."
                    ),
                    code="attempts-used",
                    extra={"attempts": {"used": len(used), "allowed": asked.allowed}},
                )
            number = next(one for one in range(1, asked.allowed + 1) if one not in used)
        self._check_pace(session, caller, at)
        row = FeedbackRow(
            id=str(uuid.uuid4()),
            tenant_id=caller.tenant_id,
            subject=caller.subject,
            role=caller.role,
            module=asked.module,
            step=asked.step,
            snapshot_hash=asked.snapshot_hash,
            attempt=number,
            asked_at=at,
            answered_at=None,
            reader=reader,
            words=asked.words,
            visible=[],
            sources=0,
            redacted=[],
        )
        session.add(row)
        return row.id

    def _check_pace(self, session: Session, caller: Caller, at: datetime) -> None:
        hourly = self.hourly if caller.role == "learner" else self.hourly_teacher
        recent = (
            FeedbackRow.tenant_id == caller.tenant_id,
            FeedbackRow.subject == caller.subject,
            FeedbackRow.asked_at > at - WINDOW,
        )
        count, first = session.execute(select(func.count(), func.min(FeedbackRow.asked_at)).where(*recent)).one()
        if count >= hourly:
            wait = max(1, math.ceil((first + WINDOW - at).total_seconds())) if first else 1
            raise TooMany(
                say(
                    "Je vroeg het laatste uur {count} keer feedback. Probeer het over {minutes} min. weer.",
                    count=count,
                    minutes=math.ceil(wait / 60),
                ),
                code="rate-limited",
                extra={"retry_after": wait},
            )


def _numbers(session: Session, caller: Caller, asked: Asked) -> set[int]:
    query = select(FeedbackRow.attempt).where(
        FeedbackRow.tenant_id == caller.tenant_id,
        FeedbackRow.subject == caller.subject,
        FeedbackRow.snapshot_hash == asked.snapshot_hash,
        FeedbackRow.attempt.is_not(None),
    )
    return {number for number in session.scalars(query) if number is not None}


def erase(session: Session, tenant_id: int, subject: str) -> int:
    """Forget that a person asked for feedback; give how many times."""
    return session.query(FeedbackRow).where(*_whose(tenant_id, subject)).delete()


def export(session: Session, tenant_id: int, subject: str) -> list[dict[str, Any]]:
    """Give when a person asked for feedback, on what, and what showed."""
    rows = session.scalars(select(FeedbackRow).where(*_whose(tenant_id, subject)).order_by(FeedbackRow.asked_at))
    names = ("module", "step", "reader", "words", "visible", "redacted")
    return [{"asked_at": row.asked_at.isoformat(), **{name: getattr(row, name) for name in names}} for row in rows]


def expire(session: Session, tenant_id: int, before: datetime) -> int:
    """Forget what was asked before a moment; give how many times."""
    return session.query(FeedbackRow).where(FeedbackRow.tenant_id == tenant_id, FeedbackRow.asked_at < before).delete()


def _whose(tenant_id: int, subject: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return FeedbackRow.tenant_id == tenant_id, FeedbackRow.subject == subject
