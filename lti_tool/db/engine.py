"""How connections behave: SQLite is made to keep the promises that PostgreSQL keeps by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.orm import Session

log = structlog.get_logger("peer_mentor.db")
db = SQLAlchemy()

BUSY_TIMEOUT_MS = 15_000
LARGEST_KEY = 2**31 - 1
"""Row ids are 32-bit; databases answer larger ones with an error instead of nothing."""


def normalised_url(url: str) -> str:
    """The URL with the driver that is installed, its folder made when it is an SQLite file."""
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername.startswith("sqlite") and parsed.database and parsed.database != ":memory:":
        path = Path(parsed.database).absolute()
        path.parent.mkdir(parents=True, exist_ok=True)
        parsed = parsed.set(database=str(path))
    return parsed.render_as_string(hide_password=False)


def options(url: str) -> dict[str, Any]:
    """How the application's engine is made."""
    return {
        "url": normalised_url(url),
        # An error's text ends up in a log, and the values of a statement are names, marks and tokens.
        "hide_parameters": True,
        # A database server may have been restarted since a connection was used last.
        "pool_pre_ping": not url.startswith("sqlite"),
    }


def prepare(engine: Engine) -> None:
    """Register the connection rules of SQLite on an engine; PostgreSQL needs none."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver must not start transactions by itself: it would start them too late (see _on_begin).
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # A reader that turns writer fails at once when somebody wrote meanwhile, whatever the busy timeout says.
    # A transaction that means to write therefore takes the write lock at its start.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def begin_write(session: Session) -> None:
    """Start the session's transaction as one that writes. Call it before the first statement."""
    session.connection(execution_options={"writes": True})


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run ``action`` once this transaction is kept; never if it is rolled back."""
    session.info.setdefault("after_commit", []).append(action)


def commit(session: Session) -> None:
    """Commit, then run what was waiting for it.

    What is committed is done, whatever becomes of the actions: they only wake the worker, which looks for
    forgotten work by itself.
    """
    session.commit()
    for action in session.info.pop("after_commit", []):
        try:
            action()
        except Exception:
            log.exception("the worker could not be told")


def rollback(session: Session) -> None:
    session.rollback()
    session.info.pop("after_commit", None)


def commit_without_actions(session: Session) -> None:
    """Commit and forget what was waiting for it: the demo's past has no worker."""
    session.commit()
    session.info.pop("after_commit", None)
