"""How far a learner is in one course, of the tool's own rows: what they handed in and saved at its links.

A link counts from its first launch on; where the platform names no course, links cannot be told to belong together.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.services import Services
from lti_tool.tables import LinkRow, SubmissionRow, WorkRow
from lti_tool.visits import Visit
from veranderkracht.activities.progress import Place, Progress, playable, scan_places, walked
from veranderkracht.modules.library import Library


def progress_of(services: Services, visit: Visit) -> Progress | None:
    """Give how far the visit's learner is on the route; None where nobody can know.

    Raises:
        NotFound, ContentError: there is no route here, or something of it has faults.
    """
    if visit.role != "learner" or not visit.course:
        return None
    with services.database.read() as session:
        placed = _placed(session, services.library, visit)
        handed_in = (
            SubmissionRow.tenant == visit.tenant,
            SubmissionRow.learner == visit.learner,
            SubmissionRow.placement.in_(placed),
        )
        done = session.scalars(select(SubmissionRow.placement).where(*handed_in).distinct())
        saved = select(WorkRow.placement).where(
            WorkRow.tenant == visit.tenant,
            WorkRow.learner == visit.learner,
            WorkRow.placement.in_(placed),
            WorkRow.saved_at.is_not(None),
        )
        scans = scan_places(services.library)
        rounds = (
            select(SubmissionRow.body)
            .where(*handed_in, SubmissionRow.placement.in_([each for each, place in placed.items() if place in scans]))
            .order_by(SubmissionRow.submitted_at.desc(), SubmissionRow.number.desc())
            .limit(1)
        )
        return Progress(
            done=frozenset(placed[each] for each in done),
            begun=frozenset(placed[each] for each in session.scalars(saved)),
            round=session.scalars(rounds).first(),
        )


def _placed(session: Session, library: Library, visit: Visit) -> Mapping[str, Place]:
    """Give the steps of the route that the course's links place, by the names under which work on them is kept."""
    steps = {module.slug: [step.id for step in playable(module)] for module in walked(library)}
    here = select(LinkRow.deployment_id).where(LinkRow.id == visit.link).scalar_subquery()
    links = select(LinkRow.id, LinkRow.module, LinkRow.step).where(
        LinkRow.deployment_id == here, LinkRow.context_id == visit.course, LinkRow.module.in_(steps)
    )
    return {
        f"{link.id}:{link.module}/{step}": (link.module, step)
        for link in session.execute(links)
        for step in steps[link.module]
        if link.step in ("", step)
    }
