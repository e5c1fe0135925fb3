"""A language model as reader: what it is asked, in which form it must answer, and who it is to learners.

What it answers is never shown as it came: `checking.py` decides what stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant_service import prompts
from assistant_service.feedback.checking import ModelFeedback, check
from assistant_service.feedback.levels import FeedbackWithLevels, standing
from assistant_service.feedback.messages import Author
from assistant_service.feedback.readers import Read
from assistant_service.feedback.reading import LONGEST_QUOTE
from assistant_service.guards.commands import without_commands
from assistant_service.knowledge.passages import Passage
from assistant_service.models import Chain
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.languages import later
from veranderkracht.toolkit.model import WorksheetTool

_SAYS = later(
    "Dit is een taalmodel: het kan zich vergissen. Citaten en bronnen zijn nagekeken op letterlijkheid; wat het ervan "
    "vindt, weeg jij zelf."
)


@dataclass(frozen=True)
class ModelReader:
    """A language model that reads texts.

    Args:
        chain: the models that may.
        passages: how many it wants to be given.
        levels: whether it proposes levels too; for a teacher, where the institution's decision wants it.
    """

    chain: Chain
    passages: int = 5
    levels: bool = False

    @property
    def author(self) -> Author:
        """The model, as learners see it."""
        return Author(kind="model", name=self.chain.name, says=_SAYS)

    def read(self, text: str, snapshot: Snapshot, passages: Sequence[Passage]) -> Read:
        """Read a redacted text; raises Unavailable, `model-unavailable`, and TooMany, `budget-spent`."""
        safe = without_commands(passages)
        system, human = prompt(text, snapshot, safe, levels=self.levels)
        answer = self.chain.ask(system, human, FeedbackWithLevels if self.levels else ModelFeedback)
        read = check(answer, text, snapshot, safe, without_mark(system))
        if isinstance(answer, FeedbackWithLevels):
            return replace(read, proposed=standing(answer, read, snapshot))
        return read


def without_mark(system: str) -> str:
    """Give the instructions without the mark, which is new in every prompt; the rest is the same each time."""
    return re.sub(r"<[0-9a-f]{12}-", "<-", system)


def prompt(text: str, snapshot: Snapshot, passages: Sequence[Passage], *, levels: bool = False) -> tuple[str, str]:
    """Give the system's and the human's part of what a model is asked."""
    mark = prompts.mark()
    system = prompts.render("feedback/system.j2", mark=mark, longest_quote=LONGEST_QUOTE, levels=levels)
    human = prompts.render(
        "feedback/human.j2",
        mark=mark,
        title=snapshot.title,
        module_title=snapshot.module_title,
        prompt=snapshot.prompt,
        criteria=snapshot.rubric.criteria if snapshot.rubric else (),
        levels=levels,
        passages=passages,
        sheet=isinstance(snapshot.tool, WorksheetTool),
        text=text,
    )
    return system, human
