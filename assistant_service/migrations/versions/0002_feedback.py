"""That somebody asked for feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("module", sa.String(60), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("snapshot_hash", sa.String(80), nullable=False),
        sa.Column("attempt", sa.Integer),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answered_at", moment),
        sa.Column("reader", sa.String(200), nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("visible", sa.JSON, nullable=False),
        sa.Column("sources", sa.Integer, nullable=False),
        sa.Column("redacted", sa.JSON, nullable=False),
        sa.UniqueConstraint("tenant_id", "subject", "snapshot_hash", "attempt", name="uq_feedback_attempt"),
    )
    op.create_index("ix_feedback_person_time", "feedback", ["tenant_id", "subject", "asked_at"])
