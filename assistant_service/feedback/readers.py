"""Who reads a text: the built-in guide, or the language models of the tenant. Never one in place of the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant_service.callers import Caller
from assistant_service.feedback import guide
from assistant_service.feedback.messages import Author, CriterionFeedback
from assistant_service.knowledge.passages import Passage
from assistant_service.models import chain_of
from assistant_service.policies import policy_of
from assistant_service.services import Services
from veranderkracht.activities.assignment import Snapshot


@dataclass(frozen=True)
class Read:
    """What a reader made of a text.

    Args:
        criteria: one per criterion of the rubric, in its order; quotes are literal parts of the text.
        cited: the passages that it used, of those it was given.
        proposed: the level that it proposes to a teacher, by criterion; empty unless that was asked.
    """

    criteria: tuple[CriterionFeedback, ...]
    cited: tuple[Passage, ...]
    proposed: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """Reads a text by its assignment."""

    @property
    def author(self) -> Author:
        """Who it is, as learners see it."""

    @property
    def passages(self) -> int:
        """How many passages it wants to be given."""

    def read(self, text: str, snapshot: Snapshot, passages: Sequence[Passage]) -> Read:
        """Read a redacted text.

        Raises:
            Unavailable: `model-unavailable`.
        """


@dataclass(frozen=True)
class GuideReader:
    """The built-in guide."""

    author: Author = guide.GUIDE
    passages: int = 3

    def read(self, text: str, snapshot: Snapshot, passages: Sequence[Passage]) -> Read:
        """Read a text by the rubric's signals."""
        criteria = guide.give(text, snapshot)
        # A text that shows nothing is not about what the passages are about.
        return Read(criteria, tuple(passages) if any(one.visible for one in criteria) else ())


def reader_for(services: Services, caller: Caller) -> Reader:
    """Give the reader that the caller's tenant chose.

    Raises:
        Unavailable: `secret-changed`.
    """
    with services.database.read() as session:
        policy = policy_of(session, caller.tenant_id, services.settings)
    chain = chain_of(services, caller, "feedback", policy)
    if chain is None:
        return GuideReader()
    from assistant_service.feedback.model import ModelReader

    return ModelReader(chain, levels=caller.role == "teacher" and policy.proposes_levels)
