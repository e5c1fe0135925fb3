"""Questions for a person of the institution, and what the knowledge base had no answer to.

A question is passed on in the words that somebody chose for it, and answered in the administration. Of what nothing
answered only loose words are kept, in alphabetical order and of nobody: enough to see what is missing.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from assistant_service.callers import Caller
from assistant_service.conversations.messages import Asked
from assistant_service.conversations.tables import GapRow, QuestionRow
from assistant_service.feedback.names import likely_names
from assistant_service.knowledge.words import STOP_WORDS, words
from veranderkracht.errors import NotFound, Rejected
from veranderkracht.languages import say

_LONGEST_ANSWER = 8000  # characters


@dataclass(frozen=True)
class Gap:
    """What was asked about and not found: how often, in which module, and when last."""

    words: tuple[str, ...]
    module: str
    times: int
    last: datetime


def ask(session: Session, caller: Caller, module: str, text: str, at: datetime) -> None:
    """Pass a question on.

    Raises:
        Rejected: `text-empty`.
    """
    if not text.strip():
        raise Rejected(say("Schrijf eerst je vraag."), code="text-empty")
    row = QuestionRow(
        id=str(uuid.uuid4()),
        tenant_id=caller.tenant_id,
        subject=caller.subject,
        module=module,
        text=text.strip(),
        asked_at=at,
    )
    session.add(row)


def of_person(session: Session, caller: Caller) -> tuple[Asked, ...]:
    """Give the caller's questions, newest first."""
    query = select(QuestionRow).where(*_whose(caller.tenant_id, caller.subject)).order_by(QuestionRow.asked_at.desc())
    return tuple(
        Asked(id=row.id, text=row.text, asked_at=row.asked_at, answer=row.answer, answered_at=row.answered_at)
        for row in session.scalars(query)
    )


def waiting(session: Session, tenant_id: int) -> list[QuestionRow]:
    """Give a tenant's questions without an answer, oldest first."""
    query = select(QuestionRow).where(QuestionRow.tenant_id == tenant_id, QuestionRow.answered_at.is_(None))
    return list(session.scalars(query.order_by(QuestionRow.asked_at)))


def answered(session: Session, tenant_id: int, limit: int = 50) -> list[QuestionRow]:
    """Give a tenant's answered questions, newest answer first."""
    query = select(QuestionRow).where(QuestionRow.tenant_id == tenant_id, QuestionRow.answered_at.is_not(None))
    return list(session.scalars(query.order_by(QuestionRow.answered_at.desc()).limit(limit)))


def answer(session: Session, tenant_id: int, id: str, text: str, by: str, at: datetime) -> QuestionRow:
    """Answer a question; a second answer takes the place of the first.

    Raises:
        NotFound: `question-unknown`, there is none with this id in this tenant.
        Rejected: `text-empty` or `text-too-long`.
    """
    row = session.get(QuestionRow, id)
    if row is None or row.tenant_id != tenant_id:
        raise NotFound(say("Deze vraag is er niet meer; misschien wiste de vrager ze."), code="question-unknown")
    if not text.strip():
        raise Rejected(say("Schrijf eerst een antwoord."), code="text-empty")
    if len(text) > _LONGEST_ANSWER:
        raise Rejected(
            say("Een antwoord telt hoogstens {longest} tekens.", longest=_LONGEST_ANSWER), code="text-too-long"
        )
    row.answer, row.answered_by, row.answered_at = text.strip(), by, at
    return row


def note_gap(session: Session, tenant_id: int, module: str, question: str, at: datetime) -> None:
    """Keep the words of a redacted question that nothing answered; no name that is likely one, no number."""
    names = {word for name in likely_names(question) for word in words(name)}
    kept = sorted({word for word in words(question) if word.isalpha() and len(word) > 2} - STOP_WORDS - names)
    if kept:
        session.add(GapRow(tenant_id=tenant_id, module=module, words=kept, at=at))


def gaps(session: Session, tenant_id: int, since: datetime) -> list[Gap]:
    """Give what was not found since a moment, the most asked first."""
    rows = session.scalars(select(GapRow).where(GapRow.tenant_id == tenant_id, GapRow.at >= since)).all()
    times = Counter((tuple(row.words), row.module) for row in rows)
    last: dict[tuple[tuple[str, ...], str], datetime] = {}
    for row in rows:
        key = (tuple(row.words), row.module)
        last[key] = max(last.get(key, row.at), row.at)
    found = [Gap(key[0], key[1], number, last[key]) for key, number in times.items()]
    return sorted(found, key=lambda gap: (-gap.times, -gap.last.timestamp(), gap.words))


def erase(session: Session, tenant_id: int, subject: str) -> int:
    """Delete a person's questions; give how many."""
    return session.query(QuestionRow).where(*_whose(tenant_id, subject)).delete()


def export(session: Session, tenant_id: int, subject: str) -> list[dict[str, Any]]:
    """Give a person's questions, with their answers."""
    rows = session.scalars(select(QuestionRow).where(*_whose(tenant_id, subject)).order_by(QuestionRow.asked_at))
    return [{"text": row.text, "asked_at": row.asked_at.isoformat(), "answer": row.answer} for row in rows]


def expire(session: Session, tenant_id: int, before: datetime) -> int:
    """Delete questions and gaps from before a moment; give how many."""
    gone = session.query(QuestionRow).where(QuestionRow.tenant_id == tenant_id, QuestionRow.asked_at < before).delete()
    return gone + session.query(GapRow).where(GapRow.tenant_id == tenant_id, GapRow.at < before).delete()


def _whose(tenant_id: int, subject: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return QuestionRow.tenant_id == tenant_id, QuestionRow.subject == subject
