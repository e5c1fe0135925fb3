"""Sending scores anew: the last published state of each learner, as a new row of the outbox with a later timestamp.

What is not published is never sent. Nothing is sent here: that is `outbox.py`'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.outbox_rows import add_score, grade_message, no_column
from lti_tool.sync_states import newest_rows
from lti_tool.tables import AssessmentRow, DeploymentRow, LinkRow, SeatRow, SubmissionRow, TenantRow


@dataclass(frozen=True)
class Published:
    """What a learner may know of their grade: their last submission that was graded.

    Args:
        submission: its id.
        points, maximum: exact.
        comment: the teacher's.
    """

    submission: str
    points: Decimal
    maximum: Decimal
    comment: str = ""


@dataclass(frozen=True)
class Resent:
    """How many scores go out anew, and how many cannot, for there is no column."""

    scores: int
    without_column: int

    def __add__(self, other: "Resent") -> "Resent":
        return Resent(self.scores + other.scores, self.without_column + other.without_column)


def published_states(session: Session, tenant: str, placement: str) -> dict[str, Published]:
    """Give each learner's published state for a placement, by learner; who has none is not in it."""
    query = (
        select(SubmissionRow, AssessmentRow)
        .outerjoin(AssessmentRow, AssessmentRow.submission == SubmissionRow.id)
        .where(SubmissionRow.tenant == tenant, SubmissionRow.placement == placement)
        .order_by(SubmissionRow.number)
    )
    found: dict[str, Published] = {}
    for submission, assessment in session.execute(query):
        if assessment is not None and assessment.published_at is not None and assessment.score is not None:
            points, maximum = Decimal(assessment.score), Decimal(assessment.maximum)
            found[submission.learner] = Published(submission.id, points, maximum, assessment.comment)
        elif submission.points is not None and submission.maximum is not None:
            found[submission.learner] = Published(
                submission.id, Decimal(submission.points), Decimal(submission.maximum)
            )
    return found


def resend(
    session: Session,
    tenant: str,
    link: LinkRow,
    placement: str,
    at: datetime,
    *,
    learner: str = "",
    failed: bool = False,
    replace: bool = False,
) -> Resent:
    """Write a new row for learners of one placement, in the caller's transaction.

    Args:
        session: of that transaction.
        tenant: the institution.
        link: that the step is placed by.
        placement: the placed step.
        at: now.
        learner: for whom alone; empty for all.
        failed: only where the last row failed.
        replace: also where somebody changed the score in the gradebook itself.
    """
    wanted = select(SeatRow).where(SeatRow.link_id == link.id).order_by(SeatRow.learner).with_for_update()
    if learner:
        wanted = wanted.where(SeatRow.learner == learner)
    # Locked before anything is read: what a teacher publishes at this moment comes wholly before, or after.
    seats = session.scalars(wanted).all()
    published = published_states(session, tenant, placement)
    rows = newest_rows(session, tenant, placement) if failed else {}
    scores = without = 0
    for seat in seats:
        state = published.get(seat.learner)
        if state is None or (failed and (seat.learner not in rows or rows[seat.learner].status != "failed")):
            continue
        if no_column(link, seat):
            without += 1
            continue
        message = grade_message(state.points, state.maximum, state.comment)
        add_score(session, tenant, state.submission, seat, message, at, careful=not replace)
        scores += 1
    return Resent(scores, without)


def links_of(session: Session, tenant: str) -> Iterable[LinkRow]:
    """Give the links of an institution that place one step."""
    query = (
        select(LinkRow).join(DeploymentRow).join(TenantRow).where(TenantRow.slug == tenant, LinkRow.step != "")
    ).order_by(LinkRow.id)
    return session.scalars(query).all()
