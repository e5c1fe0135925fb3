"""What the rules ask of a host's store: the work of a learner, submissions, assessments, and the events they cause.

Every face implements `ActivityStore` on its own database; `tests/core/memory_store.py` is the smallest example, and
`tests/core/store_promises.py` the tests that every implementation passes.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NewType, Protocol

from veranderkracht.activities.assignment import Snapshot

TenantSlug = NewType("TenantSlug", str)
PlacementId = NewType("PlacementId", str)  # one step in one course: an LTI resource link, an XBlock usage key
LearnerId = NewType("LearnerId", str)  # the pseudonym (host_tokens.pseudonym), never a platform's user id
SubmissionId = NewType("SubmissionId", str)

Body = Mapping[str, Any]  # JSON-able; its shape per kind is in docs/contracts.md


@dataclass(frozen=True)
class WorkKey:
    """Whose work on which placed step."""

    tenant: TenantSlug
    placement: PlacementId
    learner: LearnerId


@dataclass(frozen=True)
class Work:
    """A learner's own, unfinished work; the version goes up by one with every save."""

    version: int
    body: Body
    saved_at: datetime


@dataclass(frozen=True)
class Submission:
    """Work as handed in; it never changes."""

    id: SubmissionId
    key: WorkKey
    number: int
    body: Body
    words: int
    snapshot_hash: str
    submitted_at: datetime
    result: tuple[Decimal, Decimal] | None = None  # points and maximum of an automatic score


@dataclass(frozen=True)
class Assessment:
    """A teacher's reading of one submission: held until `published_at` is set; the version goes up with every save."""

    submission: SubmissionId
    version: int
    rubric: str
    rubric_version: int
    snapshot_hash: str
    levels: Mapping[str, str]
    comments: Mapping[str, str]
    comment: str
    score: Decimal | None
    maximum: Decimal
    grader: str
    saved_at: datetime
    published_at: datetime | None = None


@dataclass(frozen=True)
class ActivityEvent:
    """Something that happened, for the outbox: xAPI to the sidecar, and a score to the gradebook."""

    verb: Literal["initialized", "answered", "submitted", "completed", "scored"]
    key: WorkKey
    module: str
    module_version: int
    step: str
    kind: str
    snapshot_hash: str
    at: datetime
    submission: SubmissionId | None = None
    score: tuple[Decimal, Decimal] | None = None  # points and maximum, when there is one to pass on
    comment: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class ActivityStore(Protocol):
    """What a host keeps. Every call inside one `atomic` block happens whole or not at all."""

    def atomic(self, key: WorkKey) -> AbstractContextManager[None]:
        """Open a transaction that holds this learner's work locked until it ends. Not nested."""

    def work(self, key: WorkKey) -> Work | None:
        """Give the learner's work, or None when nothing was saved."""

    def put_work(self, key: WorkKey, expected_version: int, body: Body, at: datetime) -> Work | None:
        """Save when the stored version (0: nothing stored) is the expected one; give None, unsaved, when it is not."""

    def submissions(self, key: WorkKey) -> tuple[Submission, ...]:
        """Give what this learner handed in here, oldest first."""

    def add_submission(self, submission: Submission) -> None:
        """Keep a submission; its id is new."""

    def submission(self, tenant: TenantSlug, placement: PlacementId, submission: SubmissionId) -> Submission | None:
        """Give one submission of this placement, or None; another tenant's or placement's does not exist here."""

    def latest_submissions(self, tenant: TenantSlug, placement: PlacementId) -> tuple[Submission, ...]:
        """Give every learner's last submission for this placement, oldest first."""

    def put_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot under its hash; the same one again changes nothing."""

    def snapshot(self, snapshot_hash: str) -> Snapshot | None:
        """Give the snapshot of this name, or None."""

    def assessment(self, submission: SubmissionId) -> Assessment | None:
        """Give the assessment of a submission, or None when grading has not begun."""

    def put_assessment(self, expected_version: int, assessment: Assessment) -> bool:
        """Save when the stored version (0: none) is the expected one; False, unsaved, when it is not."""

    def record(self, event: ActivityEvent) -> None:
        """Put an event in the outbox, inside the same transaction as what it tells of."""
