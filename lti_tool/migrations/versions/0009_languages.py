"""The language of a launch."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; launches from before are in the browser's language."""
    op.add_column("sessions", sa.Column("language", sa.String(2), nullable=False, server_default=""))
