"""Invites, the audit log, what is known of a platform

Revision: 0002
After: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "invite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("created_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_invite_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("digest", name=op.f("uq_invite_digest")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_audit_entry_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"])
    op.create_index(op.f("ix_audit_entry_platform_id"), "audit_entry", ["platform_id"])
    with op.batch_alter_table("platform") as batch:
        batch.add_column(sa.Column("product", sa.String(length=100), nullable=True))
        batch.add_column(sa.Column("token_audience", sa.String(length=500), nullable=True))
        batch.add_column(sa.Column("granted_scopes", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(
            sa.Column("keeps_names", sa.Boolean(), nullable=False, server_default=sa.true())
        )
    with op.batch_alter_table("platform") as batch:
        batch.alter_column("keeps_names", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("platform") as batch:
        batch.drop_column("keeps_names")
        batch.drop_column("granted_scopes")
        batch.drop_column("token_audience")
        batch.drop_column("product")
    op.drop_table("audit_entry")
    op.drop_table("invite")
