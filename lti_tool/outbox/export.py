"""All statements as lines of JSON, for whoever has no record store or wants to fill another one."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from lti_tool.db import models

PAGE = 500


def export_statements(session: Session, since: datetime | None = None) -> Iterator[str]:
    """The statements as they are sent, oldest first, without line ends; read in pages.

    Args:
        since: only those recorded at this moment or later.
    """
    last: tuple[datetime, uuid.UUID] | None = None
    while True:
        page = session.execute(_page(since, last)).all()
        for _recorded_at, _id, body in page:
            yield body
        if len(page) < PAGE:
            return
        last = (page[-1][0], page[-1][1])


def _page(
    since: datetime | None, last: tuple[datetime, uuid.UUID] | None
) -> Select[datetime, uuid.UUID, str]:
    recorded_at, statement_id = models.Event.recorded_at, models.Statement.id
    query = select(recorded_at, statement_id, models.Statement.body).join(models.Statement.event)
    if since is not None:
        query = query.where(recorded_at >= since)
    if last is not None:
        query = query.where(tuple_(recorded_at, statement_id) > last)
    return query.order_by(recorded_at, statement_id).limit(PAGE)
