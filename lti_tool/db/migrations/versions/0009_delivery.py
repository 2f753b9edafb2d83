"""The daily ledger and periodic work

Revision: 0009
After: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0009"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COUNTS = ("recorded", "delivered", "pending", "dead", "unsent", "checked", "missing", "different")


def upgrade() -> None:
    op.create_table(
        "periodic_work",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("ran_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic_work")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("finished_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_ledger_entry_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("course_id", "kind", "day", name=op.f("uq_ledger_entry_course_id_kind_day")),
    )
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("checked_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True))
        batch.create_index("ix_delivery_check", ["state", "checked_at"])


def downgrade() -> None:
    with op.batch_alter_table("delivery") as batch:
        batch.drop_index("ix_delivery_check")
        batch.drop_column("checked_at")
    op.drop_table("ledger_entry")
    op.drop_table("periodic_work")
