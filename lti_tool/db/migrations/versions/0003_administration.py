"""Administration

Revision: 0003
After: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("job") as batch:
        batch.alter_column("course_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("platform_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_job_platform_id_platform"), "platform", ["platform_id"], ["id"])
        batch.create_index(op.f("ix_job_platform_id"), ["platform_id"])
    with op.batch_alter_table("tool_key") as batch:
        batch.add_column(
            sa.Column("signs_from", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True)
        )
    op.execute("UPDATE tool_key SET signs_from = created_at")
    with op.batch_alter_table("tool_key") as batch:
        batch.alter_column("signs_from", nullable=False)
    op.create_table(
        "admin_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_admin_link_digest")),
    )
    op.create_table(
        "self_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("started_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_self_test_job_id_job")),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_self_test_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_test")),
    )
    op.create_index(op.f("ix_self_test_platform_id"), "self_test", ["platform_id"])


def downgrade() -> None:
    op.drop_table("self_test")
    op.drop_table("admin_link")
    with op.batch_alter_table("tool_key") as batch:
        batch.drop_column("signs_from")
    op.execute("DELETE FROM job WHERE course_id IS NULL")
    with op.batch_alter_table("job") as batch:
        batch.drop_index(op.f("ix_job_platform_id"))
        batch.drop_constraint(op.f("fk_job_platform_id_platform"), type_="foreignkey")
        batch.drop_column("platform_id")
        batch.alter_column("course_id", existing_type=sa.Integer(), nullable=False)
