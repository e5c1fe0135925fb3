"""Whom a row of the outbox is about, and how long an institution keeps what learners leave behind."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OUTBOX = sa.table(
    "outbox",
    sa.column("id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("target", sa.String),
    sa.column("payload", sa.JSON),
    sa.column("learner", sa.String),
)
_BATCH = 500


def upgrade() -> None:
    """Add the columns; rows that are there already say in their target or payload whom they are about."""
    op.add_column("tenants", sa.Column("retention_months", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("learner", sa.String(64), nullable=False, server_default=""))
    connection = op.get_bind()
    last = 0
    asked = sa.select(_OUTBOX).order_by(_OUTBOX.c.id).limit(_BATCH)
    while rows := connection.execute(asked.where(_OUTBOX.c.id > last)).all():
        for row in rows:
            if row.kind == "ags-score":
                learner = row.target.partition(":")[2]
            else:
                learner = row.payload.get("statement", {}).get("actor", {}).get("account", {}).get("name", "")
            connection.execute(sa.update(_OUTBOX).where(_OUTBOX.c.id == row.id).values(learner=learner[:64]))
        last = rows[-1].id
    op.create_index(op.f("ix_outbox_learner"), "outbox", ["learner"])
