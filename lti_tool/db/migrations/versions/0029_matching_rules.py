"""What counts how much in a cohort's matching, in versions

Revision: 0029
After: 0028
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


MOMENT = lti_tool.db.base.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "matching_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["member.id"], name=op.f("fk_matching_rules_changed_by_id_member")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_matching_rules_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_rules")),
        sa.UniqueConstraint("cohort_id", "version", name=op.f("uq_matching_rules_cohort_id_version")),
    )
    op.add_column("round", sa.Column("rules_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("round", "rules_version")
    op.drop_table("matching_rules")
