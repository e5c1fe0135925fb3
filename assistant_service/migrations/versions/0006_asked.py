"""The questions that a document says it answers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is there answers no questions yet."""
    with op.batch_alter_table("documents") as table:
        table.add_column(sa.Column("asked", sa.JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("documents") as table:
        table.alter_column("asked", existing_type=sa.JSON, existing_nullable=False, server_default=None)
