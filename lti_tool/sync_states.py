"""How each learner's score stands on its way to the gradebook, for the desk (docs/contracts.md, §3).

A learner's last row of the outbox says it; who has none may have no column.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.outbox_rows import SCORE, no_column
from lti_tool.tables import LinkRow, OutboxRow, SeatRow, SubmissionRow
from veranderkracht.activities.desk import Sync
from veranderkracht.activities.store import PlacementId, TenantSlug
from veranderkracht.clock import iso


def sync_states(session: Session, tenant: TenantSlug, placement: PlacementId, link_id: int) -> dict[str, Sync]:
    """Give, per submission of a placement, how the score of whose it is stands; nothing for who needs no score yet."""
    submissions = session.execute(
        select(SubmissionRow.id, SubmissionRow.learner).where(
            SubmissionRow.tenant == tenant, SubmissionRow.placement == placement
        )
    ).all()
    rows = newest_rows(session, tenant, placement)
    states = {learner: _state(row) for learner, row in rows.items()}
    link = session.get(LinkRow, link_id)
    seats = session.scalars(select(SeatRow).where(SeatRow.link_id == link_id))
    for seat in seats:
        if seat.learner not in states and link is not None and (why := no_column(link, seat)):
            states[seat.learner] = {"state": "none", "detail": why, "at": None, "next_at": None}
    return {row.id: states[row.learner] for row in submissions if row.learner in states}


def newest_rows(session: Session, tenant: str, placement: str) -> dict[str, OutboxRow]:
    """Give each learner's last row of a score for a placement, by learner."""
    here = select(SubmissionRow.id).where(SubmissionRow.tenant == tenant, SubmissionRow.placement == placement)
    newest = (
        select(func.max(OutboxRow.id))
        .where(OutboxRow.kind == SCORE, OutboxRow.tenant == tenant, OutboxRow.submission.in_(here))
        .group_by(OutboxRow.learner)
    )
    return {row.learner: row for row in session.scalars(select(OutboxRow).where(OutboxRow.id.in_(newest)))}


def _state(row: OutboxRow) -> Sync:
    # That the gradebook has it already, at a second try, is most likely what became of the first.
    state = "sent" if row.status == "superseded" and row.attempts > 1 else row.status
    waits = row.status == "waiting" and row.attempts > 0
    return {
        "state": state,
        "detail": "" if state == "sent" else row.detail,
        "at": iso(row.done_at) if row.done_at else None,
        "next_at": iso(row.due_at) if waits else None,
    }
