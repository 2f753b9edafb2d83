"""Which pairs owe a review: untrained mentors and a drawn sample, too; and why each of them owes it

Revision: 0024
After: 0020
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SHARE = "ck_cohort_audit_percent_range"


def upgrade() -> None:
    with op.batch_alter_table("cohort") as batch:
        batch.add_column(
            sa.Column("review_untrained", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("audit_percent", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("cohort") as batch:
        batch.alter_column("review_untrained", server_default=None)
        batch.alter_column("audit_percent", server_default=None)
        batch.create_check_constraint(op.f(SHARE), "audit_percent BETWEEN 0 AND 100")
    with op.batch_alter_table("scenario_pair") as batch:
        batch.add_column(sa.Column("owes_because", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("checkpoint") as batch:
        batch.add_column(sa.Column("because", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("checkpoint") as batch:
        batch.drop_column("because")
    with op.batch_alter_table("scenario_pair") as batch:
        batch.drop_column("owes_because")
    with op.batch_alter_table("cohort") as batch:
        batch.drop_constraint(op.f(SHARE), type_="check")
        batch.drop_column("audit_percent")
        batch.drop_column("review_untrained")
