"""Taking deliveries to send, so that no two workers have the same one and none is lost with its worker.

A conditional UPDATE writes a random lease token into rows that are due. SQLite runs writers one after
another; PostgreSQL lets the second UPDATE wait for the first and then looks at its condition again. So the
same statement is right on both, without ``SKIP LOCKED``.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.db import clock, models

LEASE = timedelta(minutes=5)
"""Longer than any batch takes; then a worker that took rows counts as lost."""

CLOCK_ASTRAY = timedelta(minutes=10)
"""Workers' clocks differ by less. A lease that ends later was taken before a clock was set back."""

BREAKS_AT = 60
"""So many of a route that wait after a failure: more than one batch, and more than single ones that fail by
themselves. Then the route waits as a whole until the first of them is due, which tries it anew."""

HOLDING = frozenset({*range(300, 400), 401, 403, 404, 405, 406, 407, 410, 415, 429, 503})
"""Answers that speak of the whole route: while a row waits after one, the route's others wait too."""


def due_routes(session: Session) -> list[str]:
    """Routes that have something to send now and are not held."""
    held = select(models.Delivery.route).where(_holds())
    due = (
        select(models.Delivery.route)
        .where(_due(), models.Delivery.route.not_in(held), models.Delivery.route.not_in(_broken_routes()))
        .distinct()
    )
    return sorted(session.scalars(due))


def held_until(session: Session) -> dict[str, datetime]:
    """The routes that wait as a whole, and until when."""
    until = func.max(models.Delivery.due_at, type_=models.Delivery.due_at.type)
    query = select(models.Delivery.route, until).where(_holds()).group_by(models.Delivery.route)
    return dict(iter(session.execute(query)))


def claim(session: Session, route: str, limit: int) -> str | None:
    """Take up to ``limit`` due deliveries of a route, the longest due first.

    Needs a writing transaction; the rows are this worker's once it is committed.

    Returns:
        The lease token that they carry now, or None when there was nothing to take.
    """
    token = str(uuid.uuid4())
    candidates = (
        select(models.Delivery.id)
        .where(_due(), models.Delivery.route == route)
        .order_by(models.Delivery.due_at, models.Delivery.id)
        .limit(limit)
    )
    taken = session.execute(
        update(models.Delivery)
        .where(models.Delivery.id.in_(session.scalars(candidates).all()), _due())
        .values(state="leased", lease=token, due_at=clock.now() + LEASE)
        .execution_options(synchronize_session=False)
    )
    return token if taken.rowcount else None  # type: ignore[attr-defined]


def in_flight(session: Session, route: str) -> bool:
    """Whether a worker is sending on this route at the moment."""
    query = exists().where(
        models.Delivery.route == route,
        models.Delivery.state == "leased",
        models.Delivery.due_at > clock.now(),
        models.Delivery.due_at <= _latest_lease(),
    )
    return bool(session.scalar(select(query)))


def leased(session: Session, token: str) -> Sequence[models.Delivery]:
    """What is still held under this lease; a lease that ran out may have lost some to another worker."""
    query = (
        select(models.Delivery)
        .where(models.Delivery.lease == token, models.Delivery.state == "leased")
        .order_by(models.Delivery.id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def _due() -> ColumnElement[bool]:
    # A leased row whose time has come was taken by a worker that never came back.
    return and_(
        models.Delivery.state.in_(["pending", "leased"]),
        or_(
            models.Delivery.due_at <= clock.now(),
            and_(models.Delivery.state == "leased", models.Delivery.due_at > _latest_lease()),
        ),
    )


def _latest_lease() -> datetime:
    """No worker that lives has a lease that ends after this."""
    return clock.now() + LEASE + CLOCK_ASTRAY


def _broken_routes() -> Select[str]:
    """Circuit breaker: routes on which too much failed to go on trying with more."""
    failed = and_(
        models.Delivery.state == "pending", models.Delivery.due_at > clock.now(), models.Delivery.attempts > 0
    )
    return (
        select(models.Delivery.route)
        .where(failed)
        .group_by(models.Delivery.route)
        .having(func.count() >= BREAKS_AT)
    )


def _holds() -> ColumnElement[bool]:
    return and_(
        models.Delivery.state == "pending",
        models.Delivery.due_at > clock.now(),
        models.Delivery.answer_status.in_(HOLDING),
    )
