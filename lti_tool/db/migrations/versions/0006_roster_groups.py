"""Roster differences and groups

Revision: 0006
After: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "course_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("set_key", sa.String(length=255), nullable=True),
        sa.Column("set_name", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_group_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_group")),
        sa.UniqueConstraint("course_id", "kind", "key", name=op.f("uq_course_group_course_id_kind_key")),
    )
    op.create_table(
        "group_member",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["course_group.id"], name=op.f("fk_group_member_group_id_course_group")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_group_member_member_id_member")),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_member_id"), "group_member", ["member_id"])
    op.create_table(
        "held_roster",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("read_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("lacking", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_held_roster_course_id_course")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_held_roster")),
    )
    with op.batch_alter_table("course") as batch:
        batch.add_column(sa.Column("groups_url", sa.String(length=2000), nullable=True))
        batch.add_column(sa.Column("group_sets_url", sa.String(length=2000), nullable=True))
    with op.batch_alter_table("member") as batch:
        batch.add_column(sa.Column("missing_since", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("missing_as", sa.String(length=8), nullable=True))
    with op.batch_alter_table("participant") as batch:
        batch.add_column(sa.Column("kept_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("cohort") as batch:
        batch.add_column(sa.Column("group_rule", sa.String(length=10), nullable=False, server_default="any"))
        batch.add_column(sa.Column("group_set", sa.String(length=300), nullable=True))
    with op.batch_alter_table("cohort") as batch:
        batch.alter_column("group_rule", server_default=None)
    with op.batch_alter_table("job") as batch:
        batch.add_column(sa.Column("cohort_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("result", sa.JSON(none_as_null=True), nullable=True))
        batch.create_foreign_key(op.f("fk_job_cohort_id_cohort"), "cohort", ["cohort_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("job") as batch:
        batch.drop_constraint(op.f("fk_job_cohort_id_cohort"), type_="foreignkey")
        batch.drop_column("result")
        batch.drop_column("cohort_id")
    with op.batch_alter_table("cohort") as batch:
        batch.drop_column("group_set")
        batch.drop_column("group_rule")
    with op.batch_alter_table("participant") as batch:
        batch.drop_column("kept_at")
    with op.batch_alter_table("member") as batch:
        batch.drop_column("missing_as")
        batch.drop_column("missing_since")
    with op.batch_alter_table("course") as batch:
        batch.drop_column("group_sets_url")
        batch.drop_column("groups_url")
    op.drop_table("held_roster")
    op.drop_table("group_member")
    op.drop_table("course_group")
