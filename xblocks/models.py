"""The blocks' tables in the LMS's database: learners' work, what was handed in and assessed, the outbox, and names.

Rules about them are elsewhere. What people write is kept as JSON, which is written in ASCII: an emoji survives on a
MySQL that is still in three-byte `utf8`. Points are decimal strings, for a float is not exact.
"""

from typing import ClassVar

from django.db import models

from xblocks.fields import ExactCharField

TENANT, PLACEMENT, LEARNER = 60, 255, 64  # together within MariaDB's 3072 bytes for an index


class WorkRow(models.Model):
    """A learner's unfinished work, and the row that is locked; version 0 means that nothing was saved yet."""

    tenant = ExactCharField(max_length=TENANT)
    placement = ExactCharField(max_length=PLACEMENT)
    learner = ExactCharField(max_length=LEARNER)
    version = models.PositiveIntegerField(default=0)
    body = models.JSONField(default=dict)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "veranderkracht_work"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "placement", "learner"], name="veranderkracht_work_key")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "learner"], name="veranderkracht_work_learner")]


class SnapshotRow(models.Model):
    """An assignment as learners saw it, under the hash of its content."""

    hash = ExactCharField(max_length=80, primary_key=True)
    body = models.JSONField()

    class Meta:
        db_table = "veranderkracht_snapshot"


class SubmissionRow(models.Model):
    """Work as handed in; never changed. `gradebook_uuid` is its name in edx-submissions."""

    public_id = ExactCharField(max_length=36, unique=True)
    work = models.ForeignKey(WorkRow, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    words = models.PositiveIntegerField()
    snapshot_hash = ExactCharField(max_length=80)
    submitted_at = models.DateTimeField()
    points = models.CharField(max_length=20, null=True)
    maximum = models.CharField(max_length=20, null=True)
    gradebook_uuid = models.CharField(max_length=36, null=True)

    class Meta:
        db_table = "veranderkracht_submission"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work", "number"], name="veranderkracht_submission_number")
        ]


class AssessmentRow(models.Model):
    """A teacher's reading of a submission; held until `published_at` is set."""

    submission = models.OneToOneField(
        SubmissionRow, on_delete=models.PROTECT, primary_key=True, related_name="assessment"
    )
    version = models.PositiveIntegerField()
    rubric = models.CharField(max_length=60)
    rubric_version = models.PositiveIntegerField()
    snapshot_hash = ExactCharField(max_length=80)
    levels = models.JSONField()
    comments = models.JSONField()
    comment = models.JSONField()
    score = models.CharField(max_length=20, null=True)
    maximum = models.CharField(max_length=20)
    grader = ExactCharField(max_length=LEARNER)
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "veranderkracht_assessment"


class OutboxRow(models.Model):
    """An xAPI statement to tell the sidecar; done when it is acknowledged, or refused with a reason."""

    statement_id = ExactCharField(max_length=36, unique=True)
    statement = models.JSONField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    refused_reason = ExactCharField(max_length=500, default="")

    class Meta:
        db_table = "veranderkracht_outbox"
        indexes: ClassVar = [models.Index(fields=["acknowledged_at", "due_at"], name="veranderkracht_outbox_due")]


class PersonRow(models.Model):
    """The name of a person as the platform last told it, for the teacher's list."""

    tenant = ExactCharField(max_length=TENANT)
    learner = ExactCharField(max_length=LEARNER)
    name = models.JSONField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "veranderkracht_person"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "learner"], name="veranderkracht_person_key")
        ]
