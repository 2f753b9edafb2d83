"""What a round was asked, several results of it, questions about them, locks and versions of the rules

Revision: 0014
After: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0014"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = lti_tool.db.base.UTCDateTime(timezone=True)

MARK_PUBLISHED = """
    UPDATE scenario SET published_at = (SELECT published_at FROM round WHERE round.id = scenario.round_id)
    WHERE id IN (SELECT MAX(id) FROM scenario GROUP BY round_id)
"""
"""So far a round published the newest of its results, and mostly had one."""


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.add_column(sa.Column("rules_version", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("keeps_pairs", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("asked", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("round") as batch:
        batch.alter_column("keeps_pairs", server_default=None)
    with op.batch_alter_table("scenario") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("setup", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("checked_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("check_reason", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("published_at", MOMENT, nullable=True))
    with op.batch_alter_table("scenario") as batch:
        batch.alter_column("number", server_default=None)
    op.execute(MARK_PUBLISHED)
    with op.batch_alter_table("scenario_pair") as batch:
        batch.add_column(sa.Column("mentorship_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_scenario_pair_mentorship_id_mentorship"), "mentorship", ["mentorship_id"], ["id"]
        )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        _key("question", "round_id", "round"),
        _key("question", "scenario_id", "scenario"),
        _key("question", "job_id", "job"),
        _key("question", "asked_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    for column in ("round_id", "scenario_id", "job_id"):
        op.create_index(op.f(f"ix_question_{column}"), "question", [column])
    op.create_table(
        "pair_lock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.CheckConstraint("mentee_id <> mentor_id", name=op.f("ck_pair_lock_two_people")),
        _key("pair_lock", "cohort_id", "cohort"),
        _key("pair_lock", "mentee_id", "participant"),
        _key("pair_lock", "mentor_id", "participant"),
        _key("pair_lock", "made_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_lock")),
    )
    op.create_index(op.f("ix_pair_lock_cohort_id"), "pair_lock", ["cohort_id"])
    op.create_table(
        "matching_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _key("matching_rules", "cohort_id", "cohort"),
        _key("matching_rules", "made_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_rules")),
        sa.UniqueConstraint("cohort_id", "version", name=op.f("uq_matching_rules_cohort_id_version")),
    )


def downgrade() -> None:
    for table in ("matching_rules", "pair_lock", "question"):
        op.drop_table(table)
    with op.batch_alter_table("scenario_pair") as batch:
        batch.drop_constraint(op.f("fk_scenario_pair_mentorship_id_mentorship"), type_="foreignkey")
        batch.drop_column("mentorship_id")
    with op.batch_alter_table("scenario") as batch:
        for column in ("published_at", "check_reason", "checked_at", "setup", "number"):
            batch.drop_column(column)
    with op.batch_alter_table("round") as batch:
        for column in ("asked", "keeps_pairs", "rules_version"):
            batch.drop_column(column)
