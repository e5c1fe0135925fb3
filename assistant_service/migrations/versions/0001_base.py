"""Tenants, host keys, acceptances of the notice, events and documents."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "tenants",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.UniqueConstraint("slug", name="uq_tenants_slug"),
    )
    op.create_table(
        "host_keys",
        sa.Column("kid", sa.String(120), primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("public_pem", sa.Text, nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_index("ix_host_keys_tenant_id", "host_keys", ["tenant_id"])
    op.create_table(
        "host_origins",
        sa.Column("kid", sa.String(120), sa.ForeignKey("host_keys.kid"), primary_key=True),
        sa.Column("origin", sa.String(300), primary_key=True),
    )
    op.create_index("ix_host_origins_origin", "host_origins", ["origin"])
    op.create_table(
        "notice_acceptances",
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), primary_key=True),
        sa.Column("subject", sa.String(128), primary_key=True),
        sa.Column("version", sa.String(60), primary_key=True),
        sa.Column("accepted_at", moment, nullable=False),
    )
    op.create_table(
        "statements",
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), primary_key=True),
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("module", sa.String(60), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("course", sa.String(500), nullable=False),
        sa.Column("happened_at", moment, nullable=False),
        sa.Column("stored_at", moment, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("ix_statements_subject", "statements", ["subject"])
    op.create_index("ix_statements_tenant_time", "statements", ["tenant_id", "happened_at"])
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("root", sa.String(1000), nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("modules", sa.JSON, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("read_at", moment, nullable=False),
        sa.UniqueConstraint("tenant_id", "root", "path", name="uq_documents_tenant_id"),
    )
    op.create_index("ix_documents_tenant_id", "documents", ["tenant_id"])
