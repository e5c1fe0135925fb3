"""The id of a document is never given twice: SQLite otherwise gives the last one again after a removal."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table anew on SQLite; PostgreSQL's sequences never go back."""
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table("documents", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
