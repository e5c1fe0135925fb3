"""The whole red team: every class against one stand, and how often an innocent sentence is taken for something."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant_service.feedback import crisis
from assistant_service.feedback.redaction import redact
from assistant_service.guards.commands import commands_a_model
from assistant_service.redteam import stand
from assistant_service.redteam.attempts import AttemptClass, Innocent
from assistant_service.redteam.calls import make
from assistant_service.redteam.judging import Figures, judge


@dataclass(frozen=True)
class FalseAlarms:
    """Innocent sentences that were taken for something, out of how many."""

    of: str
    sentences: int
    taken: tuple[str, ...]


def run(classes: Sequence[AttemptClass]) -> tuple[Figures, ...]:
    """Make every attempt, one after the other, and give the figures of each class.

    Raises:
        SettingsError: langchain's package for OpenAI's protocol is missing.
    """
    documents = [one.document for each in classes for one in each.attempts if one.document]
    with tempfile.TemporaryDirectory(prefix="vk-redteam-") as folder, stand.running(Path(folder), documents) as ready:
        return tuple(
            Figures(each, tuple(judge(attempt, make(ready, attempt)) for attempt in each.attempts)) for each in classes
        )


def false_alarms(innocent: Innocent) -> tuple[FalseAlarms, ...]:
    """Give how often innocent sentences set off what looks for crisis, for numbers and for orders."""
    in_need = tuple(one for one in innocent.crisis if crisis.find(one, "learner"))
    numbers = tuple(one for one in innocent.redaction if redact(one).kinds)
    orders = tuple(one for one in innocent.instructions if commands_a_model(one))
    return (
        FalseAlarms("crisis", len(innocent.crisis), in_need),
        FalseAlarms("redactie", len(innocent.redaction), numbers),
        FalseAlarms("opdrachten", len(innocent.instructions), orders),
    )
