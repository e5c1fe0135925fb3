"""Who may administer, their passkeys, and their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "administrators",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), nullable=False, index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("handle", sa.String(64), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("removed_at", moment),
        sa.UniqueConstraint("handle", name="uq_administrators_handle"),
    )
    op.create_table(
        "administrator_invitations",
        sa.Column("secret_hash", sa.String(64), primary_key=True),
        sa.Column("administrator_id", sa.Integer, sa.ForeignKey("administrators.id"), nullable=False, index=True),
        sa.Column("expires_at", moment, nullable=False),
    )
    op.create_table(
        "administrator_passkeys",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("administrator_id", sa.Integer, sa.ForeignKey("administrators.id"), nullable=False, index=True),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("sign_count", sa.Integer, nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("used_at", moment),
    )
    op.create_table(
        "administrator_sessions",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("administrator_id", sa.Integer, sa.ForeignKey("administrators.id"), nullable=False, index=True),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
    )
    op.create_table(
        "administrator_tries",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
    )
