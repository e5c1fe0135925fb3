"""Submission Review: a platform's gradebook asks for one learner's work in one column.

Source: LTI Submission Review 1.0, chapter 3. What the claims of every launch must be is `claims.py`'s; the desk that
opens is the core's.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.refusals import Refused
from lti_tool.tables import LinkRow, SeatRow

REQUEST = "LtiSubmissionReviewRequest"

_FOR_USER = "https://purl.imsglobal.org/spec/lti/claim/for_user"


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
    session: Session, deployment_id: int, *, resource_link_id: str, context_id: str, line_item: str
) -> LinkRow | None:
    """Give the link that a review is about: the one that is named, else the one whose scores go to the column.

    A link of another deployment, or of another course than the launch comes from, is none.
    """
    here = select(LinkRow).where(LinkRow.deployment_id == deployment_id)
    if context_id:
        here = here.where(LinkRow.context_id.in_((context_id, "")))
    if resource_link_id:
        named = session.scalars(here.where(LinkRow.resource_link_id == resource_link_id)).one_or_none()
        if named is not None:
            return named
    told = select(SeatRow.link_id).where(SeatRow.line_item == line_item)
    column = here.where(or_(LinkRow.line_item == line_item, LinkRow.id.in_(told)))
    return session.scalars(column.order_by(LinkRow.updated_at.desc()).limit(1)).first()
