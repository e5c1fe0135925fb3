"""Conversations in the database: each opens to its own person alone, whatever id is asked for."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update
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
# Somebody waits for these: composed once, and without the objects of a session, they take half the time.
_SAY = insert(MessageRow)
_CHANGE = (
    update(ConversationRow)
    .where(ConversationRow.id == bindparam("conversation"))
    .values(title=func.coalesce(bindparam("title"), ConversationRow.title), changed_at=bindparam("changed_at"))
)
_RECENT = (
    select(func.count(), func.min(MessageRow.at))
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(
        ConversationRow.tenant_id == bindparam("tenant_id"),
        ConversationRow.subject == bindparam("subject"),
        MessageRow.by == "learner",
        MessageRow.at > bindparam("since"),
    )
)


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
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound(say("Dit gesprek is er niet meer. Begin een nieuw."), code="conversation-unknown")


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


def add_turn(session: Session, row: ConversationRow, last: int, text: str, at: datetime) -> str:
    """Write down what a person said, with the place of its answer, which counts as failed until it is done.

    Args:
        session: to write with.
        row: the conversation, as it was read before.
        last: how many messages it had then.
        text: what was said.
        at: when.

    Returns:
        The id of the answer.

    Raises:
        NotFound: the conversation was deleted meanwhile.
        IntegrityError: somebody said something in the same place at the same moment.
    """
    title = None if last else _title(text)
    changed = session.connection().execute(_CHANGE, {"conversation": row.id, "title": title, "changed_at": at})
    if not changed.rowcount:
        raise _unknown()
    same = {"conversation_id": row.id, "sources": [], "answered_by": "", "at": at}
    answer = str(uuid.uuid4())
    asked = {**same, "id": str(uuid.uuid4()), "place": last + 1, "by": "learner", "text": text, "state": "done"}
    empty = {**same, "id": answer, "place": last + 2, "by": "assistant", "text": "", "state": "failed"}
    session.connection().execute(_SAY, [asked, empty])
    return answer


def clear(session: Session, answer: str) -> None:
    """Make an answer's place empty again.

    Raises:
        NotFound: the conversation was deleted meanwhile.
    """
    row = session.get(MessageRow, answer)
    if row is None:
        raise _unknown()
    row.text, row.state, row.sources = "", "failed", []


def recent(session: Session, caller: Caller, since: datetime) -> tuple[int, datetime | None]:
    """Give how many messages the caller sent since a moment, and when the first of them was."""
    asked = {"tenant_id": caller.tenant_id, "subject": caller.subject, "since": since}
    number, first = session.connection().execute(_RECENT, asked).one()
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
