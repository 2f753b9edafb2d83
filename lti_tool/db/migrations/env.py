"""Runs migrations on the connection that `lti_tool.db.schema` hands over."""

from alembic import context

from lti_tool.db import models  # noqa: F401 - fills the metadata
from lti_tool.db.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter a table in place; Alembic then copies it.
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
