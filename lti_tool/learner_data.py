"""Everything that the tool keeps of one learner, as one document that both the learner and a program can read.

Keys and texts are Dutch, for the learner is who reads it. No session's name and no token stands in it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.forgetting import rows_of
from lti_tool.outbox_rows import EVENT, SCORE
from lti_tool.tables import (
    AssessmentRow,
    CourseRoleRow,
    LinkRow,
    MemberRow,
    OutboxRow,
    PersonRow,
    SeatRow,
    SessionRow,
    SnapshotRow,
    SubmissionRow,
    TenantRow,
    WorkRow,
)
from veranderkracht.clock import iso
from veranderkracht.languages import later

# In Dutch in the document; the page that is made of it says them in the reader's language.
STATES = {
    "waiting": later("nog niet verstuurd"),
    "sent": later("verstuurd"),
    "superseded": later("door een nieuwere vervangen"),
}
FAILED = later("mislukt")
ROLES = {"learner": later("lerende"), "teacher": later("docent"), "visitor": later("bezoeker")}


def of_learner(session: Session, tenant: TenantRow, learner: str, at: datetime) -> dict[str, Any]:
    """Give a learner's data.

    Args:
        session: a reading one.
        tenant: the institution.
        learner: the pseudonym.
        at: when this is asked.
    """

    def mine(row: Any) -> list[Any]:
        # By the same condition as what is deleted, so that nothing is told of that would stay, nor the other way round.
        table = row.__table__
        order = table.primary_key.columns
        return list(session.scalars(select(row).where(rows_of(table, tenant, learner)).order_by(*order)))

    people: list[PersonRow] = mine(PersonRow)
    assessments: dict[str, AssessmentRow] = {row.submission: row for row in mine(AssessmentRow) if row.published_at}
    submissions: list[SubmissionRow] = sorted(mine(SubmissionRow), key=lambda row: row.submitted_at)
    outbox: list[OutboxRow] = mine(OutboxRow)
    snapshots = _snapshots(session, submissions)
    return {
        "gemaakt_op": iso(at),
        "instelling": tenant.slug,
        "pseudoniem": learner,
        "naam": people[0].name if people else "",
        "laatst_gezien": iso(people[0].seen_at) if people else None,
        "plaatsen": [_seat(session, row) for row in mine(SeatRow)],
        "deelnemerslijsten": [_listed(session, row) for row in mine(MemberRow)],
        "rollen": [_role(row) for row in mine(CourseRoleRow)],
        "kladversies": [_work(row) for row in mine(WorkRow) if row.saved_at],
        "inzendingen": [_submission(row, snapshots.get(row.snapshot_hash), assessments) for row in submissions],
        "scores": [_score(row) for row in outbox if row.kind == SCORE],
        "bezoeken": [_visit(row) for row in mine(SessionRow)],
        "gebeurtenissen_voor_de_assistent": [
            {"toestand": STATES.get(row.status, FAILED), "gebeurtenis": row.payload.get("statement")}
            for row in outbox
            if row.kind == EVENT
        ],
    }


def is_empty(document: Mapping[str, Any]) -> bool:
    """Tell whether nothing is kept of this learner."""
    return not document["laatst_gezien"] and not any(isinstance(each, list) and each for each in document.values())


def _snapshots(session: Session, submissions: list[SubmissionRow]) -> dict[str, dict[str, Any]]:
    wanted = {row.snapshot_hash for row in submissions}
    return {row.hash: row.body for row in session.scalars(select(SnapshotRow).where(SnapshotRow.hash.in_(wanted)))}


def _activity(placement: str) -> str:
    """Give module and step of a placement, which begins with our own number of the link."""
    return placement.partition(":")[2]


def _seat(session: Session, row: SeatRow) -> dict[str, Any]:
    link = session.get_one(LinkRow, row.link_id)
    return {
        "cursus": link.context_id,
        "activiteit": f"{link.module}/{link.step}".rstrip("/"),
        "gebruiker_in_de_leeromgeving": row.user_id,
        "kolom_in_het_puntenboek": row.line_item or link.line_item,
        "laatste_score": iso(row.stamped_at) if row.stamped_at else None,
    }


def _listed(session: Session, row: MemberRow) -> dict[str, Any]:
    link = session.get_one(LinkRow, row.link_id)
    return {"cursus": link.context_id, "activiteit": f"{link.module}/{link.step}".rstrip("/"), "naam": row.name}


def _role(row: CourseRoleRow) -> dict[str, Any]:
    return {"cursus": row.context_id, "rol": ROLES.get(row.role, row.role), "gezien_op": iso(row.seen_at)}


def _work(row: WorkRow) -> dict[str, Any]:
    bewaard = iso(row.saved_at) if row.saved_at else None
    return {
        "activiteit": _activity(row.placement),
        "versie": row.version,
        "bewaard_op": bewaard,
        **_body(row.body),
    }


def _body(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"tekst": body.get("text", ""), "antwoorden": body.get("answers", {})}


def _submission(
    row: SubmissionRow, snapshot: Mapping[str, Any] | None, assessments: Mapping[str, AssessmentRow]
) -> dict[str, Any]:
    snapshot = snapshot or {}
    return {
        "activiteit": _activity(row.placement),
        "titel": snapshot.get("title", ""),
        "module": snapshot.get("module_title", ""),
        "opdracht": snapshot.get("prompt", ""),
        "nummer": row.number,
        "ingediend_op": iso(row.submitted_at),
        "woorden": row.words,
        **_body(row.body),
        "resultaat": f"{row.points}/{row.maximum}" if row.points is not None else None,
        "beoordeling": _assessment(assessments[row.id], snapshot) if row.id in assessments else None,
    }


def _assessment(row: AssessmentRow, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    rubric = snapshot.get("rubric") or {}
    criteria = {each["id"]: each for each in rubric.get("criteria", ())}

    def criterion(name: str) -> str:
        return str(criteria.get(name, {}).get("title", name))

    def level(of: str, name: str) -> str:
        levels = criteria.get(of, {}).get("levels", ())
        return next((str(each["title"]) for each in levels if each["id"] == name), name)

    return {
        "score": None if row.score is None else f"{row.score}/{row.maximum}",
        "niveaus": {criterion(of): level(of, name) for of, name in row.levels.items()},
        "opmerkingen": {criterion(of): comment for of, comment in row.comments.items() if comment},
        "opmerking": row.comment,
        "gepubliceerd_op": iso(row.published_at) if row.published_at else None,
    }


def _score(row: OutboxRow) -> dict[str, Any]:
    return {
        "toestand": STATES.get(row.status, FAILED),
        "uitleg": row.detail,
        "gemaakt_op": iso(row.created_at),
        "afgehandeld_op": iso(row.done_at) if row.done_at else None,
        "score": row.payload.get("score"),
    }


def _visit(row: SessionRow) -> dict[str, Any]:
    return {
        "rol": ROLES.get(row.role, row.role),
        "activiteit": f"{row.module}/{row.step}".rstrip("/"),
        "begonnen_op": iso(row.created_at),
        "loopt_tot": iso(row.expires_at),
    }
