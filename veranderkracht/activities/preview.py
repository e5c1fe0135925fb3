# ruff: noqa: ARG002 - what keeps nothing has no use for what it is given
"""A store that keeps nothing: who teaches tries a step out as a learner sees it, and leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.store import (
    ActivityEvent,
    Assessment,
    Body,
    PlacementId,
    Submission,
    SubmissionId,
    TenantSlug,
    Work,
    WorkKey,
)


class PreviewStore:
    """An ActivityStore in which every learner is new and every save is the first one that counts."""

    @contextmanager
    def atomic(self, key: WorkKey) -> Iterator[None]:
        yield

    def work(self, key: WorkKey) -> Work | None:
        return None

    def put_work(self, key: WorkKey, expected_version: int, body: Body, at: datetime) -> Work | None:
        return Work(expected_version + 1, body, at)

    def submissions(self, key: WorkKey) -> tuple[Submission, ...]:
        return ()

    def add_submission(self, submission: Submission) -> None:
        return None

    def submission(self, tenant: TenantSlug, placement: PlacementId, submission: SubmissionId) -> Submission | None:
        return None

    def latest_submissions(self, tenant: TenantSlug, placement: PlacementId) -> tuple[Submission, ...]:
        return ()

    def put_snapshot(self, snapshot: Snapshot) -> None:
        return None

    def snapshot(self, snapshot_hash: str) -> Snapshot | None:
        return None

    def assessment(self, submission: SubmissionId) -> Assessment | None:
        return None

    def put_assessment(self, expected_version: int, assessment: Assessment) -> bool:
        return False

    def record(self, event: ActivityEvent) -> None:
        return None
