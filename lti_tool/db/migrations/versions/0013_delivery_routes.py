"""A route's pause is kept, and the claim finds its rows however many there are

Revision: 0013
After: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import lti_tool.db.base

revision: str = "0013"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "delivery_route",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_at", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("paused_until", lti_tool.db.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_delivery_route")),
    )
    op.drop_index("ix_delivery_claim", table_name="delivery")
    op.create_index("ix_delivery_claim", "delivery", ["state", "route", "due_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_delivery_claim", table_name="delivery")
    op.create_index("ix_delivery_claim", "delivery", ["state", "due_at"])
    op.drop_table("delivery_route")
