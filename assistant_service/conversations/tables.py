"""The tables of conversations: what was said, what a learner asked a person, and what nothing answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant_service.tables import Base


class ConversationRow(Base):
    """A conversation of one person; `snapshot` is the assignment that its page carried, or None."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_person", "tenant_id", "subject", "changed_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    subject: Mapped[str] = mapped_column(String(128))
    profile: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    opening: Mapped[str] = mapped_column(Text)
    module: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(60))
    snapshot: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class MessageRow(Base):
    """What one side said; an assistant's message is `failed` until it is done, so that a crash leaves one to retry."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "place", name="uq_messages_place"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    place: Mapped[int]
    by: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    sources: Mapped[list[dict[str, Any]]]
    answered_by: Mapped[str] = mapped_column(String(200))
    thumb: Mapped[str | None] = mapped_column(String(4))
    thumb_reason: Mapped[str | None] = mapped_column(String(20))
    thumb_note: Mapped[str | None] = mapped_column(String(1000))
    at: Mapped[datetime]


class QuestionRow(Base):
    """A question that somebody passed on to a person of their institution, in the words they chose for it."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_tenant", "tenant_id", "asked_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    subject: Mapped[str] = mapped_column(String(128))
    module: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None]


class GapRow(Base):
    """What the knowledge base had no answer to, as loose words of the question, and of nobody."""

    __tablename__ = "knowledge_gaps"
    __table_args__ = (Index("ix_knowledge_gaps_tenant", "tenant_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    module: Mapped[str] = mapped_column(String(60))
    words: Mapped[list[str]]
    at: Mapped[datetime]
