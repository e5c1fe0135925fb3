"""What teachers did with readings."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "teacher_readings",
        sa.Column("feedback_id", sa.String(36), primary_key=True),
        sa.Column("criterion", sa.String(60), primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("rubric", sa.String(60), nullable=False),
        sa.Column("reader", sa.String(20), nullable=False),
        sa.Column("proposed", sa.String(60)),
        sa.Column("chosen_first", sa.String(60)),
        sa.Column("chosen", sa.String(60)),
        sa.Column("remark", sa.String(20)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_teacher_readings_tenant_at", "teacher_readings", ["tenant_id", "at"])
    op.create_index("ix_teacher_readings_person", "teacher_readings", ["tenant_id", "subject"])
