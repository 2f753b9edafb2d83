"""Counting what a page asks of the database."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from lti_tool.db.engine import db


def statements_of(client: FlaskClient, url: str) -> int:
    """How many SQL statements showing this page takes. Call it inside an application context."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
