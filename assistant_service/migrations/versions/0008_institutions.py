"""Institutions whose own server says who somebody is, and by which name it knows who may administer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "administrator_institutions",
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), primary_key=True),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("client_secret", sa.Text, nullable=False),
    )
    op.create_table(
        "administrator_identities",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("administrator_id", sa.Integer, sa.ForeignKey("administrators.id"), nullable=False, index=True),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("used_at", moment),
    )
