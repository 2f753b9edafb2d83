"""Writing an event down once, with its statement and what has to be sent, in the caller's transaction."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, bindparam, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import xapi
from lti_tool import outbox, settings
from lti_tool.db import clock, models
from lti_tool.outbox import facts, stores


def record(
    session: Session,
    cohort: models.Cohort,
    subject: str,
    make: Callable[[UUID], xapi.AnyEvent],
    *,
    mentorship_id: int | None = None,
) -> bool:
    """Record an event. False, with nothing written, when one with this subject is there already.

    What a test user does is an event, so that pages work, but no statement.

    Args:
        subject: what makes it this event and no other; unique.
        make: builds the event from its new id; only called when it is needed.
    """
    if _is_recorded(session, subject):
        return False
    event = make(uuid4())
    row = models.Event(
        id=event.id,
        kind=event.kind,
        course_id=cohort.course_id,
        cohort_id=cohort.id,
        mentorship_id=mentorship_id,
        subject=subject,
        occurred_at=event.occurred_at,
        recorded_at=clock.now(),
        data=event.model_dump(mode="json"),
    )
    told = None if names_a_test_user(session, cohort.course_id, row.data) else _to_tell(session, row, event)
    try:
        # Another transaction may have recorded it since; then the database refuses only this savepoint.
        with session.begin_nested():
            session.add(row)
            session.flush()
            if told is not None:
                _insert(session, told)
    except IntegrityError:
        return False
    if told is not None and told.deliveries:
        outbox.wake_after_commit(session)
    return True


def times_recorded(session: Session, kind: str, key: int) -> int:
    """How often something that can be undone and done again has happened: subjects count from 0."""
    count = 0
    while _is_recorded(session, f"{kind}:{key}:{count}"):
        count += 1
    return count


def text_of(statement: dict[str, object]) -> str:
    """The JSON text that is stored and sent: the same for the same statement, always."""
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _is_recorded(session: Session, subject: str) -> bool:
    return bool(session.scalar(select(exists().where(models.Event.subject == subject))))


_MEMBER, _STATEMENT, _DELIVERY = (
    cast(Table, each.__table__) for each in (models.Member, models.Statement, models.Delivery)
)
_HAS_TEST_USERS = select(
    exists().where(_MEMBER.c.course_id == bindparam("course_id"), _MEMBER.c.is_test.is_(True))
)
"""Built once: it is asked at every event, and nearly always answered with no."""


def names_a_test_user(session: Session, course_id: int, data: dict[str, Any]) -> bool:
    """Whether an event is about a teacher's student view (LTI's TestUser): nobody, to a record store."""
    if not session.scalar(_HAS_TEST_USERS, {"course_id": course_id}):
        return False
    query = select(models.Member).where(models.Member.course_id == course_id, models.Member.is_test)
    test_users = {facts.account(member) for member in session.scalars(query)}
    return not test_users.isdisjoint(accounts(data))


def accounts(value: Any) -> Iterator[xapi.Account]:
    """All accounts in an event, however deep."""
    if isinstance(value, dict):
        if value.keys() == xapi.Account.model_fields.keys():
            yield xapi.Account(**value)
        for inner in value.values():
            yield from accounts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from accounts(inner)


@dataclass(frozen=True)
class _Told:
    """An event's statement and its delivery to each store that is to get it, as values of their columns."""

    statement: dict[str, Any]
    deliveries: list[dict[str, Any]]


def _to_tell(session: Session, row: models.Event, event: xapi.AnyEvent) -> _Told:
    """Without a record store the statements stay here and can be exported."""
    statement = _statement(event)
    due = stores.due(session, row.course_id)
    return _Told(statement, [_delivery(statement, event, store, row.recorded_at) for store in due])


def _insert(session: Session, told: _Told) -> None:
    # Nobody needs them as objects, and without that they cost half: this is part of nearly every request.
    connection = session.connection()
    connection.execute(_STATEMENT.insert(), told.statement)
    if told.deliveries:
        connection.execute(_DELIVERY.insert(), told.deliveries)


def statement_of(event: xapi.AnyEvent) -> models.Statement:
    """The event's statement: the same id and bytes, always."""
    return models.Statement(**_statement(event))


def delivery_of(
    statement: models.Statement, event: xapi.AnyEvent, store: stores.Due, now: datetime
) -> models.Delivery:
    """What has to be sent to a record store, now: the statement in the shape that the store understands."""
    return models.Delivery(**_delivery({"id": statement.id, "body": statement.body}, event, store, now))


def _statement(event: xapi.AnyEvent) -> dict[str, Any]:
    made = xapi.statement(event, settings.current().lrs_version)
    return {"id": UUID(str(made["id"])), "event_id": event.id, "body": text_of(made)}


def _delivery(
    statement: dict[str, Any], event: xapi.AnyEvent, store: stores.Due, now: datetime
) -> dict[str, Any]:
    if store.version == settings.current().lrs_version:
        body = statement["body"]
    else:
        body = text_of(xapi.statement(event, store.version))
    return {
        "kind": "statement",
        "route": store.route,
        "key": str(statement["id"]),
        "version": 1,
        "statement_id": statement["id"],
        "body": body,
        "state": "pending",
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }
