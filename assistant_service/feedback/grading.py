"""What became of a reading at a teacher's desk: which remarks were kept, and how proposed levels compare with chosen.

Holds ids alone, of criteria and levels: no word of a learner or of a teacher. A proposed level lies here from the
reading on, and leaves only for a teacher who chose a level first (`grading_endpoint.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, ForeignKey, Index, String, case, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant_service.callers import Caller
from assistant_service.tables import Base
from veranderkracht.rubrics.model import Rubric

Outcome = Literal["kept", "changed", "dropped"]


class TeacherReadingRow(Base):
    """One criterion of one reading for a teacher.

    `remark` is None until the teacher saved an assessment; `proposed` where nothing was; `chosen_first` is the level
    that the teacher had chosen when the proposal was shown, `chosen` the one that was saved.
    """

    __tablename__ = "teacher_readings"
    __table_args__ = (
        Index("ix_teacher_readings_tenant_at", "tenant_id", "at"),
        Index("ix_teacher_readings_person", "tenant_id", "subject"),
    )

    feedback_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(60), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    subject: Mapped[str] = mapped_column(String(128))
    rubric: Mapped[str] = mapped_column(String(60))
    reader: Mapped[str] = mapped_column(String(20))
    proposed: Mapped[str | None] = mapped_column(String(60))
    chosen_first: Mapped[str | None] = mapped_column(String(60))
    chosen: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime]


@dataclass(frozen=True)
class Line:
    """What teachers did with the remarks on one criterion, by one kind of reader.

    Args:
        rubric: its slug.
        criterion: its id.
        reader: `guide` or `model`.
        kept, changed, dropped: remarks.
        compared: proposed levels that were shown.
        agreed: how many of them the teacher had chosen already.
    """

    rubric: str
    criterion: str
    reader: str
    kept: int
    changed: int
    dropped: int
    compared: int
    agreed: int


def begin(
    session: Session, id: str, caller: Caller, rubric: Rubric, reader: str, proposed: Mapping[str, str], at: datetime
) -> None:
    """Write down that a teacher got a reading.

    Args:
        session: to write with.
        id: of the reading.
        caller: the teacher.
        rubric: of the assignment.
        reader: `guide` or `model`.
        proposed: the level that it proposes, by criterion; empty where nothing may be.
        at: when.
    """
    for criterion in rubric.criteria:
        row = TeacherReadingRow(
            feedback_id=id,
            criterion=criterion.id,
            tenant_id=caller.tenant_id,
            subject=caller.subject,
            rubric=rubric.slug,
            reader=reader,
            proposed=proposed.get(criterion.id),
            at=at,
        )
        session.add(row)


def rows_of(session: Session, id: str, caller: Caller) -> dict[str, TeacherReadingRow]:
    """Give a teacher's own reading by criterion; empty when it is unknown, or somebody else's."""
    where = (TeacherReadingRow.feedback_id == id, *_whose(caller.tenant_id, caller.subject))
    return {row.criterion: row for row in session.scalars(select(TeacherReadingRow).where(*where))}


def figures(session: Session, tenant_id: int, since: datetime) -> list[Line]:
    """Give what teachers of a tenant did with remarks since a moment, by rubric, criterion and reader."""
    row = TeacherReadingRow
    counted = [func.sum(case((row.remark == outcome, 1), else_=0)) for outcome in ("kept", "changed", "dropped")]
    compared = func.sum(case((row.chosen_first.is_not(None), 1), else_=0))
    agreed = func.sum(case((row.chosen_first == row.proposed, 1), else_=0))
    query = (
        select(row.rubric, row.criterion, row.reader, *counted, compared, agreed)
        .where(row.tenant_id == tenant_id, row.at >= since)
        .where(row.remark.is_not(None) | row.chosen_first.is_not(None))
        .group_by(row.rubric, row.criterion, row.reader)
        .order_by(row.rubric, row.criterion, row.reader)
    )
    return [Line(*found) for found in session.execute(query)]


def erase(session: Session, tenant_id: int, subject: str) -> int:
    """Forget what a teacher did with remarks; give how many rows. Of the learner there is nothing here."""
    return session.query(TeacherReadingRow).where(*_whose(tenant_id, subject)).delete()


def export(session: Session, tenant_id: int, subject: str) -> list[dict[str, Any]]:
    """Give what a teacher did with remarks; a proposal that was not shown is not theirs to see here either."""
    where = _whose(tenant_id, subject)
    names = ("rubric", "criterion", "reader", "remark", "chosen_first", "chosen")
    return [
        {
            "at": row.at.isoformat(),
            **{name: getattr(row, name) for name in names},
            "proposed": row.proposed if row.chosen_first else None,
        }
        for row in session.scalars(select(TeacherReadingRow).where(*where).order_by(TeacherReadingRow.at))
    ]


def expire(session: Session, tenant_id: int, before: datetime) -> int:
    """Forget what was read before a moment; give how many rows."""
    where = (TeacherReadingRow.tenant_id == tenant_id, TeacherReadingRow.at < before)
    return session.query(TeacherReadingRow).where(*where).delete()


def _whose(tenant_id: int, subject: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TeacherReadingRow.tenant_id == tenant_id, TeacherReadingRow.subject == subject
