"""What people are here for, and whom they would like to be matched with

Revision: 0028
After: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_wish_member_id_member")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_wish_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("participant_id", "member_id", name=op.f("uq_wish_participant_id_member_id")),
    )
    op.create_index(op.f("ix_wish_member_id"), "wish", ["member_id"])
    op.add_column("participant", sa.Column("goals", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("participant", "goals")
    op.drop_table("wish")
