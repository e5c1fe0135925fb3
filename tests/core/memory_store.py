"""The smallest ActivityStore: everything in dictionaries, one lock, a rollback by copying. For tests only."""

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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


@dataclass
class _Tables:
    works: dict[WorkKey, Work] = field(default_factory=dict)
    submissions: list[Submission] = field(default_factory=list)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    assessments: dict[SubmissionId, Assessment] = field(default_factory=dict)
    events: list[ActivityEvent] = field(default_factory=list)


class MemoryStore:
    """An ActivityStore in memory."""

    def __init__(self) -> None:
        self._tables = _Tables()
        self._lock = threading.RLock()

    @property
    def events(self) -> list[ActivityEvent]:
        """What the outbox holds."""
        return self._tables.events

    @contextmanager
    def atomic(self, key: WorkKey) -> Iterator[None]:
        with self._lock:
            before = copy.deepcopy(self._tables)
            try:
                yield
            except BaseException:
                self._tables = before
                raise

    def work(self, key: WorkKey) -> Work | None:
        return self._tables.works.get(key)

    def put_work(self, key: WorkKey, expected_version: int, body: Body, at: datetime) -> Work | None:
        current = self._tables.works.get(key)
        if (current.version if current else 0) != expected_version:
            return None
        saved = Work(version=expected_version + 1, body=copy.deepcopy(dict(body)), saved_at=at)
        self._tables.works[key] = saved
        return saved

    def submissions(self, key: WorkKey) -> tuple[Submission, ...]:
        return tuple(submission for submission in self._tables.submissions if submission.key == key)

    def add_submission(self, submission: Submission) -> None:
        self._tables.submissions.append(submission)

    def submission(self, tenant: TenantSlug, placement: PlacementId, submission: SubmissionId) -> Submission | None:
        return next((row for row in self._here(tenant, placement) if row.id == submission), None)

    def latest_submissions(self, tenant: TenantSlug, placement: PlacementId) -> tuple[Submission, ...]:
        latest = {row.key: row for row in self._here(tenant, placement)}
        return tuple(sorted(latest.values(), key=lambda row: row.submitted_at))

    def put_snapshot(self, snapshot: Snapshot) -> None:
        self._tables.snapshots[snapshot.hash] = snapshot

    def snapshot(self, snapshot_hash: str) -> Snapshot | None:
        return self._tables.snapshots.get(snapshot_hash)

    def assessment(self, submission: SubmissionId) -> Assessment | None:
        return self._tables.assessments.get(submission)

    def put_assessment(self, expected_version: int, assessment: Assessment) -> bool:
        current = self._tables.assessments.get(assessment.submission)
        if (current.version if current else 0) != expected_version:
            return False
        self._tables.assessments[assessment.submission] = assessment
        return True

    def record(self, event: ActivityEvent) -> None:
        self._tables.events.append(event)

    def _here(self, tenant: TenantSlug, placement: PlacementId) -> list[Submission]:
        return [row for row in self._tables.submissions if row.key.tenant == tenant and row.key.placement == placement]
