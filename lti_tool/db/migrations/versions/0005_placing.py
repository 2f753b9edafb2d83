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
    op.create_table(
        "course_origin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.String(length=255), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("told_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_course_origin_deployment_id_deployment")),
        sa.ForeignKeyConstraint(["source_id"], ["course.id"], name=op.f("fk_course_origin_source_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_origin")),
        sa.UniqueConstraint("deployment_id", "context_id", "source_id", name=op.f("uq_course_origin_deployment_id_context_id_source_id")),
    )
    op.create_index(op.f("ix_course_origin_source_id"), "course_origin", ["source_id"])
    op.create_table(
        "cohort_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_cohort_copy_course_id_course")),
        sa.ForeignKeyConstraint(["source_id"], ["cohort.id"], name=op.f("fk_cohort_copy_source_id_cohort")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_copy_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_cohort_copy_decided_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_copy")),
        sa.UniqueConstraint("course_id", "source_id", name=op.f("uq_cohort_copy_course_id_source_id")),
    )
    op.create_index(op.f("ix_cohort_copy_source_id"), "cohort_copy", ["source_id"])
    op.create_index(op.f("ix_cohort_copy_cohort_id"), "cohort_copy", ["cohort_id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=255), nullable=False),
        sa.Column("expires_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_notice_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("platform_id", "nonce", name=op.f("uq_notice_platform_id_nonce")),
    )
    op.create_index(op.f("ix_notice_expires_at"), "notice", ["expires_at"])


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("cohort_copy")
    op.drop_table("course_origin")
    op.drop_table("deep_link_request")
