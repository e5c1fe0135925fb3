"""A step's column in a platform's gradebook: its name, its maximum score, and by what it is found again."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module, Quiz, Step, rubric_of

TAG = "score"  # tells our column from others that a platform may hang on the same link
REVIEWABLE = ("Submitted", "Completed")  # the activity progress that our scores tell of work that can be read
REVIEW_LABEL = "Lees het werk"


@dataclass(frozen=True)
class Column:
    """A line item, as far as the content says what it is.

    Args:
        label: its name in the gradebook.
        maximum: the highest score.
        resource_id: `module/step`; permanent, and the same in every copy of a course.
        reviewable: whether there is work behind a score that somebody can read.
    """

    label: str
    maximum: Decimal
    resource_id: str
    reviewable: bool

    def line_item(self) -> dict[str, Any]:
        """Give it as a line item's properties (AGS 2.0, 3.2; Deep Linking 2.0, 3.1.4; Submission Review 1.0, 3.2)."""
        maximum = float(self.maximum)
        item: dict[str, Any] = {"label": self.label, "scoreMaximum": maximum}
        item |= {"resourceId": self.resource_id, "tag": TAG}
        if self.reviewable:
            # Without an address of its own a review goes to that of the link, where every launch of ours goes.
            item["submissionReview"] = {"reviewableStatus": list(REVIEWABLE), "label": REVIEW_LABEL}
        return item


def column_of(library: Library, module: Module, step: Step) -> Column | None:
    """Give the column of a step, or None when the step brings no score."""
    if named := rubric_of(step):
        maximum = library.rubric(named).maximum
    elif isinstance(step, Quiz):
        maximum = Decimal(len(step.questions))
    else:
        return None
    if maximum <= 0:
        return None
    return Column(step.title, maximum, f"{module.slug}/{step.id}", reviewable=bool(named))
