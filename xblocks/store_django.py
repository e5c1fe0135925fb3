"""The activity store on Django's ORM: work, submissions and assessments, and events in the same transaction.

One store serves one request, in one thread. What an event becomes is the recorder's. Reads see what others committed
before: Django's own isolation level, read committed, is what these promises stand on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

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
from xblocks.models import AssessmentRow, SnapshotRow, SubmissionRow, WorkRow

_KEY = ("tenant", "placement", "learner")


class Recorder(Protocol):
    """What is done with an event, in the transaction that it belongs to."""

    def record(self, event: ActivityEvent) -> None:
        """Write what follows from the event."""


class DjangoStore:
    """An ActivityStore on the LMS's default database.

    Args:
        recorder: for the outbox and the gradebook.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._locked: tuple[WorkKey, int] | None = None
        self._ahead: dict[SubmissionId, Assessment | None] = {}

    @contextmanager
    def atomic(self, key: WorkKey) -> Iterator[None]:
        """Open a transaction with this learner's work locked; within a request's own transaction, until that ends."""
        if self._locked is not None:
            raise RuntimeError("atomic does not nest")
        self._ahead = {}
        with transaction.atomic():
            self._locked = key, _lock(key)
            try:
                yield
            finally:
                self._locked = None

    def work(self, key: WorkKey) -> Work | None:
        row = WorkRow.objects.filter(**_names(key), version__gt=0).first()
        return Work(version=row.version, body=row.body, saved_at=row.saved_at) if row else None

    def put_work(self, key: WorkKey, expected_version: int, body: Body, at: datetime) -> Work | None:
        saved = Work(version=expected_version + 1, body=dict(body), saved_at=at)
        rows = WorkRow.objects.filter(pk=self._held(key), version=expected_version)
        return saved if rows.update(version=saved.version, body=saved.body, saved_at=at) else None

    def submissions(self, key: WorkKey) -> tuple[Submission, ...]:
        rows = _submissions(key.tenant, key.placement).filter(work__learner=key.learner)
        return tuple(map(_submission, rows.order_by("number")))

    def add_submission(self, submission: Submission) -> None:
        points, maximum = (plain(each) for each in submission.result) if submission.result else (None, None)
        SubmissionRow.objects.create(
            public_id=submission.id,
            work_id=self._held(submission.key),
            number=submission.number,
            body=dict(submission.body),
            words=submission.words,
            snapshot_hash=submission.snapshot_hash,
            submitted_at=submission.submitted_at,
            points=points,
            maximum=maximum,
        )

    def submission(self, tenant: TenantSlug, placement: PlacementId, submission: SubmissionId) -> Submission | None:
        row = _submissions(tenant, placement).filter(public_id=submission).first()
        return _submission(row) if row else None

    def latest_submissions(self, tenant: TenantSlug, placement: PlacementId) -> tuple[Submission, ...]:
        last = SubmissionRow.objects.filter(work=OuterRef("work")).order_by("-number").values("number")[:1]
        rows = _submissions(tenant, placement).filter(number=Subquery(last)).select_related("work", "assessment")
        found = list(rows.order_by("submitted_at", "pk"))
        # A queue asks for the assessment of each of these next: one query for them all, and each is told once.
        self._ahead = {SubmissionId(row.public_id): _assessment(row) for row in found}
        return tuple(map(_submission, found))

    def put_snapshot(self, snapshot: Snapshot) -> None:
        row = SnapshotRow(hash=snapshot.hash, body=snapshot.model_dump(mode="json"))
        SnapshotRow.objects.bulk_create([row], ignore_conflicts=True)

    def snapshot(self, snapshot_hash: str) -> Snapshot | None:
        row = SnapshotRow.objects.filter(hash=snapshot_hash).first()
        return Snapshot.model_validate(row.body) if row else None

    def assessment(self, submission: SubmissionId) -> Assessment | None:
        if submission in self._ahead:
            return self._ahead.pop(submission)
        row = SubmissionRow.objects.filter(public_id=submission).select_related("assessment").first()
        return _assessment(row) if row else None

    def put_assessment(self, expected_version: int, assessment: Assessment) -> bool:
        about = SubmissionRow.objects.get(public_id=assessment.submission)
        self._held(_key(about.work))
        existing = AssessmentRow.objects.filter(submission=about)
        if expected_version > 0:
            return bool(existing.filter(version=expected_version).update(**_columns(assessment)))
        if existing.exists():
            return False
        AssessmentRow.objects.create(submission=about, **_columns(assessment))
        return True

    def record(self, event: ActivityEvent) -> None:
        self._held(event.key)
        self._recorder.record(event)

    def _held(self, key: WorkKey) -> int:
        """Give the locked row's id; writing without the lock, or to another's work, is a mistake of the program."""
        if self._locked is None or self._locked[0] != key:
            raise RuntimeError("write only inside atomic of the same work")
        return self._locked[1]


def _lock(key: WorkKey) -> int:
    """Lock a learner's row until the transaction ends, made when it is not there; give its id.

    Both statements write, though they change nothing: a write is what locks the row on MariaDB and, as a transaction's
    first statement, what makes SQLite wait for its one writer instead of failing later. An upsert and not a plain
    insert, for after a refused insert InnoDB leaves a shared lock behind, and two of those block each other.
    """
    if not WorkRow.objects.filter(**_names(key)).update(version=F("version")):
        target = _KEY if connection.features.supports_update_conflicts_with_target else None
        WorkRow.objects.bulk_create(
            [WorkRow(**_names(key))], update_conflicts=True, update_fields=["tenant"], unique_fields=target
        )
    return int(WorkRow.objects.values_list("pk", flat=True).get(**_names(key)))


def _names(key: WorkKey) -> dict[str, str]:
    return {"tenant": key.tenant, "placement": key.placement, "learner": key.learner}


def _key(row: WorkRow) -> WorkKey:
    return WorkKey(TenantSlug(row.tenant), PlacementId(row.placement), LearnerId(row.learner))


def _submissions(tenant: TenantSlug, placement: PlacementId) -> QuerySet:
    return SubmissionRow.objects.filter(work__tenant=tenant, work__placement=placement).select_related("work")


def _submission(row: SubmissionRow) -> Submission:
    scored = row.points is not None and row.maximum is not None
    return Submission(
        id=SubmissionId(row.public_id),
        key=_key(row.work),
        number=row.number,
        body=row.body,
        words=row.words,
        snapshot_hash=row.snapshot_hash,
        submitted_at=row.submitted_at,
        result=(Decimal(row.points), Decimal(row.maximum)) if scored else None,
    )


def _assessment(about: SubmissionRow) -> Assessment | None:
    row: AssessmentRow | None = getattr(about, "assessment", None)
    if row is None:
        return None
    return Assessment(
        submission=SubmissionId(about.public_id),
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


def _columns(assessment: Assessment) -> dict[str, Any]:
    return {
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
