"""Statements for what happened before: from the events themselves, with the ids that they always had."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

import xapi
from lti_tool import outbox, settings
from lti_tool.db import clock, engine, models
from lti_tool.outbox.recording import delivery_of, statement_of

PAGE = 200
"""Events in one transaction."""


class NoStore(Exception):
    """There is no record store to send to."""


def backfill(session: Session, since: datetime | None = None) -> int:
    """Record again what is missing of statements, and let everything be sent that never was.

    A repeat finds nothing to do. Each page is a transaction of its own; an end midway loses nothing.

    Args:
        since: only events recorded at this moment or later.

    Returns:
        How many statements will be sent.

    Raises:
        NoStore: none is set.
    """
    if settings.current().lrs_endpoint is None:
        raise NoStore
    total = 0
    last: tuple[datetime, uuid.UUID] | None = None
    while True:
        engine.begin_write(session)
        events = _page(session, since, last)
        added = sum(_complete(session, event) for event in events)
        total += added
        last = (events[-1].recorded_at, events[-1].id) if events else None
        if added:
            outbox.wake_after_commit(session)
        engine.commit(session)
        if len(events) < PAGE:
            return total


def _page(
    session: Session, since: datetime | None, last: tuple[datetime, uuid.UUID] | None
) -> Sequence[models.Event]:
    recorded_at, event_id = models.Event.recorded_at, models.Event.id
    query = select(models.Event).options(selectinload(models.Event.statements))
    if since is not None:
        query = query.where(recorded_at >= since)
    if last is not None:
        query = query.where(tuple_(recorded_at, event_id) > last)
    return session.scalars(query.order_by(recorded_at, event_id).limit(PAGE)).all()


def _complete(session: Session, event: models.Event) -> int:
    statements = event.statements
    if not statements:
        statements = [statement_of(xapi.read_event(event.data))]
        session.add_all(statements)
        session.flush()
    sent = select(models.Delivery.statement_id).where(
        models.Delivery.statement_id.in_([one.id for one in statements])
    )
    known = set(session.scalars(sent))
    missing = [delivery_of(one, clock.now()) for one in statements if one.id not in known]
    session.add_all(missing)
    return len(missing)
