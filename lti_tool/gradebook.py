"""The desk's operations on the gradebook: how scores stand, sending them anew, comparing (docs/contracts.md, §3)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lti_tool import audit, registrations
from lti_tool.ags import Gradebooks, Outcome
from lti_tool.resending import Published, published_states, resend
from lti_tool.results import RESULT_SCOPE, Result
from lti_tool.services import Services
from lti_tool.sync_states import sync_states
from lti_tool.tables import LinkRow, SeatRow, SubmissionRow
from lti_tool.visits import Visit
from veranderkracht.clock import iso
from veranderkracht.errors import BadInput, Conflict, NotFound, Unavailable
from veranderkracht.languages import say
from veranderkracht.rubrics.model import plain

OPERATIONS = ("sync", "resend", "compare")


def answer(services: Services, visit: Visit, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Answer an operation of a teacher on the visit's step.

    Raises:
        VkError: what cannot be done, and why.
    """
    if operation == "sync":
        return {"items": _states(services, visit)}
    if operation == "resend":
        return _resend(services, visit, payload)
    return _compare(services, visit)


def _states(services: Services, visit: Visit) -> dict[str, Any]:
    with services.database.read() as session:
        return dict(sync_states(session, visit.tenant, visit.placement, visit.link))


def _resend(services: Services, visit: Visit, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Send the scores of all, of one submission's learner, or of those that failed."""
    submission, failed, replace = (payload.get(name) for name in ("submission", "failed", "replace"))
    if not isinstance(submission, str | None) or not isinstance(failed, bool | None):
        raise BadInput(say("Welke scores je opnieuw wilt sturen, kwam niet goed aan. Probeer het opnieuw."))
    if not isinstance(replace, bool | None) or (replace and not submission):
        raise BadInput(say("Een gewijzigde score vervang je voor één lerende tegelijk."))
    at = services.clock()
    with services.database.write() as session:
        learner = ""
        if submission:
            here = select(SubmissionRow.learner).filter_by(tenant=visit.tenant, placement=visit.placement)
            learner = session.scalar(here.where(SubmissionRow.id == submission)) or ""
            if not learner:
                raise NotFound(
                    say("Deze inzending bestaat hier niet (meer). Ververs de lijst."), code="submission-unknown"
                )
        link = session.get_one(LinkRow, visit.link)
        done = resend(
            session,
            visit.tenant,
            link,
            visit.placement,
            at,
            learner=learner,
            failed=bool(failed),
            replace=bool(replace),
        )
        if done.scores:
            act = "score-replaced" if replace else "scores-resent"
            about = f"{visit.placement} {learner or done.scores}"
            audit.note(session, act, by=visit.learner, tenant=visit.tenant, about=about, at=at)
    states = _states(services, visit)
    if submission and not done.scores:
        why = states.get(submission, {}).get("detail") if done.without_column else ""
        raise Conflict(
            why or "Er is voor deze lerende nog niets gepubliceerd: er is geen score om te sturen.",
            code="no-column" if done.without_column else "nothing-published",
        )
    services.wake()
    return {"scores": done.scores, "without_column": done.without_column, "items": states}


def _compare(services: Services, visit: Visit) -> dict[str, Any]:
    """Read the column, and give per learner how what it holds differs from what was published here."""
    with services.database.read() as session:
        link = session.get_one(LinkRow, visit.link)
        registration = registrations.of_deployment(link.deployment)
        seats = {seat.learner: seat for seat in session.scalars(select(SeatRow).where(SeatRow.link_id == link.id))}
        published = published_states(session, visit.tenant, visit.placement)
        submissions = session.execute(
            select(SubmissionRow.id, SubmissionRow.learner).filter_by(tenant=visit.tenant, placement=visit.placement)
        ).all()
    columns = {learner: seat.line_item or link.line_item for learner, seat in seats.items()}
    readable = {
        columns[row.learner]
        for row in submissions
        if row.learner in seats and columns[row.learner] and RESULT_SCOPE in seats[row.learner].scopes
    }
    if not readable:
        raise Unavailable(_why_unreadable([columns[row.learner] for row in submissions if row.learner in seats]))
    gradebooks, at = Gradebooks(services.outgoing, services.access), services.clock()
    held: dict[str, dict[str, Result]] = {}
    for column in sorted(readable):
        found = gradebooks.results(registration, column, at)
        if isinstance(found, Outcome):
            raise Unavailable(say("{detail} Er is niets gewijzigd.", detail=found.detail), code="gradebook-unavailable")
        held[column] = found
    return {
        "at": iso(at),
        "items": {
            row.id: _difference(published.get(row.learner), held[columns[row.learner]].get(seats[row.learner].user_id))
            for row in submissions
            if row.learner in seats and columns[row.learner] in held
        },
    }


def _why_unreadable(columns: list[str]) -> str:
    if any(columns):
        return (
            "Je leeromgeving laat deze tool het puntenboek niet lezen. Vraag de beheerder om bij de tool ook het "
            "lezen van resultaten (result.readonly) toe te staan."
        )
    return "Er is nog geen kolom in het puntenboek bekend. Ze komt er met de eerste score."


def _difference(ours: Published | None, theirs: Result | None) -> dict[str, Any]:
    if ours is None:
        there = theirs is not None and theirs.score is not None
        return {"state": "theirs" if there else "same", "ours": None, "theirs": _points(theirs, None)}
    # Without a result, and with one that holds no score, the cell is empty; Moodle shows one of 0 points so too.
    if theirs is None:
        state = "absent"
    elif theirs.holds(ours.points, ours.maximum):
        state = "same"
    else:
        state = "absent" if theirs.score is None else "differs"
    said = {"score": plain(ours.points), "maximum": plain(ours.maximum)}
    return {"state": state, "ours": said, "theirs": _points(theirs, ours.maximum)}


def _points(result: Result | None, maximum: Decimal | None) -> dict[str, str] | None:
    """Give a result as it is shown: out of our maximum, where there is one to compare with."""
    if result is None:
        return None
    most = maximum if maximum is not None else result.maximum
    score = result.out_of(most)
    return None if score is None else {"score": plain(score), "maximum": plain(most)}
