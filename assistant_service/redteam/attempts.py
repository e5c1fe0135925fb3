"""Attempts on the assistant as data: what somebody sends, what an obeying model says to it, and what must not happen.

One YAML file per class of attempts. How an attempt is made is `calls.py`; what came of it is judged in `judging.py`.
"""

from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from veranderkracht.errors import VkError

INSTRUCTIONS = "$instructions"


class AttemptsUnreadable(VkError):
    """A file of attempts is not what it should be."""

    code = "attempts-unreadable"
    title = "De aanvallen zijn niet te lezen"


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Form = TypeVar("Form", bound=_Value)


class Attempt(_Value):
    """One attempt.

    Args:
        id: for people.
        by: through a conversation or through feedback.
        role: who makes it.
        text: the message, or the text to give feedback on.
        draft: that a learner shares in a conversation.
        document: text in the tenant's knowledge, Markdown; its first heading is its title.
        model: what the model says; a Jinja2 template with `instructions`, `given` (all it was told) and `said` (the
            last message), and the filters base64, rot13, reversed, hex and spaced.
        when: words that the model must have been given to say that; without them it answers as it should.
        never_shown: what may not reach who made it; `$instructions` stands for any of the assistant's own.
        never_sent: what may not reach the provider of the model; digits are compared apart from what is between them.
        person: whether people who help must come in place of an answer.
        door: how another tenant's door is tried, for who makes the call.
    """

    id: str = Field(pattern=r"^[a-z0-9-]{3,60}$")
    by: Literal["chat", "feedback"] = "chat"
    role: Literal["learner", "teacher"] = "learner"
    text: str = ""
    draft: str = ""
    document: str = ""
    model: str = "Wat gebeurde er precies?"
    when: str = ""
    never_shown: tuple[str, ...] = ()
    never_sent: tuple[str, ...] = ()
    person: bool = False
    door: Literal["", "conversation", "colleague", "snapshot", "forged", "origin", "role"] = ""


class AttemptClass(_Value):
    """Attempts of one kind.

    Args:
        name: for people, and of the file.
        about: what they try, in one line.
        bar: the share that must be stopped, from 0 to 1.
        attempts: all of them.
    """

    name: str = ""
    about: str
    bar: float = Field(gt=0, le=1)
    attempts: tuple[Attempt, ...] = Field(min_length=1)


class Innocent(_Value):
    """Sentences that are not to be taken for a sign of crisis, and those in which no number may be seen."""

    crisis: tuple[str, ...]
    redaction: tuple[str, ...]
    instructions: tuple[str, ...]


def read_classes(folder: Path) -> tuple[AttemptClass, ...]:
    """Give the classes of a folder, in order of their files.

    Raises:
        AttemptsUnreadable: naming the file.
    """
    files = [file for file in sorted(folder.glob("*.yaml")) if file.stem != "innocent"]
    if not files:
        raise AttemptsUnreadable(f"In {folder} liggen geen aanvallen.")
    classes = tuple(_read(file, AttemptClass).model_copy(update={"name": file.stem}) for file in files)
    ids = [one.id for each in classes for one in each.attempts]
    if twice := {id for id in ids if ids.count(id) > 1}:
        raise AttemptsUnreadable(f"Deze namen staan er twee keer: {', '.join(sorted(twice))}.")
    return classes


def read_innocent(folder: Path) -> Innocent:
    """Give the innocent sentences of a folder; raises AttemptsUnreadable."""
    return _read(folder / "innocent.yaml", Innocent)


def _read(file: Path, form: type[Form]) -> Form:
    try:
        return form.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as fault:
        raise AttemptsUnreadable(f"{file}: {fault}") from fault
