"""The schema on a database: bring it up to date, or say how it differs from the models."""

from collections.abc import Iterator
from contextlib import contextmanager
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
    with _changing(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with _changing(engine) as connection:
        command.downgrade(_config(connection), revision)


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


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """A connection whose work is committed at the end.

    To alter a table, SQLite has it copied, dropped and the copy renamed: meanwhile the rows that refer to it
    refer to nothing, so references are checked at the end instead (SQLite, "Making Other Kinds Of Table
    Schema Changes").

    Raises:
        RuntimeError: a reference is broken; nothing is kept.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            connection.commit()
            return
        # Below SQLAlchemy, which would begin a transaction first: inside one the setting has no effect.
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("the migration would break references between rows")
            connection.commit()
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
