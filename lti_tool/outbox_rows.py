"""What an event becomes in the outbox: an xAPI statement for the assistant, and a score for the platform's gradebook.

Sending is `outbox.py`'s. A newer score takes the place of an older one for the same person and link.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from lti_tool.database import execute
from lti_tool.direct import Direct
from lti_tool.line_items import may_look_up
from lti_tool.tables import LinkRow, OutboxRow, SeatRow, SubmissionRow
from veranderkracht.activities.store import ActivityEvent, PlacementId, TenantSlug
from veranderkracht.clock import iso
from veranderkracht.events import statement
from veranderkracht.rubrics.model import plain

SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCORE, EVENT = "ags-score", "xapi"

# Written at every launch, so without the bookkeeping of a mapped object.
_NEW = insert(OutboxRow)

_SYNC = {"waiting": "waiting", "sent": "sent", "superseded": "sent", "failed": "failed"}


@dataclass(frozen=True)
class OutboxRecorder:
    """Writes the rows of one placed step's events.

    Args:
        issuer: how this tool is called towards the assistant.
        course: as the platform names it.
        link: the resource link's row, for the score; None when there is no platform to tell.
    """

    issuer: str
    course: str
    link: int | None

    def record(self, session: Session, event: ActivityEvent) -> None:
        """Write the event's rows in this transaction."""
        self.tell(session, event)
        message = _score(event)
        if message is None or not self.link:
            return
        seat = session.get(SeatRow, (self.link, event.key.learner), with_for_update=True)
        if seat is not None and self._wanted(session, seat):
            self._add_score(session, event, seat, message)

    def tell(self, where: Session | Direct, event: ActivityEvent) -> None:
        """Write the row for the assistant only; all there is to write of an event that no gradebook wants."""
        told = statement(event, issuer=self.issuer, course=self.course)
        _add(where, EVENT, event, told["id"], {"statement": told})

    def _wanted(self, session: Session, seat: SeatRow) -> bool:
        # A link to a whole module has one column in the gradebook for many steps: no single score belongs there.
        link = session.get_one(LinkRow, seat.link_id)
        has_column = seat.line_item or (seat.line_items and may_look_up(seat.scopes))
        return bool(has_column and link.step and SCORE_SCOPE in seat.scopes)

    def _add_score(self, session: Session, event: ActivityEvent, seat: SeatRow, message: dict[str, Any]) -> None:
        target = f"{seat.link_id}:{seat.learner}"
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.kind == SCORE, OutboxRow.target == target, OutboxRow.status == "waiting")
            .values(status="superseded", detail="door een nieuwere score vervangen", done_at=event.at)
        )
        seat.stamped_at = _later(event.at, seat.stamped_at)
        score = {**message, "userId": seat.user_id, "timestamp": iso(seat.stamped_at)}
        where: dict[str, Any] = {"link": seat.link_id, "line_item": seat.line_item}
        if not seat.line_item:
            where |= {"line_items": seat.line_items, "scopes": seat.scopes}
        _add(session, SCORE, event, target, {**where, "score": score})


def sync_states(session: Session, tenant: TenantSlug, placement: PlacementId) -> dict[str, dict[str, str]]:
    """Give, per submission that has one, how its last score's way to the gradebook stands (docs/contracts.md, §3)."""
    submissions = select(SubmissionRow.id).where(SubmissionRow.tenant == tenant, SubmissionRow.placement == placement)
    newest = (
        select(func.max(OutboxRow.id))
        .where(OutboxRow.kind == SCORE, OutboxRow.tenant == tenant, OutboxRow.submission.in_(submissions))
        .group_by(OutboxRow.submission)
    )
    rows = session.scalars(select(OutboxRow).where(OutboxRow.id.in_(newest)))
    return {str(row.submission): {"state": _SYNC[row.status], "detail": row.detail} for row in rows}


def _add(where: Session | Direct, kind: str, event: ActivityEvent, target: str, payload: dict[str, Any]) -> None:
    row = {
        "kind": kind,
        "tenant": event.key.tenant,
        "target": target,
        "submission": event.submission,
        "learner": event.key.learner,
        "payload": payload,
        "status": "waiting",
        "detail": "",
        "attempts": 0,
        "created_at": event.at,
        "due_at": event.at,
        "done_at": None,
    }
    execute(where, _NEW, row)


def _score(event: ActivityEvent) -> dict[str, Any] | None:
    """Give the score message of an event, or None when the gradebook need not know (AGS 2.0, 3.4)."""
    if event.score is not None:
        given, maximum = (float(plain(points)) for points in event.score)
        message = {
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": given,
            "scoreMaximum": maximum,
        }
        return {**message, "comment": event.comment} if event.comment else message
    if event.verb == "submitted":
        return {"activityProgress": "Submitted", "gradingProgress": "PendingManual"}
    return None


def _later(at: datetime, last: datetime | None) -> datetime:
    # Platforms compare timestamps by the second and answer 409 to one that is not later than the last.
    return at if last is None else max(at, last + timedelta(seconds=1))
