"""What a round was asked, several results of it, and questions about them

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
        batch.add_column(sa.Column("asked", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("scenario") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("setup", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("checked_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("check_reason", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("published_at", MOMENT, nullable=True))
    with op.batch_alter_table("scenario") as batch:
        batch.alter_column("number", server_default=None)
    op.execute(MARK_PUBLISHED)
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


def downgrade() -> None:
    op.drop_table("question")
    with op.batch_alter_table("scenario") as batch:
        for column in ("published_at", "check_reason", "checked_at", "setup", "number"):
            batch.drop_column(column)
    with op.batch_alter_table("round") as batch:
        batch.drop_column("asked")
