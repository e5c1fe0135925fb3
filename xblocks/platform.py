"""The one door to Open edX: its gradebook (edx-submissions), who asks and in which role, and where a block stands.

Nothing else in this package imports from the platform. Its modules are imported when they are used, for they need a
Django that has started.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.conf import settings

from veranderkracht.errors import Unavailable
from veranderkracht.languages import say
from xblocks.configuration import configuration


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
            say("De leeromgeving nam je inzending niet aan. Wat je schreef, is bewaard; probeer het straks opnieuw."),
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
            say(
                "De leeromgeving nam de score niet aan, en de beoordeling is nog niet bewaard. Wat je "
                "invulde, staat nog op je scherm; probeer het straks opnieuw."
            ),
            code="gradebook-unavailable",
        ) from fault


@dataclass(frozen=True)
class Visitor:
    """Who makes a request, as the platform tells it of this course.

    Args:
        user_id: the platform's own, permanent id; empty for somebody who is not signed in.
        anonymous_id: what the platform calls this person in the gradebook.
        name: to show to a teacher; empty when the platform does not tell.
        role: `teacher` for the course team, while they look as themselves.
        team: of the course team, however they look. Never in Studio, which calls handlers for whoever has an account.
        preview: nothing may be kept: not signed in, in Studio, or a teacher who looks as a learner.
    """

    user_id: str
    anonymous_id: str
    name: str
    role: Literal["learner", "teacher"]
    team: bool
    preview: bool

    @property
    def keeps(self) -> bool:
        """Whether what this visitor does as a learner is kept."""
        return self.role == "learner" and not self.preview


def visitor(block: Any) -> Visitor:
    """Give who makes this request.

    In the LMS a teacher who looks as "a learner" keeps their own id, and one who looks as a particular learner gets the
    id of that learner: both have the role of a learner then, and both must leave no trace.
    """
    service = block.runtime.service(block, "user")
    user = service.get_current_user() if service else None
    attributes = user.opt_attrs if user else {}
    workbench_id = attributes.get("xblock-workbench.user_id")
    if workbench_id:
        return _workbench_visitor(str(workbench_id))
    user_id = attributes.get("edx-platform.user_id")
    known = bool(user_id) and attributes.get("edx-platform.is_authenticated", True)
    outside = not known or in_studio(block)
    masquerades = _masquerades(service, block)
    team = not outside and (masquerades or bool(attributes.get("edx-platform.user_is_staff")))
    return Visitor(
        user_id=str(user_id) if known else "",
        anonymous_id=str(attributes.get("edx-platform.anonymous_user_id") or ""),
        name=str(user.full_name or attributes.get("edx-platform.username") or "") if user else "",
        role="teacher" if team and not masquerades else "learner",
        team=team,
        preview=outside or masquerades,
    )


def in_studio(block: Any) -> bool:
    """Tell whether the block runs in Studio, where authors are and no learners."""
    return bool(getattr(block.runtime, "is_author_mode", False)) or str(
        getattr(settings, "ROOT_URLCONF", "")
    ).startswith("cms.")


def may_author(block: Any) -> bool:
    """Tell whether this person may change the block: Studio lets only authors in; the workbench has its teachers."""
    here = block.runtime.service(block, "user")
    user = here.get_current_user() if here else None
    in_workbench = bool(user and user.opt_attrs.get("xblock-workbench.user_id"))
    return in_studio(block) or (in_workbench and visitor(block).role == "teacher")


def course_id(block: Any) -> str:
    """Give the key of the course that the block stands in; in the workbench, the scenario."""
    usage = block.scope_ids.usage_id
    context = getattr(usage, "context_key", None) or getattr(usage, "course_key", None)
    return str(context) if context else str(usage).partition(".")[0]


def usage_id(block: Any) -> str:
    """Give the key of the block's place in the course."""
    return str(block.scope_ids.usage_id)


def usages_begin(block: Any) -> str | None:
    """Give how the usage key of every block of this course begins; None where keys do not tell.

    The workbench, which knows no courses, is one: there every key begins with nothing.
    """
    usage = block.scope_ids.usage_id
    if not getattr(usage, "context_key", None) and not getattr(usage, "course_key", None):
        return ""
    course, kind, _ = str(usage).partition("+type@")
    return course + kind if kind else None


def student_item(block: Any, who: Visitor) -> StudentItem:
    """Give this person's place in the gradebook for this block."""
    return StudentItem(who.anonymous_id, course_id(block), usage_id(block), str(block.scope_ids.block_type))


def _masquerades(service: Any, block: Any) -> bool:
    """Tell whether a member of the course team looks as a learner.

    The LMS notes it on the user that it binds to a block and nowhere else within a block's reach
    (lms/djangoapps/courseware/masquerade.py).
    """
    user = getattr(service, "_django_user", None)
    noted: Mapping[Any, Any] = getattr(user, "masquerade_settings", None) or {}
    here = course_id(block)
    return any(
        looks_as.role != "staff" or bool(looks_as.user_name)
        for course, looks_as in noted.items()
        if str(course) == here
    )


def _workbench_visitor(student: str) -> Visitor:
    """The workbench knows no roles: the setting `VERANDERKRACHT["WORKBENCH_TEACHERS"]` names who teaches there."""
    teaches = student in configuration().WORKBENCH_TEACHERS
    return Visitor(
        user_id=student,
        anonymous_id=student,
        name=student.capitalize(),
        role="teacher" if teaches else "learner",
        team=teaches,
        preview=False,
    )
