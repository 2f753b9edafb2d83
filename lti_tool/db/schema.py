"""The schema on a database: bring it up to date, or say how it differs from the models."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from lti_tool.db import models  # noqa: F401 - fills the metadata
from lti_tool.db.base import Base

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that the database has not seen yet."""
    with engine.connect() as connection:
        command.upgrade(_config(connection), revision)
        connection.commit()


def downgrade(engine: Engine, revision: str) -> None:
    with engine.connect() as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def write_migration(engine: Engine, message: str) -> None:
    """Write a new version file from the difference between the models and an up-to-date database."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest migration."""
    with engine.connect() as connection:
        stands_at = MigrationContext.configure(connection).get_current_revision()
        return stands_at == ScriptDirectory.from_config(_config(connection)).get_current_head()


def differences(engine: Engine) -> list[Any]:
    """What the models say and the database does not (or the other way round); empty when they are equal."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
