"""Conversations in the database: each opens to its own person alone, whatever id is asked for."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from assistant_service.callers import Caller
from assistant_service.conversations.messages import Conversation, ConversationLine, Said
from assistant_service.conversations.tables import ConversationRow, MessageRow
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.errors import NotFound
from veranderkracht.languages import say

_TITLE = 60  # characters of a title that follows from the first message
_UNNAMED = "Nieuw gesprek"
_LINE = tuple(ConversationLine.model_fields)


def begin(
    session: Session, caller: Caller, profile: str, opening: str, snapshot: Snapshot | None, at: datetime
) -> ConversationRow:
    """Begin a conversation at the step of the caller's token."""
    module, _, step = caller.step.partition("/")
    row = ConversationRow(
        id=str(uuid.uuid4()),
        tenant_id=caller.tenant_id,
        subject=caller.subject,
        profile=profile,
        title=_UNNAMED,
        opening=opening,
        module=module,
        step=step,
        snapshot=None if snapshot is None else snapshot.model_dump(mode="json"),
        started_at=at,
        changed_at=at,
    )
    session.add(row)
    return row


def own(session: Session, caller: Caller, id: str) -> ConversationRow:
    """Give a conversation of the caller.

    Raises:
        NotFound: there is none with this id, or it is somebody else's.
    """
    row = session.get(ConversationRow, id)
    if row is None or (row.tenant_id, row.subject) != (caller.tenant_id, caller.subject):
        raise NotFound(say("Dit gesprek is er niet meer. Begin een nieuw."), code="conversation-unknown")
    return row


def listed(session: Session, caller: Caller) -> tuple[ConversationLine, ...]:
    """Give the caller's conversations, newest first."""
    rows = session.scalars(
        select(ConversationRow)
        .where(*_whose(caller.tenant_id, caller.subject))
        .order_by(ConversationRow.changed_at.desc(), ConversationRow.id)
    )
    return tuple(line(row) for row in rows)


def line(row: ConversationRow) -> ConversationLine:
    """Give a conversation as it stands in the list."""
    return ConversationLine(**{name: getattr(row, name) for name in _LINE})


def whole(session: Session, row: ConversationRow) -> Conversation:
    """Give a conversation with all that was said."""
    told = {name: getattr(row, name) for name in _LINE}
    return Conversation(**told, opening=row.opening, messages=tuple(map(said, messages(session, row))))


def said(row: MessageRow) -> Said:
    """Give a message as it goes over the wire."""
    return Said.model_validate({name: getattr(row, name) for name in Said.model_fields})


def messages(session: Session, row: ConversationRow) -> Sequence[MessageRow]:
    """Give what was said, in order."""
    query = select(MessageRow).where(MessageRow.conversation_id == row.id).order_by(MessageRow.place)
    return session.scalars(query).all()


def message(session: Session, row: ConversationRow, id: str) -> MessageRow:
    """Give an answer of a conversation.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.get(MessageRow, id)
    if found is None or found.conversation_id != row.id or found.by != "assistant":
        raise NotFound(say("Dit antwoord is er niet meer."), code="message-unknown")
    return found


def add_turn(session: Session, row: ConversationRow, text: str, at: datetime) -> MessageRow:
    """Write down what a person said, with the place of its answer, which counts as failed until it is done.

    Raises:
        IntegrityError: somebody said something in the same place at the same moment.
    """
    last = session.scalar(select(func.max(MessageRow.place)).where(MessageRow.conversation_id == row.id)) or 0
    if not last:
        row.title = _title(text)
    row.changed_at = at
    asked = MessageRow(
        id=str(uuid.uuid4()),
        conversation_id=row.id,
        place=last + 1,
        by="learner",
        text=text,
        state="done",
        sources=[],
        answered_by="",
        at=at,
    )
    answer = MessageRow(
        id=str(uuid.uuid4()),
        conversation_id=row.id,
        place=last + 2,
        by="assistant",
        text="",
        state="failed",
        sources=[],
        answered_by="",
        at=at,
    )
    session.add_all((asked, answer))
    session.flush()
    return answer


def recent(session: Session, caller: Caller, since: datetime) -> tuple[int, datetime | None]:
    """Give how many messages the caller sent since a moment, and when the first of them was."""
    query = (
        select(func.count(), func.min(MessageRow.at))
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(*_whose(caller.tenant_id, caller.subject), MessageRow.by == "learner", MessageRow.at > since)
    )
    number, first = session.execute(query).one()
    return number, first


def remove(session: Session, row: ConversationRow) -> None:
    """Delete a conversation with all that was said in it."""
    session.query(MessageRow).where(MessageRow.conversation_id == row.id).delete()
    session.delete(row)


def erase(session: Session, tenant_id: int, subject: str) -> int:
    """Delete a person's conversations; give how many."""
    return _remove_all(session, *_whose(tenant_id, subject))


def expire(session: Session, tenant_id: int, before: datetime) -> int:
    """Delete the conversations in which nothing was said since a moment; give how many."""
    return _remove_all(session, ConversationRow.tenant_id == tenant_id, ConversationRow.changed_at < before)


def export(session: Session, tenant_id: int, subject: str) -> list[dict[str, Any]]:
    """Give a person's conversations, whole."""
    query = select(ConversationRow).where(*_whose(tenant_id, subject)).order_by(ConversationRow.started_at)
    return [whole(session, row).model_dump(mode="json") for row in session.scalars(query)]


def _remove_all(session: Session, *where: ColumnElement[bool]) -> int:
    rows = session.scalars(select(ConversationRow).where(*where)).all()
    for row in rows:
        remove(session, row)
    return len(rows)


def _whose(tenant_id: int, subject: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ConversationRow.tenant_id == tenant_id, ConversationRow.subject == subject


def _title(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= _TITLE:
        return words or _UNNAMED
    return words[: words.rfind(" ", 0, _TITLE) if " " in words[:_TITLE] else _TITLE].rstrip(" ,.;:") + "…"
