"""Grades read back, parts of the grade rule, a column for each part

Revision: 0007
After: 0006
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

moment = lti_tool.db.base.UTCDateTime(timezone=True)


def upgrade() -> None:
    _rule_and_parts()
    _line_items()
    _grades()
    with op.batch_alter_table("participant") as batch:
        batch.add_column(sa.Column("prepared_at", moment, nullable=True))
        batch.add_column(sa.Column("excused_at", moment, nullable=True))
    # A week without a free half hour is 84 zeros.
    op.execute(
        "UPDATE participant SET prepared_at = joined_at WHERE week <> '" + "0" * 84 + "' "
        "AND EXISTS (SELECT 1 FROM interest WHERE interest.participant_id = participant.id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("participant") as batch:
        batch.drop_column("excused_at")
        batch.drop_column("prepared_at")
    _grades_back()
    _line_items_back()
    _rule_and_parts_back()


def _rule_and_parts() -> None:
    needed = _rows("SELECT cohort_id, sessions_for_full AS needed FROM grade_rule")
    # Before anything refers to it: SQLite makes the table anew.
    with op.batch_alter_table("grade_rule") as batch:
        batch.drop_constraint(op.f("ck_grade_rule_sessions_for_full_positive"), type_="check")
        batch.drop_column("sessions_for_full")
        batch.add_column(sa.Column("places", sa.Integer(), nullable=False, server_default="2"))
        batch.add_column(sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("draft", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("job_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("send_again", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_check_constraint(op.f("ck_grade_rule_places_range"), "places BETWEEN 0 AND 2")
        batch.create_foreign_key(op.f("fk_grade_rule_job_id_job"), "job", ["job_id"], ["id"])
    with op.batch_alter_table("grade_rule") as batch:
        for name in ("places", "apart", "send_again"):
            batch.alter_column(name, server_default=None)
    parts = _create_parts()
    usual = {"kind": "sessions", "weight": 100, "most": None, "period": "week", "makeup": 0}
    op.bulk_insert(parts, [usual | row for row in needed])


def _create_parts() -> sa.Table:
    return op.create_table(
        "grade_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("makeup", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_grade_part_weight_not_negative")),
        sa.CheckConstraint("needed > 0", name=op.f("ck_grade_part_needed_positive")),
        sa.CheckConstraint("most > 0", name=op.f("ck_grade_part_most_positive")),
        sa.CheckConstraint("makeup >= 0", name=op.f("ck_grade_part_makeup_not_negative")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["grade_rule.cohort_id"], name=op.f("fk_grade_part_cohort_id_grade_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_part")),
        sa.UniqueConstraint("cohort_id", "kind", name=op.f("uq_grade_part_cohort_id_kind")),
    )


def _rule_and_parts_back() -> None:
    needed = _rows("SELECT cohort_id, needed FROM grade_part WHERE kind = 'sessions'")
    op.drop_table("grade_part")
    with op.batch_alter_table("grade_rule") as batch:
        batch.drop_constraint(op.f("fk_grade_rule_job_id_job"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_grade_rule_places_range"), type_="check")
        for name in ("send_again", "job_id", "draft", "apart", "places"):
            batch.drop_column(name)
        batch.add_column(sa.Column("sessions_for_full", sa.Integer(), nullable=False, server_default="6"))
    rule = sa.table("grade_rule", sa.column("cohort_id"), sa.column("sessions_for_full"))
    for row in needed:
        op.execute(
            rule.update().where(rule.c.cohort_id == row["cohort_id"]).values(sessions_for_full=row["needed"])
        )
    with op.batch_alter_table("grade_rule") as batch:
        batch.alter_column("sessions_for_full", server_default=None)
        batch.create_check_constraint(
            op.f("ck_grade_rule_sessions_for_full_positive"), "sessions_for_full > 0"
        )


def _line_items() -> None:
    """The table anew: another primary key."""
    known = _rows("SELECT cohort_id, url, label, maximum FROM line_item")
    op.drop_table("line_item")
    items = op.create_table(
        "line_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("maximum", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("made_here", sa.Boolean(), nullable=False),
        sa.Column("gone_url", sa.String(length=2000), nullable=True),
        sa.Column("may_be_made", sa.Boolean(), nullable=False),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("leased_until", moment, nullable=True),
        sa.Column("results_due_at", moment, nullable=True),
        sa.Column("results_read_at", moment, nullable=True),
        sa.Column("results_error", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_line_item_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_item")),
        sa.UniqueConstraint("cohort_id", "part", name=op.f("uq_line_item_cohort_id_part")),
    )
    op.create_index(op.f("ix_line_item_results_due_at"), "line_item", ["results_due_at"])
    op.bulk_insert(items, [row | {"part": "", "made_here": False, "may_be_made": True} for row in known])


def _line_items_back() -> None:
    known = _rows("SELECT cohort_id, url, label, maximum FROM line_item WHERE part = ''")
    op.drop_table("line_item")
    items = op.create_table(
        "line_item",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_line_item_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_line_item")),
    )
    op.bulk_insert(items, [row | {"maximum": round(row["maximum"])} for row in known])


def _grades() -> None:
    with op.batch_alter_table("grade") as batch:
        batch.drop_constraint(op.f("uq_grade_participant_id"), type_="unique")
        batch.alter_column("maximum", existing_type=sa.Integer(), type_=sa.Numeric(precision=8, scale=2))
        batch.add_column(sa.Column("part", sa.String(length=16), nullable=False, server_default=""))
        batch.add_column(sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("lms_points", sa.Numeric(precision=12, scale=4), nullable=True))
        batch.add_column(sa.Column("lms_maximum", sa.Numeric(precision=12, scale=4), nullable=True))
        batch.create_unique_constraint(op.f("uq_grade_participant_id_part"), ["participant_id", "part"])
    with op.batch_alter_table("grade") as batch:
        batch.alter_column("part", server_default=None)
        batch.alter_column("withdrawn", server_default=None)


def _grades_back() -> None:
    # What was kept for single parts has no place in the older table.
    op.execute("DELETE FROM grade WHERE part <> ''")
    with op.batch_alter_table("grade") as batch:
        batch.drop_constraint(op.f("uq_grade_participant_id_part"), type_="unique")
        for name in ("lms_maximum", "lms_points", "withdrawn", "part"):
            batch.drop_column(name)
        batch.alter_column("maximum", existing_type=sa.Numeric(precision=8, scale=2), type_=sa.Integer())
        batch.create_unique_constraint(op.f("uq_grade_participant_id"), ["participant_id"])


def _rows(query: str) -> list[dict[str, Any]]:
    return [dict(row) for row in op.get_bind().execute(sa.text(query)).mappings()]
