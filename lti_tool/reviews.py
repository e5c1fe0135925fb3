"""Submission Review: a platform's gradebook asks for one learner's work in one column.

Source: LTI Submission Review 1.0, chapter 3. What the claims of every launch must be is `claims.py`'s; the desk that
opens is the core's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, select

from lti_tool.direct import Direct
from lti_tool.refusals import Refused
from lti_tool.tables import LinkRow, SeatRow

REQUEST = "LtiSubmissionReviewRequest"

_FOR_USER = "https://purl.imsglobal.org/spec/lti/claim/for_user"

_LINKS = select(LinkRow.id, LinkRow.context_id, LinkRow.module, LinkRow.step).where(
    LinkRow.deployment_id == bindparam("deployment")
)
_NAMED = _LINKS.where(LinkRow.resource_link_id == bindparam("name"))
_TOLD = select(SeatRow.link_id).where(SeatRow.line_item == bindparam("column"))
_OF_COLUMN = _LINKS.where(or_(LinkRow.line_item == bindparam("column"), LinkRow.id.in_(_TOLD))).order_by(
    LinkRow.updated_at.desc()
)


@dataclass(frozen=True)
class Reviewed:
    """The link whose work is asked for: its row's id, its course, and what it places."""

    id: int
    context_id: str
    module: str
    step: str


def read_about(claims: Mapping[str, Any], line_item: str) -> str:
    """Give the platform's name of the learner whose work is asked for.

    Raises:
        Refused: `review-incomplete`: the learner or the column is not named.
    """
    person = claims.get(_FOR_USER)
    user = person.get("user_id") if isinstance(person, Mapping) else None
    if not isinstance(user, str) or not 0 < len(user) <= 255:
        raise Refused("review-incomplete", "for_user.user_id ontbreekt: het platform zegt niet om wiens werk het gaat")
    if not line_item:
        raise Refused("review-incomplete", "lineitem ontbreekt: het platform zegt niet om welke kolom het gaat")
    return user


def find_link(
    connection: Direct, deployment_id: int, *, resource_link_id: str, context_id: str, line_item: str
) -> Reviewed | None:
    """Give the link that a review is about: the one that is named, else the one whose scores go to the column.

    A link of another deployment, or of another course than the launch comes from, is none.
    """
    named = connection.execute(_NAMED, {"deployment": deployment_id, "name": resource_link_id})
    found = [*named, *connection.execute(_OF_COLUMN, {"deployment": deployment_id, "column": line_item})]
    here = (row for row in found if not context_id or row.context_id in (context_id, ""))
    return next((Reviewed(row.id, row.context_id, row.module, row.step) for row in here), None)
