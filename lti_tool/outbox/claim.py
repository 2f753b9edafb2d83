"""Taking deliveries to send, so that no two workers have the same one and none is lost with its worker.

Rows that are due are locked as they are read, and get a random lease token that ends by itself. On SQLite the
writing transaction is the lock, and workers take turns. On PostgreSQL each row is locked, then looked at once
more; what another worker is taking at the moment is passed over (``SKIP LOCKED``, which SQLAlchemy leaves out
on SQLite), so that each gets a batch of its own. Both are one code.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union, update
from sqlalchemy import func as sql
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.outbox import breaker
from lti_tool.outbox.outcome import Message

LEASE = timedelta(minutes=5)
"""Longer than any batch takes; then a worker that took rows counts as lost."""

CLOCK_ASTRAY = breaker.CLOCK_ASTRAY

_D = models.Delivery


def due_routes(session: Session) -> list[str]:
    """Routes that have something to send now and do not wait.

    Jumps from one route to the next in the index, so it costs what the routes cost, not their rows.
    """
    found = union(*(_routes(state) for state in ("pending", "leased"))).subquery()
    query = select(found.c.name).where(found.c.name.not_in(breaker.resting()))
    return sorted(name for name in session.scalars(query))


@dataclass(frozen=True)
class Taken:
    """What a worker may send until the lease ends: the token that its rows carry, and what is to be sent."""

    token: str
    messages: tuple[Message, ...]


def claim(session: Session, route: str, limit: int) -> Taken | None:
    """Take up to ``limit`` due deliveries of a route, the longest due first.

    Needs a writing transaction; the rows are this worker's once it is committed.

    Returns:
        None when there was nothing to take.
    """
    token = str(uuid.uuid4())
    candidates = _candidates(session, route, limit)
    if not candidates:
        return None
    rows = session.execute(
        update(_D)
        # By their ids alone: any other condition lets SQLite search all that waits.
        .where(_D.id.in_(candidates))
        .values(state="leased", lease=token, due_at=clock.now() + LEASE)
        .returning(_D.id, _D.key, _D.body, _D.participant_id)
        .execution_options(synchronize_session=False)
    )
    messages = sorted((Message(*row) for row in rows), key=attrgetter("id"))
    return Taken(token, tuple(messages)) if messages else None


def in_flight(session: Session, route: str) -> bool:
    """Whether a worker is sending on this route at the moment."""
    query = exists().where(
        _D.route == route, _D.state == "leased", _D.due_at > clock.now(), _D.due_at <= _latest_lease()
    )
    return bool(session.scalar(select(query)))


def leased(session: Session, token: str) -> Sequence[models.Delivery]:
    """What is still held under this lease; a lease that ran out may have lost some to another worker."""
    query = (
        select(_D)
        .where(_D.lease == token, _D.state == "leased")
        .order_by(_D.id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def _candidates(session: Session, route: str, limit: int) -> list[int]:
    """Ids, at most ``limit``: first what lost workers had, then what waits. One index range each."""
    found: list[int] = []
    for condition in (_is_lost(), _waits()):
        query = select(_D.id).where(condition, _D.route == route).order_by(_D.due_at, _D.id)
        limited = query.limit(limit - len(found)).with_for_update(skip_locked=True)
        found += session.scalars(limited)
        if len(found) >= limit:
            break
    return found


def _waits() -> ColumnElement[bool]:
    return and_(_D.state == "pending", _D.due_at <= clock.now())


def _is_lost() -> ColumnElement[bool]:
    """A worker took it and never came back."""
    return and_(_D.state == "leased", or_(_D.due_at <= clock.now(), _D.due_at > _latest_lease()))


def _latest_lease() -> datetime:
    """No worker that lives has a lease that ends after this."""
    return clock.now() + LEASE + CLOCK_ASTRAY


def _routes(state: str) -> Select[str]:
    """Routes with something due in this state."""
    first = (
        select(sql.min(_D.route).label("name"))
        .where(_D.state == state)
        .cte(f"{state}_routes", recursive=True)
    )
    following = select(sql.min(_D.route)).where(_D.state == state, _D.route > first.c.name).scalar_subquery()
    each = first.union_all(select(following).where(first.c.name.is_not(None)))
    condition = _waits() if state == "pending" else _is_lost()
    return select(each.c.name).where(
        each.c.name.is_not(None), exists().where(_D.route == each.c.name, condition)
    )
