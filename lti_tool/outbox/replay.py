"""Sending again what was refused, once the reason is gone."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import outbox
from lti_tool.db import clock, models
from lti_tool.outbox import breaker


def replay(session: Session, ids: Collection[int] | None = None, *, route: str | None = None) -> int:
    """Make refused deliveries pending again, with the bytes and the id that they always had.

    Args:
        ids: only these deliveries, and of them only what was refused.
        route: only those of this route.

    Returns:
        How many will be sent again.
    """
    refused = select(models.Delivery).where(models.Delivery.state == "dead")
    if ids is not None:
        refused = refused.where(models.Delivery.id.in_(ids))
    if route is not None:
        refused = refused.where(models.Delivery.route == route)
    now = clock.now()
    count, routes = 0, set()
    for row in session.scalars(refused):
        row.state, row.due_at, row.attempts, row.answer_status = "pending", now, 0, None
        routes.add(row.route)
        count += 1
    session.flush()
    if count:
        # Whoever sends again says that the reason is gone: their route does not wait any longer.
        breaker.resume(session, routes)
        outbox.wake_after_commit(session)
    return count
