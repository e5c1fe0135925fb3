"""Institutions and platforms, launches and sessions, learners' work, and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("tenant", sa.String(60), nullable=False),
        sa.Column("target", sa.String(300), nullable=False),
        sa.Column("submission", sa.String(36), nullable=True),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("done_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_due", "outbox", ["status", "due_at"], unique=False)
    op.create_index("ix_outbox_submission", "outbox", ["submission"], unique=False)
    op.create_index("ix_outbox_target", "outbox", ["kind", "target"], unique=False)
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("auth_url", sa.String(2000), nullable=False),
        sa.Column("token_url", sa.String(2000), nullable=False),
        sa.Column("jwks_url", sa.String(2000), nullable=False),
        sa.Column("token_audience", sa.String(2000), nullable=False),
        sa.Column("frame_origins", sa.JSON, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
        sa.UniqueConstraint("issuer", "client_id", name="uq_registrations_issuer"),
    )
    op.create_table(
        "snapshots",
        sa.Column("hash", sa.String(80), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_snapshots"),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
        sa.UniqueConstraint("slug", name="uq_tenants_slug"),
    )
    op.create_table(
        "used_nonces",
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_used_nonces"),
    )
    op.create_index("ix_used_nonces_expires_at", "used_nonces", ["expires_at"], unique=False)
    op.create_table(
        "works",
        sa.Column("tenant", sa.String(60), nullable=False),
        sa.Column("placement", sa.String(200), nullable=False),
        sa.Column("learner", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("saved_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "placement", "learner", name="pk_works"),
    )
    op.create_table(
        "deployments",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("registration_id", sa.Integer, nullable=False),
        sa.Column("deployment_id", sa.String(255), nullable=False),
        sa.Column("tenant_id", sa.Integer, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name="fk_deployments_registration_id_registrations"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_deployments_tenant_id_tenants"),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.UniqueConstraint("registration_id", "deployment_id", name="uq_deployments_registration_id"),
    )
    op.create_index("ix_deployments_tenant_id", "deployments", ["tenant_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("tenant_id", sa.Integer, nullable=False),
        sa.Column("learner", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_people_tenant_id_tenants"),
        sa.PrimaryKeyConstraint("tenant_id", "learner", name="pk_people"),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(60), nullable=False),
        sa.Column("placement", sa.String(200), nullable=False),
        sa.Column("learner", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("snapshot_hash", sa.String(80), nullable=False),
        sa.Column("submitted_at", moment, nullable=False),
        sa.Column("points", sa.String(20), nullable=True),
        sa.Column("maximum", sa.String(20), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("tenant", "placement", "learner", "number", name="uq_submissions_tenant"),
    )
    op.create_table(
        "assessments",
        sa.Column("submission", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rubric", sa.String(60), nullable=False),
        sa.Column("rubric_version", sa.Integer, nullable=False),
        sa.Column("snapshot_hash", sa.String(80), nullable=False),
        sa.Column("levels", sa.JSON, nullable=False),
        sa.Column("comments", sa.JSON, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("score", sa.String(20), nullable=True),
        sa.Column("maximum", sa.String(20), nullable=False),
        sa.Column("grader", sa.String(64), nullable=False),
        sa.Column("saved_at", moment, nullable=False),
        sa.Column("published_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_assessments_submission_submissions"),
        sa.PrimaryKeyConstraint("submission", name="pk_assessments"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("deployment_id", sa.Integer, nullable=False),
        sa.Column("resource_link_id", sa.String(255), nullable=False),
        sa.Column("context_id", sa.String(255), nullable=False),
        sa.Column("module", sa.String(60), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployments.id"], name="fk_links_deployment_id_deployments"),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.UniqueConstraint("deployment_id", "resource_link_id", name="uq_links_deployment_id"),
    )
    op.create_table(
        "seats",
        sa.Column("link_id", sa.Integer, nullable=False),
        sa.Column("learner", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("line_item", sa.String(2000), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("stamped_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_seats_link_id_links"),
        sa.PrimaryKeyConstraint("link_id", "learner", name="pk_seats"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(43), nullable=False),
        sa.Column("link_id", sa.Integer, nullable=False),
        sa.Column("learner", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("module", sa.String(60), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_sessions_link_id_links"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_learner", "sessions", ["learner"], unique=False)
    op.create_index("ix_sessions_link_id", "sessions", ["link_id"], unique=False)
