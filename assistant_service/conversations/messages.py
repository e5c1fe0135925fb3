"""What goes over the wire for conversations, as docs/contracts.md §5 says."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from assistant_service.api import Message
from assistant_service.feedback.messages import Author, Crisis

Side = Literal["learner", "assistant"]
State = Literal["done", "stopped", "failed"]
Thumb = Literal["up", "down"]
Reason = Literal["wrong", "not-useful", "unclear", "source", "other"]


class ProfileLine(Message):
    """A kind of conversation that can be chosen."""

    id: str
    title: str
    about: str
    opening: str


class Profiles(Message):
    """What can be chosen, and who answers."""

    profiles: tuple[ProfileLine, ...]
    by: Author


class Source(Message):
    """A passage that an answer cites; `id` is the number in the text."""

    id: int
    title: str
    url: str
    text: str


class Said(Message):
    """What one side said."""

    id: str
    by: Side
    text: str
    state: State
    at: datetime
    sources: tuple[Source, ...]
    thumb: Thumb | None


class ConversationLine(Message):
    """A conversation in the list."""

    id: str
    title: str
    profile: str
    module: str
    step: str
    started_at: datetime
    changed_at: datetime


class Conversations(Message):
    """A person's own conversations, newest first."""

    conversations: tuple[ConversationLine, ...]


class Conversation(ConversationLine):
    """A conversation, whole."""

    opening: str
    messages: tuple[Said, ...]


class NewConversation(Message):
    """A conversation to begin; with the page's assignment, so that it knows step and rubric."""

    profile: str = Field(max_length=40)
    snapshot: str = Field(default="", max_length=200_000)


class NewMessage(Message):
    """What a person says; `draft` is their work at the step, only when they chose to share it."""

    text: str
    draft: str = ""
    names_ok: bool = False


class Again(Message):
    """Asks for another answer to what was said last."""

    draft: str = ""
    names_ok: bool = False


class Title(Message):
    """Another name for a conversation."""

    title: str = Field(min_length=1, max_length=120)


class Judgement(Message):
    """What somebody found of an answer; a note is read by the institution's administrators."""

    value: Thumb | None
    reason: Reason | None = None
    note: str = Field(default="", max_length=1000)


class Question(Message):
    """A question for a person; nothing of the conversation goes along but what is in it."""

    text: str = Field(max_length=4000)


class Passed(Message):
    """That a question was passed on, with where to find help now when it shows that somebody is in need."""

    crisis: Crisis | None


class Asked(Message):
    """A question that was passed on."""

    id: str
    text: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


class Questions(Message):
    """A person's own questions, newest first."""

    questions: tuple[Asked, ...]
