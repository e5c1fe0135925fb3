"""Where a document comes from, under which licence and from when it counts; and the wishes for a new index."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, tell of each text what it says, and wish an index of what is there."""
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("documents") as table:
        table.add_column(sa.Column("source", sa.String(2000), nullable=False, server_default=""))
        table.add_column(sa.Column("licence", sa.String(200), nullable=False, server_default=""))
        table.add_column(sa.Column("valid_from", sa.Date))
        table.add_column(sa.Column("content_hash", sa.String(64), nullable=False, server_default=""))
        table.add_column(sa.Column("wish", sa.Integer, nullable=False, server_default="0"))
    _tell_content()
    with op.batch_alter_table("documents") as table:
        for name, kind in (
            ("source", sa.String(2000)),
            ("licence", sa.String(200)),
            ("content_hash", sa.String(64)),
            ("wish", sa.Integer),
        ):
            table.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        table.create_index("ix_documents_content", ["tenant_id", "content_hash"])
    op.create_table(
        "index_jobs",
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), primary_key=True, autoincrement=False),
        sa.Column("wish", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("indexed_at", moment),
        sa.Column("fault", sa.String(60), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("not_before", moment),
    )


def _tell_content() -> None:
    documents = sa.table("documents", sa.column("id"), sa.column("body"), sa.column("content_hash"))
    connection = op.get_bind()
    for id in connection.scalars(sa.select(documents.c.id)).all():
        body = connection.scalar(sa.select(documents.c.body).where(documents.c.id == id))
        content = hashlib.sha256(str(body).encode()).hexdigest()
        connection.execute(sa.update(documents).where(documents.c.id == id).values(content_hash=content))
