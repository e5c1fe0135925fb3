"""The levels that a language model proposes to a teacher: the form in which it does, and which of them stand.

Asked for only where a recorded decision wants them, and never shown with the feedback itself.
"""

from assistant_service.feedback.checking import ModelFeedback, ModelForm
from assistant_service.feedback.readers import Read
from veranderkracht.activities.assignment import Snapshot


class ModelLevel(ModelForm):
    """One criterion's level, as a model answers."""

    criterion: str
    level: str


class FeedbackWithLevels(ModelFeedback):
    """The form in which a model must answer that proposes levels too; last, so that they shape no remark."""

    levels: list[ModelLevel]


def standing(answer: FeedbackWithLevels, read: Read, snapshot: Snapshot) -> dict[str, str]:
    """Give the proposals that stand, by criterion: of a known level, and without an invented passage behind them.

    Args:
        answer: of the model, not to be trusted.
        read: what stays of the rest of it.
        snapshot: the assignment.
    """
    claimed = {one.criterion for one in answer.criteria if one.visible}
    proved = {one.criterion for one in read.criteria if one.visible}
    proposed: dict[str, str] = {}
    for one in answer.levels:
        criterion = (
            next((each for each in snapshot.rubric.criteria if each.id == one.criterion), None)
            if snapshot.rubric
            else None
        )
        if criterion is None or criterion.level(one.level) is None or criterion.id in claimed - proved:
            continue
        proposed.setdefault(criterion.id, one.level)
    return proposed
