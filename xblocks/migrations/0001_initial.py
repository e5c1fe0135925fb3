"""The first tables of the blocks."""

import django.db.models.deletion
from django.db import migrations, models

import xblocks.fields


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="SubmissionRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", xblocks.fields.ExactCharField(max_length=36, unique=True)),
                ("number", models.PositiveIntegerField()),
                ("body", models.JSONField()),
                ("words", models.PositiveIntegerField()),
                ("snapshot_hash", xblocks.fields.ExactCharField(max_length=80)),
                ("submitted_at", models.DateTimeField()),
                ("points", models.CharField(max_length=20, null=True)),
                ("maximum", models.CharField(max_length=20, null=True)),
                ("gradebook_uuid", models.CharField(max_length=36, null=True)),
            ],
            options={
                "db_table": "veranderkracht_submission",
            },
        ),
        migrations.CreateModel(
            name="SnapshotRow",
            fields=[
                ("hash", xblocks.fields.ExactCharField(max_length=80, primary_key=True, serialize=False)),
                ("body", models.JSONField()),
            ],
            options={
                "db_table": "veranderkracht_snapshot",
            },
        ),
        migrations.CreateModel(
            name="AssessmentRow",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="assessment",
                        serialize=False,
                        to="veranderkracht.submissionrow",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("rubric", models.CharField(max_length=60)),
                ("rubric_version", models.PositiveIntegerField()),
                ("snapshot_hash", xblocks.fields.ExactCharField(max_length=80)),
                ("levels", models.JSONField()),
                ("comments", models.JSONField()),
                ("comment", models.JSONField()),
                ("score", models.CharField(max_length=20, null=True)),
                ("maximum", models.CharField(max_length=20)),
                ("grader", xblocks.fields.ExactCharField(max_length=64)),
                ("saved_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "veranderkracht_assessment",
            },
        ),
        migrations.CreateModel(
            name="OutboxRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("statement_id", xblocks.fields.ExactCharField(max_length=36, unique=True)),
                ("statement", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("refused_reason", xblocks.fields.ExactCharField(default="", max_length=500)),
            ],
            options={
                "db_table": "veranderkracht_outbox",
                "indexes": [models.Index(fields=["acknowledged_at", "due_at"], name="veranderkracht_outbox_due")],
            },
        ),
        migrations.CreateModel(
            name="PersonRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant", xblocks.fields.ExactCharField(max_length=60)),
                ("learner", xblocks.fields.ExactCharField(max_length=64)),
                ("name", models.JSONField()),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "db_table": "veranderkracht_person",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "learner"), name="veranderkracht_person_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant", xblocks.fields.ExactCharField(max_length=60)),
                ("placement", xblocks.fields.ExactCharField(max_length=255)),
                ("learner", xblocks.fields.ExactCharField(max_length=64)),
                ("version", models.PositiveIntegerField(default=0)),
                ("body", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "veranderkracht_work",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "placement", "learner"), name="veranderkracht_work_key")
                ],
            },
        ),
        migrations.AddField(
            model_name="submissionrow",
            name="work",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="veranderkracht.workrow"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionrow",
            constraint=models.UniqueConstraint(fields=("work", "number"), name="veranderkracht_submission_number"),
        ),
    ]
