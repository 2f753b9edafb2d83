"""Statements for what happened before: from the events themselves, with the ids that they always had."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, selectinload

import xapi
from lti_tool import jobs, outbox
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import recording, stores

PAGE = 200
"""Events in one transaction."""


class NoStore(Exception):
    """There is no record store to send to."""


Told = Callable[[float], None]
"""Hears how far it is, from 0 to 1, before each page; may raise to stop."""


def run(job_id: int) -> None:
    """The worker's part of a course's backfill; what was done before a cancel stays done."""
    session = db.session
    course_id = session.get_one(models.Job, job_id).course_id
    engine.rollback(session)
    try:
        count = backfill(
            session, course_id=course_id, told=lambda part: jobs.report(job_id, part, "backfill.recording")
        )
    except NoStore:
        count = 0
    engine.begin_write(session)
    session.get_one(models.Job, job_id).result = {"to_send": count}
    engine.commit(session)


def backfill(
    session: Session,
    since: datetime | None = None,
    *,
    course_id: int | None = None,
    told: Told = lambda _part: None,
) -> int:
    """Record again what is missing of statements, and let everything be sent that never was.

    Each statement is recorded once for each store that is to get it; a repeat finds nothing to do. Each page
    is a transaction of its own; an end midway loses nothing.

    Args:
        since: only events recorded at this moment or later.
        course_id: only events of this course; of all by default.

    Returns:
        How many statements will be sent, counted once for each store.

    Raises:
        NoStore: none is set.
    """
    chosen = _chosen(since, course_id)
    _check_stores(session, course_id)
    number = session.scalar(select(func.count()).select_from(chosen.subquery())) or 1
    engine.rollback(session)
    total, done = 0, 0
    last: tuple[datetime, uuid.UUID] | None = None
    while True:
        told(done / number)
        engine.begin_write(session)
        events = _page(session, chosen, last)
        added = _complete(session, events)
        total, done = total + added, done + len(events)
        last = (events[-1].recorded_at, events[-1].id) if events else None
        if added:
            outbox.wake_after_commit(session)
        engine.commit(session)
        if len(events) < PAGE:
            return total


def _check_stores(session: Session, course_id: int | None) -> None:
    row = models.RecordStore
    own = select(row.id).where(row.disabled_at.is_(None)).limit(1)
    if course_id is not None:
        own = own.where(row.course_id == course_id)
    if not stores.due_everywhere() and session.scalar(own) is None:
        raise NoStore


def _chosen(since: datetime | None, course_id: int | None) -> Select[models.Event]:
    query = select(models.Event)
    if since is not None:
        query = query.where(models.Event.recorded_at >= since)
    if course_id is not None:
        query = query.where(models.Event.course_id == course_id)
    return query


def _page(
    session: Session, chosen: Select[models.Event], last: tuple[datetime, uuid.UUID] | None
) -> Sequence[models.Event]:
    recorded_at, event_id = models.Event.recorded_at, models.Event.id
    query = chosen.options(selectinload(models.Event.statements))
    if last is not None:
        query = query.where(tuple_(recorded_at, event_id) > last)
    return session.scalars(query.order_by(recorded_at, event_id).limit(PAGE)).all()


def _complete(session: Session, events: Sequence[models.Event]) -> int:
    """What these events still owe: their statement, and a delivery of it to each store."""
    due = {course: stores.due(session, course) for course in {event.course_id for event in events}}
    told = {event.id: xapi.read_event(event.data) for event in events}
    for event in events:
        if not event.statements and not recording.names_a_test_user(session, event.course_id, event.data):
            event.statements = [recording.statement_of(told[event.id])]
    session.flush()
    ids = [one.id for event in events for one in event.statements]
    sent = select(models.Delivery.statement_id, models.Delivery.route)
    known = set(iter(session.execute(sent.where(models.Delivery.statement_id.in_(ids)))))
    owed = [
        recording.delivery_of(one, told[event.id], store, clock.now())
        for event in events
        for one in event.statements
        for store in due[event.course_id]
        if (one.id, store.route) not in known
    ]
    session.add_all(owed)
    return len(owed)
