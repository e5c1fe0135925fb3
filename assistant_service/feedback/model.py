"""A language model as reader: what it is asked, in which form it must answer, and who it is to learners.

What it answers is never shown as it came: `checking.py` decides what stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant_service import notice, prompts
from assistant_service.configuration import AssistantSettings
from assistant_service.feedback.checking import ModelFeedback, check
from assistant_service.feedback.messages import Author
from assistant_service.feedback.readers import Read
from assistant_service.feedback.reading import LONGEST_QUOTE
from assistant_service.knowledge.passages import Passage
from assistant_service.provider_langchain import Model
from veranderkracht.activities.assignment import Snapshot

_SAYS = (
    "Dit is een taalmodel: het kan zich vergissen. Citaten en bronnen zijn nagekeken op letterlijkheid; wat het ervan "
    "vindt, weeg jij zelf."
)


@dataclass(frozen=True)
class ModelReader:
    """A language model that reads texts."""

    model: Model
    author: Author
    passages: int = 5

    @staticmethod
    def of(settings: AssistantSettings) -> "ModelReader":
        """Give the reader of the settings' model."""
        model = Model.of(settings)
        model.prepare()
        name = f"{settings.model.partition(':')[2]} van {notice.provider(settings)}"
        return ModelReader(model, Author(kind="model", name=name, says=_SAYS))

    def read(self, text: str, snapshot: Snapshot, passages: Sequence[Passage]) -> Read:
        """Read a redacted text; raises Unavailable, `model-unavailable`."""
        system, human = prompt(text, snapshot, passages)
        return check(self.model.ask(system, human, ModelFeedback), text, snapshot, passages)


def prompt(text: str, snapshot: Snapshot, passages: Sequence[Passage]) -> tuple[str, str]:
    """Give the system's and the human's part of what a model is asked."""
    mark = prompts.mark()
    system = prompts.render("feedback/system.j2", mark=mark, longest_quote=LONGEST_QUOTE)
    human = prompts.render(
        "feedback/human.j2",
        mark=mark,
        title=snapshot.title,
        module_title=snapshot.module_title,
        prompt=snapshot.prompt,
        criteria=snapshot.rubric.criteria if snapshot.rubric else (),
        passages=passages,
        text=text,
    )
    return system, human
