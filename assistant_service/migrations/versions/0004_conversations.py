"""Conversations, questions to a person, and what nothing answered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    tenant = sa.ForeignKey("tenants.id")
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant_id", sa.Integer, tenant, nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("profile", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("opening", sa.Text, nullable=False),
        sa.Column("module", sa.String(60), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("snapshot", sa.JSON),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_index("ix_conversations_person", "conversations", ["tenant_id", "subject", "changed_at"])
    op.create_table(
        "messages",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(36), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("by", sa.String(10), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("answered_by", sa.String(200), nullable=False),
        sa.Column("thumb", sa.String(4)),
        sa.Column("thumb_reason", sa.String(20)),
        sa.Column("thumb_note", sa.String(1000)),
        sa.Column("at", moment, nullable=False),
        sa.UniqueConstraint("conversation_id", "place", name="uq_messages_place"),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("module", sa.String(60), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by", sa.String(200)),
        sa.Column("answered_at", moment),
    )
    op.create_index("ix_questions_tenant", "questions", ["tenant_id", "asked_at"])
    op.create_table(
        "knowledge_gaps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("module", sa.String(60), nullable=False),
        sa.Column("words", sa.JSON, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_knowledge_gaps_tenant", "knowledge_gaps", ["tenant_id", "at"])
