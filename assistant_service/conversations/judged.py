"""What people thought of answers: how many thumbs, and why; never the answer itself, nor whose it was."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from assistant_service.conversations.tables import ConversationRow, MessageRow

_MOST = 200


@dataclass(frozen=True)
class Count:
    """The thumbs that one kind of conversation got in one module."""

    profile: str
    module: str
    up: int
    down: int


@dataclass(frozen=True)
class Remark:
    """Why somebody thought little of an answer."""

    profile: str
    module: str
    reason: str
    note: str
    at: datetime


def counts(session: Session, tenant_id: int, since: datetime) -> list[Count]:
    """Give the thumbs of a tenant since a moment, the most thumbs down first."""
    up, down = (func.sum(case((MessageRow.thumb == value, 1), else_=0)) for value in ("up", "down"))
    query = (
        select(ConversationRow.profile, ConversationRow.module, up, down)
        .join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
        .where(ConversationRow.tenant_id == tenant_id, MessageRow.at >= since, MessageRow.thumb.is_not(None))
        .group_by(ConversationRow.profile, ConversationRow.module)
        .order_by(down.desc(), up.desc(), ConversationRow.profile, ConversationRow.module)
    )
    return [Count(*row) for row in session.execute(query)]


def remarks(session: Session, tenant_id: int, since: datetime) -> list[Remark]:
    """Give the reasons for thumbs down, the newest first; at most 200."""
    query = (
        select(
            ConversationRow.profile,
            ConversationRow.module,
            MessageRow.thumb_reason,
            MessageRow.thumb_note,
            MessageRow.at,
        )
        .join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
        .where(ConversationRow.tenant_id == tenant_id, MessageRow.at >= since, MessageRow.thumb == "down")
        .where(MessageRow.thumb_reason.is_not(None) | MessageRow.thumb_note.is_not(None))
        .order_by(MessageRow.at.desc())
        .limit(_MOST)
    )
    return [Remark(row[0], row[1], row[2] or "", row[3] or "", row[4]) for row in session.execute(query)]
