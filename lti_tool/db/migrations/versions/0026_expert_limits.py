"""When experts are away, and whose mentorships they must not review

Revision: 0026
After: 0022
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _key(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["participant.id"], name=op.f(f"fk_{table}_{column}_participant")
    )


def upgrade() -> None:
    op.create_table(
        "expert_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_expert_absence_days_in_order")),
        _key("expert_absence", "expert_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_absence")),
        sa.UniqueConstraint(
            "expert_id", "starts_on", "ends_on", name=op.f("uq_expert_absence_expert_id_starts_on_ends_on")
        ),
    )
    op.create_table(
        "expert_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _key("expert_conflict", "expert_id"),
        _key("expert_conflict", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_conflict")),
        sa.UniqueConstraint("expert_id", "person_id", name=op.f("uq_expert_conflict_expert_id_person_id")),
    )
    op.create_index(op.f("ix_expert_conflict_person_id"), "expert_conflict", ["person_id"])


def downgrade() -> None:
    op.drop_table("expert_conflict")
    op.drop_table("expert_absence")
