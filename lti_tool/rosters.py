"""Rosters: who is expected at a link, kept for a while, and asked for anew by the worker when somebody looks.

A desk never waits for a platform: it gets what is known, with its age, and rings for what is newer. Each list belongs
to one link of one deployment. Protocol is `nrps.py`'s, what launches leave behind `roster_rows.py`'s; who of a list is
missing, the core's.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import registrations
from lti_tool.nrps import Membership, MembershipFault, Memberships
from lti_tool.services import Services
from lti_tool.tables import CourseRoleRow, LinkRow, MemberRow, RosterRow, SeatRow, WorkRow
from lti_tool.visits import Visit
from veranderkracht.activities.roster import Roster, Stage
from veranderkracht.activities.store import LearnerId

log = logging.getLogger("lti_tool.rosters")

FRESH = timedelta(minutes=15)  # that a list is shown without asking for a newer one
AGAIN = timedelta(minutes=2)  # after a failure, before a desk that opens asks again
PAUSE = timedelta(seconds=10)  # between two tries, whoever asks
LEASE = timedelta(minutes=2)  # that a worker may be busy with a list before another takes it over


def roster_of(services: Services, visit: Visit, *, refresh: bool) -> Roster | None:
    """Give who is expected at a visit's link, at once; an old list rings for a newer one.

    Args:
        services: the tool's parts.
        visit: a teacher's, at the desk of a step.
        refresh: whether to ask for a newer list whatever the age of this one.

    Returns:
        None when the platform has not said where its members are listed.
    """
    at = services.clock()
    with services.database.read() as session:
        row = session.get(RosterRow, visit.link)
        if row is None:
            return None
        learners = _stages(session, visit) if row.fetched_at else {}
    asks = row.wanted_at is None and _is_due(row, at, refresh=refresh)
    if asks:
        with services.database.write() as session:
            unasked = (RosterRow.link_id == visit.link, RosterRow.wanted_at.is_(None))
            session.execute(update(RosterRow).where(*unasked).values(wanted_at=at))
        services.wake()
    return Roster(
        learners=learners,
        updated_at=row.fetched_at,
        refreshing=asks or row.wanted_at is not None,
        whole_course=row.whole_course,
        complete=row.complete,
        fault=row.fault,
    )


@dataclass(frozen=True)
class Rosters:
    """Fetches the lists that desks wait for.

    Args:
        services: the tool's parts.
        memberships: the way to platforms.
    """

    services: Services
    memberships: Memberships

    def refresh(self) -> None:
        """Fetch every list that is wanted and that no other worker has in hand."""
        while row := self._take():
            with self.services.database.read() as session:
                link = session.get_one(LinkRow, row.link_id)
                registration = registrations.of_deployment(link.deployment)
                tenant = link.deployment.tenant.slug
            found: Membership | str
            try:
                found = self.memberships.of_link(
                    registration, row.address, link.resource_link_id, self.services.clock()
                )
            except MembershipFault as fault:
                found = f"Je leeromgeving geeft de deelnemerslijst niet: {fault.detail}"
            self._settle(row, found, tenant, registration.issuer)

    def _take(self) -> RosterRow | None:
        at = self.services.clock()
        query = (
            select(RosterRow)
            .where(RosterRow.wanted_at.is_not(None), or_(RosterRow.taken_until.is_(None), RosterRow.taken_until <= at))
            .order_by(RosterRow.wanted_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self.services.database.write() as session:
            row = session.scalars(query).first()
            if row is not None:
                row.taken_until = at + LEASE
            return row

    def _settle(self, row: RosterRow, found: Membership | str, tenant: str, issuer: str) -> None:
        at = self.services.clock()
        values: dict[str, object] = {"wanted_at": None, "taken_until": None, "tried_at": at}
        members: list[dict[str, object]] = []
        if isinstance(found, str):
            values["fault"] = found[:500]
            log.warning("roster: link=%s tenant=%s state=failed detail=%s", row.link_id, tenant, ascii(found))
        else:
            key = self.services.keys.host_key(tenant)
            members = [
                {"link_id": row.link_id, "learner": key.learner(issuer, user), "name": name}
                for user, name in found.learners.items()
            ]
            values |= {
                "fault": "",
                "fetched_at": at,
                "whole_course": found.whole_course,
                "complete": found.complete,
            }
            log.info("roster: link=%s tenant=%s state=fetched members=%s", row.link_id, tenant, len(members))
        # A launch may have named another list meanwhile: what was read of the old one says nothing then.
        told = (RosterRow.address == row.address, RosterRow.context_id == row.context_id)
        same = (RosterRow.link_id == row.link_id, *told)
        with self.services.database.write() as session:
            settled = session.execute(update(RosterRow).where(*same).values(**values).returning(RosterRow.link_id))
            if settled.first() is None:
                session.execute(update(RosterRow).where(RosterRow.link_id == row.link_id).values(taken_until=None))
            elif not isinstance(found, str):
                session.execute(delete(MemberRow).where(MemberRow.link_id == row.link_id))
                if members:
                    session.execute(insert(MemberRow), members)


def _is_due(row: RosterRow, at: datetime, *, refresh: bool) -> bool:
    if row.tried_at is not None and at < row.tried_at + (PAUSE if refresh or not row.fault else AGAIN):
        return False
    return refresh or row.fetched_at is None or at >= row.fetched_at + FRESH


def _stages(session: Session, visit: Visit) -> dict[LearnerId, Stage]:
    """Give the learners of the list and how far each has come: that there is a draft, never what it says."""
    link = session.get_one(LinkRow, visit.link)
    elsewise = select(CourseRoleRow.learner).where(
        CourseRoleRow.deployment_id == link.deployment_id,
        CourseRoleRow.context_id == link.context_id,
        CourseRoleRow.role != "learner",
    )
    listed = select(MemberRow.learner).where(MemberRow.link_id == visit.link, MemberRow.learner.not_in(elsewise))
    began = select(WorkRow.learner).where(
        WorkRow.tenant == visit.tenant, WorkRow.placement == visit.placement, WorkRow.saved_at.is_not(None)
    )
    begun = set(session.scalars(began))
    opened = set(session.scalars(select(SeatRow.learner).where(SeatRow.link_id == visit.link)))
    return {
        LearnerId(learner): "begun" if learner in begun else "opened" if learner in opened else "new"
        for learner in session.scalars(listed)
    }
