"""Tenants' policies, what language models are used for, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "policies",
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), primary_key=True),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id")),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("about", sa.String(500), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_audit_tenant_at", "audit", ["tenant_id", "at"])
    op.create_table(
        "model_usage",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("tokens_in", sa.Integer, nullable=False),
        sa.Column("tokens_out", sa.Integer, nullable=False),
        sa.Column("micro_euro", sa.Integer, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("estimated", sa.Boolean, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_model_usage_tenant_at", "model_usage", ["tenant_id", "at"])
    op.create_index("ix_model_usage_person_at", "model_usage", ["tenant_id", "subject", "at"])
