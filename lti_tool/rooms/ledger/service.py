"""Sending once more what was refused in a course."""

from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import breaker, replay
from lti_tool.rooms.ledger import queries


def resend(session: Session, course: models.Course, only: int | None = None) -> int:
    """Put refused ones back among those to be sent: all of the course, or the one with this number.

    Returns:
        How many will be sent; a repeat sends nothing twice.
    """
    return replay.replay(session, queries.refused_ids(session, course, only))


def try_now(session: Session, course: models.Course) -> int:
    """Let the course's routes that wait be tried at once; how many did wait."""
    return breaker.resume(session, {one.route for one in queries.waiting(session, course)})
