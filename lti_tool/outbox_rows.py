"""What an event becomes in the outbox: an xAPI statement for the assistant, and a score for the platform's gradebook.

Sending is `outbox.py`'s, sending anew `resending.py`'s, and how it stands `sync_states.py`'s. A newer score takes the
place of an older one for the same person and link.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lti_tool.database import execute
from lti_tool.direct import Direct
from lti_tool.line_items import may_look_up
from lti_tool.tables import LinkRow, OutboxRow, SeatRow
from veranderkracht.activities.store import ActivityEvent
from veranderkracht.clock import iso
from veranderkracht.events import statement
from veranderkracht.rubrics.model import plain

log = logging.getLogger("lti_tool.outbox")

SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCORE, EVENT = "ags-score", "xapi"

# Written at every launch, so without the bookkeeping of a mapped object.
_NEW = insert(OutboxRow)


@dataclass(frozen=True)
class OutboxRecorder:
    """Writes the rows of one placed step's events.

    Args:
        issuer: how this tool is called towards the assistant.
        course: as the platform names it.
        link: the resource link's row, for the score; None when there is no platform to tell.
        assistant: whether there is an assistant to tell. Without one its rows would wait for ever, and they hold what
            learners did: they are not written.
    """

    issuer: str
    course: str
    link: int | None
    assistant: bool = True

    def record(self, session: Session, event: ActivityEvent) -> None:
        """Write the event's rows in this transaction."""
        self.tell(session, event)
        message = _score(event)
        if message is None or not self.link:
            return
        seat = session.get(SeatRow, (self.link, event.key.learner), with_for_update=True)
        if seat is None or no_column(session.get_one(LinkRow, seat.link_id), seat):
            return
        if "scoreGiven" in message or not _was_graded(session, seat):
            add_score(session, event.key.tenant, event.submission, seat, message, event.at)

    def tell(self, where: Session | Direct, event: ActivityEvent) -> None:
        """Write the row for the assistant only; all there is to write of an event that no gradebook wants."""
        if self.assistant:
            told = statement(event, issuer=self.issuer, course=self.course)
            key = event.key
            _add(where, EVENT, key.tenant, told["id"], event.submission, key.learner, {"statement": told}, event.at)


def no_column(link: LinkRow, seat: SeatRow) -> str:
    """Say in Dutch why no score goes to the gradebook for this seat, and what to do; empty when one does."""
    if not link.step:
        # A link to a whole module has one column in the gradebook for many steps: no single score belongs there.
        return "Deze activiteit opent een hele module. Plaats de stap apart in je cursus als je er een score van wilt."
    if SCORE_SCOPE not in seat.scopes:
        return "Je leeromgeving laat deze tool geen scores doorgeven. Vraag de beheerder om dat aan te zetten."
    if not seat.line_item and not (seat.line_items and may_look_up(seat.scopes)):
        return (
            "Toen deze lerende de activiteit opende, hoorde er geen kolom in het puntenboek bij. Stel in je "
            "leeromgeving punten in voor de activiteit, laat de lerende ze opnieuw openen, en stuur dan de score."
        )
    return ""


def add_score(
    session: Session,
    tenant: str,
    submission: str | None,
    seat: SeatRow,
    message: Mapping[str, Any],
    at: datetime,
    *,
    careful: bool = False,
) -> None:
    """Write a score's row, in the place of one that still waits; the seat must be locked.

    Args:
        session: of the caller's transaction.
        tenant: the institution.
        submission: that it is about.
        seat: where the score goes.
        message: the score message, but for whom and when.
        at: now.
        careful: not to overwrite what somebody changed in the gradebook itself.
    """
    target = f"{seat.link_id}:{seat.learner}"
    replaced = session.scalars(
        update(OutboxRow)
        .where(OutboxRow.kind == SCORE, OutboxRow.target == target, OutboxRow.status == "waiting")
        .values(status="superseded", detail="door een nieuwere score vervangen", done_at=at)
        .returning(OutboxRow.id)
    ).all()
    for number in replaced:
        log.info("outbox: id=%s kind=%s tenant=%s state=superseded detail='by a newer score'", number, SCORE, tenant)
    seat.stamped_at = _later(at, seat.stamped_at)
    payload: dict[str, Any] = {"link": seat.link_id, "line_item": seat.line_item, "scopes": seat.scopes}
    if not seat.line_item:
        payload["line_items"] = seat.line_items
    if careful:
        payload["careful"] = True
    payload["score"] = {**message, "userId": seat.user_id, "timestamp": iso(seat.stamped_at)}
    _add(session, SCORE, tenant, target, submission, seat.learner, payload, at)


def grade_message(points: Decimal, maximum: Decimal, comment: str = "") -> dict[str, Any]:
    """Give the message of a final grade, but for whom and when (AGS 2.0, 3.4)."""
    given, most = float(plain(points)), float(plain(maximum))
    message: dict[str, Any] = {
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": given,
        "scoreMaximum": most,
    }
    return {**message, "comment": comment} if comment else message


def _was_graded(session: Session, seat: SeatRow) -> bool:
    """Tell whether a grade was on its way for this seat before.

    A message without a score says that there is none, "and the platform should clear any previous score value" (AGS
    2.0, 3.4.4). They do: Moodle 5.1 saves an empty grade (save_grade_item in gradebookservices.php; it empties what is
    not FullyGraded even when a score comes along, scores.php), Canvas too (score_submission in scores_controller.rb).
    So a new version of a graded work is told of by its own grade, later, and by nothing before.
    """
    target = f"{seat.link_id}:{seat.learner}"
    rows = session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == SCORE, OutboxRow.target == target))
    return any("scoreGiven" in payload["score"] for payload in rows)


def _add(
    where: Session | Direct,
    kind: str,
    tenant: str,
    target: str,
    submission: str | None,
    learner: str,
    payload: dict[str, Any],
    at: datetime,
) -> None:
    row = {
        "kind": kind,
        "tenant": tenant,
        "target": target,
        "submission": submission,
        "learner": learner,
        "payload": payload,
        "status": "waiting",
        "detail": "",
        "attempts": 0,
        "created_at": at,
        "due_at": at,
        "done_at": None,
    }
    execute(where, _NEW, row)


def _score(event: ActivityEvent) -> dict[str, Any] | None:
    """Give the score message of an event, or None when the gradebook need not know (AGS 2.0, 3.4)."""
    if event.score is not None:
        return grade_message(*event.score, event.comment)
    if event.verb == "submitted":
        return {"activityProgress": "Submitted", "gradingProgress": "PendingManual"}
    return None


def _later(at: datetime, last: datetime | None) -> datetime:
    # Platforms compare timestamps by the second and answer 409 to one that is not later than the last.
    return at if last is None else max(at, last + timedelta(seconds=1))
