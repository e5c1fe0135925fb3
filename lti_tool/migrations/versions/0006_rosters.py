"""Who is expected at a link, who came to a course as something else, and whose work a launch asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, empty, and the column, without a value."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "rosters",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.String(255), nullable=False),
        sa.Column("address", sa.String(2000), nullable=False),
        sa.Column("fetched_at", moment, nullable=True),
        sa.Column("tried_at", moment, nullable=True),
        sa.Column("wanted_at", moment, nullable=True),
        sa.Column("taken_until", moment, nullable=True),
        sa.Column("whole_course", sa.Boolean(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_rosters_link_id_links")),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_rosters")),
    )
    op.create_index(op.f("ix_rosters_wanted_at"), "rosters", ["wanted_at"])
    op.create_table(
        "members",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("learner", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_members_link_id_links")),
        sa.PrimaryKeyConstraint("link_id", "learner", name=op.f("pk_members")),
    )
    op.create_table(
        "course_roles",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.String(255), nullable=False),
        sa.Column("learner", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name=op.f("fk_course_roles_deployment_id_deployments")
        ),
        sa.PrimaryKeyConstraint("deployment_id", "context_id", "learner", name=op.f("pk_course_roles")),
    )
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("about", sa.String(64), nullable=False, server_default=""))
