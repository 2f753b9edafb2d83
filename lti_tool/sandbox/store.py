"""The sandbox's database: one SQLite file, one session and one transaction a request."""

import shutil
import tempfile
import weakref
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from lti_tool.sandbox.models import Base


def now() -> datetime:
    return datetime.now(UTC)


def open_engine(app: Flask, database_url: str) -> Engine:
    """Makes the tables if need be. ``sqlite://`` alone is a file of this app's own, removed with it."""
    if database_url in ("sqlite://", "sqlite:///:memory:"):
        # Not :memory:, because the server's threads share the data and SQLite's memory does not stand that.
        folder = tempfile.mkdtemp(prefix="sandbox-lms-")
        weakref.finalize(app, shutil.rmtree, folder, ignore_errors=True)
        database_url = f"sqlite:///{Path(folder) / 'sandbox.db'}"
    engine = create_engine(database_url, poolclass=NullPool, connect_args={"timeout": 30})
    event.listen(engine, "connect", _configure_connection)
    event.listen(engine, "begin", _begin_immediately)
    Base.metadata.create_all(engine)
    return engine


def _configure_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late, see below
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_immediately(connection: Any) -> None:
    # Two requests that read and then write would otherwise end with "database is locked" at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def engine() -> Engine:
    found = current_app.extensions["sandbox_engine"]
    assert isinstance(found, Engine)
    return found


def session() -> Session:
    """This request's session. It locks the database, so do everything slow (fetching keys) before."""
    if "sandbox_session" not in g:
        g.sandbox_session = Session(engine(), expire_on_commit=False)
    found = g.sandbox_session
    assert isinstance(found, Session)
    return found


def finish(success: bool) -> None:
    """Ends this request's transaction, if it had one."""
    open_session: Session | None = g.pop("sandbox_session", None)
    if open_session is None:
        return
    with open_session:
        if success:
            open_session.commit()
