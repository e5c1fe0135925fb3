"""What launches tell of a course's members: where they are listed, and who is something else than a learner in it.

Asking for the list is `rosters.py`'s.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.claims import Launch
from lti_tool.database import put
from lti_tool.direct import Direct
from lti_tool.tables import CourseRoleRow, MemberRow, RosterRow

KEPT = timedelta(days=30)  # that a list nobody looks at stays
ROLE_KEPT = timedelta(days=400)  # a school year, and a bit

_LISTED = select(RosterRow.context_id, RosterRow.address).where(RosterRow.link_id == bindparam("link"))
_ROLE = select(CourseRoleRow.role).where(
    CourseRoleRow.deployment_id == bindparam("deployment"),
    CourseRoleRow.context_id == bindparam("context"),
    CourseRoleRow.learner == bindparam("learner"),
)
# Of a list at another address, or of another course, nothing is known yet.
_UNKNOWN: dict[str, Any] = {
    "fetched_at": None,
    "tried_at": None,
    "whole_course": False,
    "complete": True,
    "fault": "",
}


def note_launch(connection: Direct, launch: Launch, deployment_id: int, link: int, learner: str, at: datetime) -> None:
    """Keep what a launch tells of its course's members; nothing where the platform does not list them."""
    if not launch.memberships:
        return
    key = {"deployment_id": deployment_id, "context_id": launch.context_id, "learner": learner}
    # A learner leaves a row only where one stood from when they were something else.
    if launch.role != "learner" or _had_other_role(connection, deployment_id, launch, learner):
        put(connection, CourseRoleRow, key, {"role": launch.role, "seen_at": at})
    told = (launch.context_id, launch.memberships)
    known = connection.execute(_LISTED, {"link": link})
    if not known or tuple(known[0]) != told:
        put(connection, RosterRow, {"link_id": link}, {"context_id": told[0], "address": told[1], **_UNKNOWN})


def forget_old(session: Session, at: datetime) -> None:
    """Throw away lists that are older than we keep them, and roles that nobody had for a school year."""
    session.execute(update(RosterRow).where(RosterRow.fetched_at < at - KEPT).values(fetched_at=None))
    unknown = select(RosterRow.link_id).where(RosterRow.fetched_at.is_(None))
    session.execute(delete(MemberRow).where(MemberRow.link_id.in_(unknown)))
    session.execute(
        delete(CourseRoleRow).where(or_(CourseRoleRow.seen_at < at - ROLE_KEPT, CourseRoleRow.role == "learner"))
    )


def _had_other_role(connection: Direct, deployment_id: int, launch: Launch, learner: str) -> bool:
    where = {"deployment": deployment_id, "context": launch.context_id, "learner": learner}
    return any(row.role != "learner" for row in connection.execute(_ROLE, where))
