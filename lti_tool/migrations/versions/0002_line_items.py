"""Where a course's gradebook columns are listed, and which of them was found to be a link's."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two addresses; what is there already has none."""
    with op.batch_alter_table("seats") as seats:
        seats.add_column(sa.Column("line_items", sa.String(2000), nullable=False, server_default=""))
    with op.batch_alter_table("links") as links:
        links.add_column(sa.Column("line_item", sa.String(2000), nullable=False, server_default=""))
