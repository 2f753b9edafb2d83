"""Record stores of courses; the ledger counts per store

Revision: 0011
After: 0014
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0011"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = lti_tool.db.base.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "record_store",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("endpoint", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.Column("auth", sa.String(length=8), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("token_url", sa.String(length=2000), nullable=True),
        sa.Column("scope", sa.String(length=500), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("tested_at", MOMENT, nullable=True),
        sa.Column("test_error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_record_store_course_id_course")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_record_store_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_store")),
    )
    op.create_index(op.f("ix_record_store_course_id"), "record_store", ["course_id"])
    with op.batch_alter_table("ledger_entry") as batch:
        batch.add_column(sa.Column("route", sa.String(length=80), nullable=True))
    op.execute("UPDATE ledger_entry SET route = CASE kind WHEN 'score' THEN 'ags' ELSE 'lrs' END")
    with op.batch_alter_table("ledger_entry") as batch:
        batch.alter_column("route", existing_type=sa.String(length=80), nullable=False)
        batch.drop_constraint("uq_ledger_entry_course_id_kind_day", type_="unique")
        batch.create_unique_constraint("uq_ledger_entry_course_id_route_day", ["course_id", "route", "day"])


def downgrade() -> None:
    op.execute("DELETE FROM ledger_entry WHERE route NOT IN ('ags', 'lrs')")
    with op.batch_alter_table("ledger_entry") as batch:
        batch.drop_constraint("uq_ledger_entry_course_id_route_day", type_="unique")
        batch.create_unique_constraint("uq_ledger_entry_course_id_kind_day", ["course_id", "kind", "day"])
        batch.drop_column("route")
    op.drop_index(op.f("ix_record_store_course_id"), table_name="record_store")
    op.drop_table("record_store")
