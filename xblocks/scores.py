"""Teachers' scores on their way to the LMS's gradebook, which edx-submissions keeps and tells the LMS of.

Its points are whole numbers: ours have two decimals, so both score and maximum go times a hundred. An automatic score
of a quiz does not come here, its block publishes it for the learner who makes the request; but it goes times a hundred
too, for an LMS adds up the points of a subsection.
"""

from dataclasses import dataclass
from decimal import Decimal

from veranderkracht.activities.store import ActivityEvent
from xblocks.models import SubmissionRow
from xblocks.platform import StudentItem, create_submission, set_score

WHOLE = 100


@dataclass(frozen=True)
class GradebookScores:
    """Hands work in to the gradebook, and sets its score.

    Args:
        student: the learner who makes the request; None for a teacher, who hands nothing in.
    """

    student: StudentItem | None = None

    def record(self, event: ActivityEvent) -> None:
        """Do what the event means for the gradebook, in the transaction that it belongs to.

        Raises:
            Unavailable: the gradebook took it badly.
        """
        if event.verb == "submitted" and self.student is not None:
            row = SubmissionRow.objects.get(public_id=event.submission)
            uuid = create_submission(self.student, {"submission": row.public_id, **row.body}, row.number)
            SubmissionRow.objects.filter(pk=row.pk).update(gradebook_uuid=uuid)
        if event.verb == "scored" and event.score is not None:
            row = SubmissionRow.objects.get(public_id=event.submission)
            if row.gradebook_uuid is not None:
                earned, possible = map(_points, event.score)
                set_score(row.gradebook_uuid, earned, possible)


def _points(points: Decimal) -> int:
    whole = points * WHOLE
    if whole != whole.to_integral_value():
        raise ValueError("points have at most two decimals")
    return int(whole)
