"""What the blocks share whose work a teacher grades."""

from typing import ClassVar

from veranderkracht.errors import VkError
from xblocks.base import StepBlock
from xblocks.scores import WHOLE


class GradedByTeacherBlock(StepBlock):
    """A step with a text of the learner's own; its score reaches the gradebook through edx-submissions."""

    has_score: ClassVar[bool] = True
    icon_class = "problem"

    def max_score(self) -> float | None:
        """Give the most that the gradebook can hold for this block, counted as edx-submissions does (`scores.py`).

        None while no step is chosen, or when nothing in its rubric is graded.
        """
        try:
            rubric = self.assignment.rubric
        except VkError:
            return None
        return float(rubric.maximum * WHOLE) if rubric and rubric.maximum else None
