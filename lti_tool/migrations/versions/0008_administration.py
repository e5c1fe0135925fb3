"""The administration: sign-in, deployments that can be switched off, and what is remembered of launches for it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, empty; every deployment is on."""
    moment = sa.DateTime(timezone=True)
    op.add_column("deployments", sa.Column("switched_off_at", moment, nullable=True))
    op.create_table(
        "admin_links",
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("tenant", sa.String(60), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_admin_links")),
    )
    op.create_index(op.f("ix_admin_links_expires_at"), "admin_links", ["expires_at"])
    op.create_table(
        "admin_sessions",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("tenant", sa.String(60), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_admin_sessions")),
    )
    op.create_index(op.f("ix_admin_sessions_ends_at"), "admin_sessions", ["ends_at"])
    for name, columns in {
        "admitted_launches": (sa.Column("way", sa.String(10), nullable=False),),
        "refused_launches": (
            sa.Column("said", sa.String(255), nullable=False),
            sa.Column("code", sa.String(40), nullable=False),
            sa.Column("reason", sa.String(300), nullable=False),
        ),
    }.items():
        op.create_table(
            name,
            sa.Column("registration_id", sa.Integer(), nullable=False),
            sa.Column("deployment_id", sa.String(255), nullable=False),
            sa.Column("at", moment, nullable=False),
            *columns,
            sa.ForeignKeyConstraint(
                ["registration_id"], ["registrations.id"], name=op.f(f"fk_{name}_registration_id_registrations")
            ),
            sa.PrimaryKeyConstraint("registration_id", "deployment_id", name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "strangers",
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("deployment_id", sa.String(255), nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "client_id", name=op.f("pk_strangers")),
    )
    op.create_index(op.f("ix_strangers_last_at"), "strangers", ["last_at"])
