"""Until when one worker looks for a link's column in the gradebook, so that no two make it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; nobody is looking now."""
    op.add_column("links", sa.Column("finding_until", sa.DateTime(timezone=True), nullable=True))
