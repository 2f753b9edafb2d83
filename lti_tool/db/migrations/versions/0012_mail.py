"""Each person's choice of mail, and the number of a session's changes

Revision: 0012
After: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("mail_off", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("session") as batch:
        batch.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    # Calendar files of before counted minutes since the booking; a newer file has to count more.
    op.execute("UPDATE session SET sequence = 200000")
    with op.batch_alter_table("session") as batch:
        batch.alter_column("sequence", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("session") as batch:
        batch.drop_column("sequence")
    with op.batch_alter_table("person") as batch:
        batch.drop_column("mail_off")
