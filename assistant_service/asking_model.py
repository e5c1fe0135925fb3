"""A language model's answer to a question, of which only what the knowledge base says in so many words is shown.

Each statement must rest on words that stand literally in a passage found for this question; the others are dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from assistant_service import prompts
from assistant_service.feedback.checking import literal
from assistant_service.feedback.redaction import redact
from assistant_service.guards.commands import without_commands
from assistant_service.knowledge.passages import Passage
from assistant_service.models import Chain

_FEWEST_WORDS = 3  # of the words that a statement rests on


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ModelStatement(_Form):
    """One statement, as a model answers."""

    text: str
    source: int = Field(description="nummer van de passage waarop dit steunt")
    quote: str = Field(description="de woorden uit die passage waarop dit steunt, letterlijk")


class ModelAnswer(_Form):
    """The form in which a model must answer; no statements when the passages have no answer."""

    statements: list[ModelStatement]
    question: str


@dataclass(frozen=True)
class Statement:
    """What stays of a statement, with the literal words that it rests on."""

    text: str
    title: str
    url: str
    quote: str


@dataclass(frozen=True)
class VerifiedAnswer:
    """What a model's answer comes to.

    Args:
        says: who answers.
        statements: each resting on a passage; none when the model found nothing that does.
        question: one to think on; may be empty.
    """

    says: str
    statements: tuple[Statement, ...]
    question: str


def answer(chain: Chain, question: str, passages: Sequence[Passage]) -> VerifiedAnswer:
    """Answer a question from the passages that were found for it.

    Raises:
        Unavailable: `model-unavailable`.
        TooMany: `budget-spent`.
    """
    says = f"Een taalmodel ({chain.name}) antwoordt. Het kan zich vergissen; wat niet op een bron steunt, viel weg."
    passages = without_commands(passages)
    if not passages:
        return VerifiedAnswer(says, (), "")
    mark = prompts.mark()
    redacted = redact(question)
    system = prompts.render("asking/system.j2", mark=mark)
    human = prompts.render("asking/human.j2", mark=mark, passages=passages, question=redacted.text)
    said = chain.ask(system, human, ModelAnswer)
    kept = tuple(statement for one in said.statements if (statement := _verified(one, passages)) is not None)
    return VerifiedAnswer(says, kept, redacted.restore(" ".join(said.question.split())) if kept else "")


def _verified(said: ModelStatement, passages: Sequence[Passage]) -> Statement | None:
    if not 1 <= said.source <= len(passages) or len(said.quote.split()) < _FEWEST_WORDS:
        return None
    passage = passages[said.source - 1]
    quote = literal(said.quote, passage.text)
    text = " ".join(said.text.split())
    return Statement(text, passage.title, passage.url, quote) if quote and text else None
