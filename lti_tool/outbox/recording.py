"""Writing an event down once, with its statement and what has to be sent, in the caller's transaction."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import xapi
from lti_tool import outbox, settings
from lti_tool.db import clock, models
from lti_tool.db.base import Base
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
    told = [] if names_a_test_user(session, cohort.course_id, row.data) else _to_tell(session, row, event)
    try:
        # Another transaction may have recorded it since; then the database refuses only this savepoint.
        with session.begin_nested():
            session.add_all([row, *told])
    except IntegrityError:
        return False
    if len(told) > 1:
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


_MEMBER = models.Member.__table__
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


def _to_tell(session: Session, row: models.Event, event: xapi.AnyEvent) -> list[Base]:
    """The event's statement, and a delivery for each store that is to get it.

    Without a record store the statements stay here and can be exported.
    """
    statement = statement_of(event)
    due = stores.due(session, row.course_id)
    return [statement, *(delivery_of(statement, event, store, row.recorded_at) for store in due)]


def statement_of(event: xapi.AnyEvent) -> models.Statement:
    """The event's statement: the same id and bytes, always."""
    made = xapi.statement(event, settings.current().lrs_version)
    return models.Statement(id=UUID(str(made["id"])), event_id=event.id, body=text_of(made))


def delivery_of(
    statement: models.Statement, event: xapi.AnyEvent, store: stores.Due, now: datetime
) -> models.Delivery:
    """What has to be sent to a record store, now: the statement in the shape that the store understands."""
    if store.version == settings.current().lrs_version:
        body = statement.body
    else:
        body = text_of(xapi.statement(event, store.version))
    return models.Delivery(
        kind="statement",
        route=store.route,
        key=str(statement.id),
        version=1,
        statement_id=statement.id,
        body=body,
        state="pending",
        attempts=0,
        due_at=now,
        created_at=now,
    )
