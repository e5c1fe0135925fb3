"""What goes over the wire for feedback, as docs/contracts.md §5 says."""

from typing import Any, Literal

from pydantic import Field

from assistant_service.api import Message
from veranderkracht.languages import say


class FeedbackRequest(Message):
    """A learner's work, with the assignment that its page carries: a text, or the `parts` of a worksheet."""

    snapshot: str = Field(max_length=200_000)
    text: str = ""
    parts: dict[str, Any] | None = None
    names_ok: bool = False


class Author(Message):
    """Who gives the feedback, and what it is."""

    kind: Literal["guide", "model"]
    name: str
    says: str

    def spoken(self) -> "Author":
        """Give the same, in the language that is spoken now."""
        return Author(kind=self.kind, name=say(self.name), says=say(self.says))


class CriterionFeedback(Message):
    """One criterion: what shows, by a literal quote, and what to think on. Never a level or points."""

    criterion: str
    title: str
    visible: bool
    quote: str | None
    remark: str
    question: str
    next_step: str


class Source(Message):
    """A passage that was found for this text."""

    title: str
    url: str
    text: str


class Attempts(Message):
    """How often this person asked, and may ask; both 0 for a teacher, who is not counted."""

    used: int
    allowed: int


class Contact(Message):
    """Somebody who helps, now."""

    name: str
    tel: str
    url: str
    text: str


class Crisis(Message):
    """What is shown in place of feedback when a text shows that somebody is in need."""

    title: str
    text: str
    contacts: tuple[Contact, ...]


class Feedback(Message):
    """Feedback on a text; `proposals`: a teacher may ask for the level that lies ready, after choosing one."""

    id: str
    by: Author
    criteria: tuple[CriterionFeedback, ...]
    sources: tuple[Source, ...]
    attempts: Attempts
    redacted: tuple[str, ...]
    proposals: bool = False


class CrisisAnswer(Message):
    """The other answer."""

    crisis: Crisis
