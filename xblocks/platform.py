"""The one door to Open edX: its gradebook (edx-submissions), and what else the platform gives.

Nothing else in this package imports from the platform. Its modules are imported when they are used, for they need a
Django that has started.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from veranderkracht.errors import Unavailable


@dataclass(frozen=True)
class StudentItem:
    """One person's place in the gradebook, as edx-submissions names it.

    Args:
        student_id: the anonymous id that the platform gives a block for this person.
        course_id: the course's key.
        item_id: the block's usage key.
        item_type: the block's tag.
    """

    student_id: str
    course_id: str
    item_id: str
    item_type: str


def create_submission(student: StudentItem, answer: Mapping[str, Any], attempt: int) -> str:
    """Hand work in to edx-submissions; give the uuid that it is known by there.

    Raises:
        Unavailable: edx-submissions took it badly.
    """
    from submissions import api
    from submissions.errors import SubmissionError

    try:
        return str(api.create_submission(asdict(student), dict(answer), attempt_number=attempt)["uuid"])
    except SubmissionError as fault:
        raise Unavailable(
            "De leeromgeving nam je inzending niet aan. Wat je schreef, is bewaard; probeer het straks opnieuw.",
            code="gradebook-unavailable",
        ) from fault


def set_score(uuid: str, earned: int, possible: int) -> None:
    """Set the score of a submission in edx-submissions, which tells the platform's gradebook.

    Args:
        uuid: what `create_submission` gave.
        earned, possible: whole points.

    Raises:
        Unavailable: edx-submissions took it badly.
    """
    from submissions import api
    from submissions.errors import SubmissionError

    try:
        api.set_score(uuid, earned, possible)
    except SubmissionError as fault:
        raise Unavailable(
            "De leeromgeving nam de score niet aan, en de beoordeling is nog niet bewaard. "
            "Wat je invulde, staat nog op je scherm; probeer het straks opnieuw.",
            code="gradebook-unavailable",
        ) from fault
