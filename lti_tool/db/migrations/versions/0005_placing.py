"""Placing, notices and copied courses

Revision: 0005
After: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "deep_link_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("return_url", sa.String(length=2000), nullable=False),
        sa.Column("accepts_several", sa.Boolean(), nullable=False),
        sa.Column("accepts_line_item", sa.Boolean(), nullable=True),
        sa.Column("targets", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("data", sa.String(), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.Column("expires_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("items", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_deep_link_request_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deep_link_request")),
    )
    op.create_index(op.f("ix_deep_link_request_member_id"), "deep_link_request", ["member_id"])
    op.create_index(op.f("ix_deep_link_request_expires_at"), "deep_link_request", ["expires_at"])


def downgrade() -> None:
    op.drop_table("deep_link_request")
