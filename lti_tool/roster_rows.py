"""What launches tell of a course's members: where they are listed, and who is something else than a learner in it.

Asking for the list is `rosters.py`'s.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.claims import Launch
from lti_tool.database import insert_new
from lti_tool.tables import CourseRoleRow, LinkRow, MemberRow, RosterRow

KEPT = timedelta(days=30)  # that a list nobody looks at stays
ROLE_KEPT = timedelta(days=400)  # a school year, and a bit


def note_launch(session: Session, launch: Launch, link: LinkRow, learner: str, at: datetime) -> None:
    """Keep what a launch tells of its course: where its members are listed, and who is not a learner in it."""
    key = (link.deployment_id, link.context_id, learner)
    role = session.get(CourseRoleRow, key)
    if launch.role == "learner":
        if role is not None:
            session.delete(role)
    elif role is None:
        names = {"deployment_id": key[0], "context_id": key[1], "learner": learner}
        insert_new(session, CourseRoleRow, **names, seen_at=at)
    else:
        role.seen_at = at
    if launch.memberships:
        _note_address(session, launch.memberships, link)


def forget_old(session: Session, at: datetime) -> None:
    """Throw away lists that are older than we keep them, and roles that nobody had for a school year."""
    old = select(RosterRow.link_id).where(or_(RosterRow.fetched_at.is_(None), RosterRow.fetched_at < at - KEPT))
    session.execute(delete(MemberRow).where(MemberRow.link_id.in_(old)))
    session.execute(update(RosterRow).where(RosterRow.fetched_at < at - KEPT).values(fetched_at=None))
    session.execute(delete(CourseRoleRow).where(CourseRoleRow.seen_at < at - ROLE_KEPT))


def _note_address(session: Session, address: str, link: LinkRow) -> None:
    row = session.get(RosterRow, link.id)
    if row is None:
        empty = {"whole_course": False, "complete": True, "fault": ""}
        insert_new(session, RosterRow, link_id=link.id, context_id=link.context_id, address=address, **empty)
        return
    if row.context_id != link.context_id:
        # The link moved to another course: the members of the old one are none of its business.
        session.execute(delete(MemberRow).where(MemberRow.link_id == link.id))
        row.context_id, row.fetched_at, row.tried_at, row.fault = link.context_id, None, None, ""
    if row.address != address:
        row.address, row.tried_at = address, None
