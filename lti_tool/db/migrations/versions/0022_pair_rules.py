"""Rules about two people, and rounds that adjust running pairs

Revision: 0022
After: 0024
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0022"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = lti_tool.db.base.UTCDateTime(timezone=True)
PEOPLE = {"cohort_id": "cohort", "first_id": "participant", "second_id": "participant", "set_by_id": "member"}


def upgrade() -> None:
    op.create_table(
        "pair_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_pair_rule_{column}_{table}"))
            for column, table in PEOPLE.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_rule")),
    )
    op.create_index("ix_pair_rule_cohort_id_removed_at", "pair_rule", ["cohort_id", "removed_at"])
    with op.batch_alter_table("round") as batch:
        batch.add_column(sa.Column("adjusts", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("most_changes", sa.Integer(), nullable=True))
    with op.batch_alter_table("round") as batch:
        batch.alter_column("adjusts", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.drop_column("most_changes")
        batch.drop_column("adjusts")
    op.drop_table("pair_rule")
