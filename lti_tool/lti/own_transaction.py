"""A short transaction beside the request's own, for what is worth keeping even if the request fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from lti_tool.db.engine import begin_write, db


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A session that commits at the end of the block: keys and tokens fetched from a platform.

    Never to be opened while the caller's own session holds a transaction that writes: on SQLite the two
    would wait for each other.
    """
    with Session(db.engine, expire_on_commit=False) as session:
        begin_write(session)
        yield session
        session.commit()
