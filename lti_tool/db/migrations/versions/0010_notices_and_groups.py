"""Notice handlers, cohorts of one group, what a platform said of deep linking

Revision: 0010
After: 0013
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0010"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "notice_handler",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("service_url", sa.String(length=2000), nullable=False),
        sa.Column("handler_url", sa.String(length=2000), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("registered_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_notice_handler_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_handler")),
        sa.UniqueConstraint("deployment_id", "kind", name=op.f("uq_notice_handler_deployment_id_kind")),
    )
    op.create_index(op.f("ix_notice_handler_due_at"), "notice_handler", ["due_at"])
    with op.batch_alter_table("platform") as batch:
        batch.add_column(sa.Column("messages", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(
            sa.Column("deep_linked_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True)
        )
    with op.batch_alter_table("cohort") as batch:
        batch.add_column(sa.Column("only_group", sa.String(length=300), nullable=True))
        batch.add_column(sa.Column("only_group_name", sa.String(length=255), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("cohort") as batch:
        batch.drop_column("only_group_name")
        batch.drop_column("only_group")
    with op.batch_alter_table("platform") as batch:
        batch.drop_column("deep_linked_at")
        batch.drop_column("messages")
    op.drop_table("notice_handler")
