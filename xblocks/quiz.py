"""The block for a quiz, which scores by itself and tells the gradebook through the runtime."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from xblock.fields import Float, Scope
from xblock.scorable import ScorableXBlockMixin, Score

from veranderkracht.activities.outcomes import quiz_result
from veranderkracht.errors import VkError
from veranderkracht.modules.model import Quiz
from xblocks.base import StepBlock
from xblocks.placement import Placement
from xblocks.scores import WHOLE


class QuizBlock(ScorableXBlockMixin, StepBlock):
    """A quiz. Its score goes to the learner who makes the request, at once."""

    kind = "quiz"
    kind_name = "Toets"
    icon_class = "problem"

    weight = Float(
        display_name="Gewicht", help="Op hoeveel punten de toets telt in het puntenboek.", scope=Scope.settings
    )
    raw_earned = Float(help="De score in het puntenboek.", scope=Scope.user_state)
    raw_possible = Float(help="Waarop die score is.", scope=Scope.user_state)

    def max_score(self) -> float | None:
        """Give the most that the gradebook can hold: a point a question, counted as teachers' points are (`scores.py`).

        None while no step is chosen.
        """
        try:
            step = self.assignment.step
        except VkError:
            return None
        return float(len(step.questions) * WHOLE) if isinstance(step, Quiz) else None

    def handed_in(self, state: Mapping[str, Any]) -> None:
        """Pass the result on to the gradebook."""
        if result := state["result"]:
            self.set_score(_score(Decimal(result["score"]), Decimal(result["maximum"])))
            self._publish_grade(self.get_score())

    def has_submitted_answer(self) -> bool:
        """Tell whether this learner has finished the quiz."""
        placed = Placement.of(self, self.assignment)
        return placed.keeps and bool(placed.store.submissions(placed.key))

    def get_score(self) -> Score | None:
        """Give the score that the gradebook was told, or None."""
        if self.raw_earned is None or self.raw_possible is None:
            return None
        return Score(self.raw_earned, self.raw_possible)

    def set_score(self, score: Score) -> None:
        """Keep a score; whoever calls this tells the gradebook."""
        self.raw_earned, self.raw_possible = score.raw_earned, score.raw_possible

    def calculate_score(self) -> Score:
        """Count again, by the questions as they are now.

        Raises:
            ValueError: this learner has not finished the quiz.
        """
        placed = Placement.of(self, self.assignment)
        handed_in = placed.store.submissions(placed.key)
        counted = quiz_result(placed.assignment.step, handed_in[-1].body) if handed_in else None
        if counted is None:
            raise ValueError("deze toets is nog niet afgerond")
        return _score(*counted)


def _score(earned: Decimal, possible: Decimal) -> Score:
    return Score(float(earned * WHOLE), float(possible * WHOLE))
