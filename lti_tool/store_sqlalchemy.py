"""The activity store on SQLAlchemy: learners' work, submissions, assessments, and the outbox in the same transaction.

One store serves one request or task, in one thread. What an event becomes in the outbox is the recorder's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lti_tool.database import Database, insert_new
from lti_tool.tables import AssessmentRow, SnapshotRow, SubmissionRow, WorkRow
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.store import (
    ActivityEvent,
    Assessment,
    Body,
    LearnerId,
    PlacementId,
    Submission,
    SubmissionId,
    TenantSlug,
    Work,
    WorkKey,
)
from veranderkracht.rubrics.model import plain


class Recorder(Protocol):
    """What puts an event into the outbox."""

    def record(self, session: Session, event: ActivityEvent) -> None:
        """Write the event's rows in this transaction."""


class SqlStore:
    """An ActivityStore on one database.

    Args:
        database: where.
        recorder: for the outbox.
    """

    def __init__(self, database: Database, recorder: Recorder) -> None:
        self._database = database
        self._recorder = recorder
        self._session: Session | None = None
        # What `latest_submissions` read along, so that a queue of a class does not ask the database once per learner.
        self._ahead: dict[SubmissionId, Assessment | None] = {}

    @contextmanager
    def atomic(self, key: WorkKey) -> Iterator[None]:
        """Open a transaction with this learner's work locked: by its row on PostgreSQL; SQLite has one writer."""
        if self._session is not None:
            raise RuntimeError("atomic does not nest")
        self._ahead.clear()
        with self._database.write() as session:
            if not self._database.is_sqlite:
                insert_new(session, WorkRow, **_names(key), version=0, body={}, saved_at=None)
                session.execute(select(WorkRow.version).filter_by(**_names(key)).with_for_update())
            self._session = session
            try:
                yield
            finally:
                self._session = None

    def work(self, key: WorkKey) -> Work | None:
        with self._reading() as session:
            row = session.get(WorkRow, (key.tenant, key.placement, key.learner))
            if row is None or row.saved_at is None:
                return None
            return Work(version=row.version, body=row.body, saved_at=row.saved_at)

    def put_work(self, key: WorkKey, expected_version: int, body: Body, at: datetime) -> Work | None:
        session = self._writing()
        row = session.get(WorkRow, (key.tenant, key.placement, key.learner))
        if (row.version if row else 0) != expected_version:
            return None
        if row is None:
            row = WorkRow(**_names(key))
            session.add(row)
        row.version, row.body, row.saved_at = expected_version + 1, dict(body), at
        session.flush()
        return Work(version=row.version, body=row.body, saved_at=at)

    def submissions(self, key: WorkKey) -> tuple[Submission, ...]:
        query = select(SubmissionRow).filter_by(**_names(key)).order_by(SubmissionRow.number)
        with self._reading() as session:
            return tuple(map(_submission, session.scalars(query)))

    def add_submission(self, submission: Submission) -> None:
        points, maximum = (plain(each) for each in submission.result) if submission.result else (None, None)
        session = self._writing()
        session.add(
            SubmissionRow(
                id=submission.id,
                **_names(submission.key),
                number=submission.number,
                body=dict(submission.body),
                words=submission.words,
                snapshot_hash=submission.snapshot_hash,
                submitted_at=submission.submitted_at,
                points=points,
                maximum=maximum,
            )
        )
        session.flush()

    def submission(self, tenant: TenantSlug, placement: PlacementId, submission: SubmissionId) -> Submission | None:
        query = select(SubmissionRow).filter_by(id=submission, tenant=tenant, placement=placement)
        with self._reading() as session:
            row = session.scalars(query).one_or_none()
            return _submission(row) if row else None

    def latest_submissions(self, tenant: TenantSlug, placement: PlacementId) -> tuple[Submission, ...]:
        here = (SubmissionRow.tenant == tenant, SubmissionRow.placement == placement)
        last = (
            select(SubmissionRow.learner, func.max(SubmissionRow.number).label("number"))
            .where(*here)
            .group_by(SubmissionRow.learner)
            .subquery()
        )
        query = (
            select(SubmissionRow)
            .join(last, (SubmissionRow.learner == last.c.learner) & (SubmissionRow.number == last.c.number))
            .where(*here)
            .order_by(SubmissionRow.submitted_at, SubmissionRow.id)
        )
        with self._reading() as session:
            found = tuple(map(_submission, session.scalars(query)))
            rows = session.scalars(
                select(AssessmentRow).join(SubmissionRow, AssessmentRow.submission == SubmissionRow.id).where(*here)
            )
            assessed = {SubmissionId(row.submission): _assessment(row) for row in rows}
        self._ahead = {each.id: assessed.get(each.id) for each in found}
        return found

    def put_snapshot(self, snapshot: Snapshot) -> None:
        insert_new(self._writing(), SnapshotRow, hash=snapshot.hash, body=snapshot.model_dump(mode="json"))

    def snapshot(self, snapshot_hash: str) -> Snapshot | None:
        with self._reading() as session:
            row = session.get(SnapshotRow, snapshot_hash)
            return Snapshot.model_validate(row.body) if row else None

    def assessment(self, submission: SubmissionId) -> Assessment | None:
        if self._session is None and submission in self._ahead:
            return self._ahead[submission]
        with self._reading() as session:
            row = session.get(AssessmentRow, submission)
            return _assessment(row) if row else None

    def put_assessment(self, expected_version: int, assessment: Assessment) -> bool:
        session = self._writing()
        values = _columns(assessment)
        if expected_version == 0:
            return insert_new(session, AssessmentRow, **values)
        changed = session.execute(
            update(AssessmentRow)
            .where(AssessmentRow.submission == assessment.submission, AssessmentRow.version == expected_version)
            .values(**values)
            .returning(AssessmentRow.submission)
        )
        return changed.first() is not None

    def record(self, event: ActivityEvent) -> None:
        self._recorder.record(self._writing(), event)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        if self._session is not None:
            yield self._session
            return
        with self._database.read() as session:
            yield session

    def _writing(self) -> Session:
        if self._session is None:
            raise RuntimeError("writing needs atomic")
        return self._session


def _names(key: WorkKey) -> dict[str, str]:
    return {"tenant": key.tenant, "placement": key.placement, "learner": key.learner}


def _submission(row: SubmissionRow) -> Submission:
    scored = row.points is not None and row.maximum is not None
    return Submission(
        id=SubmissionId(row.id),
        key=WorkKey(TenantSlug(row.tenant), PlacementId(row.placement), LearnerId(row.learner)),
        number=row.number,
        body=row.body,
        words=row.words,
        snapshot_hash=row.snapshot_hash,
        submitted_at=row.submitted_at,
        result=(Decimal(str(row.points)), Decimal(str(row.maximum))) if scored else None,
    )


def _assessment(row: AssessmentRow) -> Assessment:
    return Assessment(
        submission=SubmissionId(row.submission),
        version=row.version,
        rubric=row.rubric,
        rubric_version=row.rubric_version,
        snapshot_hash=row.snapshot_hash,
        levels=row.levels,
        comments=row.comments,
        comment=row.comment,
        score=None if row.score is None else Decimal(row.score),
        maximum=Decimal(row.maximum),
        grader=row.grader,
        saved_at=row.saved_at,
        published_at=row.published_at,
    )


def _columns(assessment: Assessment) -> dict[str, object]:
    return {
        "submission": assessment.submission,
        "version": assessment.version,
        "rubric": assessment.rubric,
        "rubric_version": assessment.rubric_version,
        "snapshot_hash": assessment.snapshot_hash,
        "levels": dict(assessment.levels),
        "comments": dict(assessment.comments),
        "comment": assessment.comment,
        "score": None if assessment.score is None else plain(assessment.score),
        "maximum": plain(assessment.maximum),
        "grader": assessment.grader,
        "saved_at": assessment.saved_at,
        "published_at": assessment.published_at,
    }
