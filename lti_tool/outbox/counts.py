"""Statements and scores of each course by what became of them, each in exactly one state."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Row, func, literal, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import stores
from lti_tool.outbox.status import WAITING

GRADEBOOK = "ags"

Key = tuple[int, str, str]
"""Course, kind and route."""


@dataclass(frozen=True)
class CourseCounts:
    delivered: int = 0
    pending: int = 0
    dead: int = 0
    unsent: int = 0
    """Statements recorded before this store was there: a backfill sends them."""

    @property
    def recorded(self) -> int:
        return self.delivered + self.pending + self.dead + self.unsent


def count(session: Session, course_id: int | None = None) -> dict[Key, CourseCounts]:
    """By course, kind (statement, score) and route; those of one course, or of all that have any.

    A statement counts once for each record store that is to get it, and under `stores.NOWHERE` without any.
    """
    return _statement_counts(session, course_id) | _score_counts(session, course_id)


def _statement_counts(session: Session, course_id: int | None) -> dict[Key, CourseCounts]:
    recorded = _recorded(session, course_id)
    sent = _summed(_statements(session, course_id))
    due = stores.routes_by_course(session, recorded)
    made = {}
    for course, total in recorded.items():
        earlier = {route for of_course, route in sent if of_course == course}
        for route in sorted(earlier | set(due[course]) or {stores.NOWHERE}):
            states = dict(sent.get((course, route), {}))
            if route in due[course] or route == stores.NOWHERE:
                states["unsent"] = total - sum(states.values())
            made[course, "statement", route] = CourseCounts(**states)
    return made


def _score_counts(session: Session, course_id: int | None) -> dict[Key, CourseCounts]:
    scores = _summed(_scores(session, course_id))
    return {(course, "score", route): CourseCounts(**states) for (course, route), states in scores.items()}


def _recorded(session: Session, course_id: int | None) -> dict[int, int]:
    query = (
        select(models.Event.course_id, func.count())
        .join(models.Statement, models.Statement.event_id == models.Event.id)
        .group_by(models.Event.course_id)
    )
    if course_id is not None:
        query = query.where(models.Event.course_id == course_id)
    return dict(iter(session.execute(query)))


def _statements(session: Session, course_id: int | None) -> Iterable[Row[int, str, str, int]]:
    row = models.Delivery
    query = (
        select(models.Event.course_id, row.route, row.state, func.count())
        .select_from(row)
        .join(row.statement)
        .join(models.Statement.event)
        .group_by(models.Event.course_id, row.route, row.state)
    )
    if course_id is not None:
        query = query.where(models.Event.course_id == course_id)
    return session.execute(query)


def _scores(session: Session, course_id: int | None) -> Iterable[Row[int, str, str, int]]:
    query = (
        select(models.Cohort.course_id, literal(GRADEBOOK), models.Delivery.state, func.count())
        .join(models.Delivery.participant)
        .join(models.Participant.cohort)
        # A score that a newer one has overtaken is no longer anybody's.
        .where(models.Delivery.kind == "score", models.Delivery.state != "superseded")
        .group_by(models.Cohort.course_id, models.Delivery.state)
    )
    if course_id is not None:
        query = query.where(models.Cohort.course_id == course_id)
    return session.execute(query)


def _summed(rows: Iterable[Row[int, str, str, int]]) -> dict[tuple[int, str], dict[str, int]]:
    """By course and route: how many are delivered, pending or dead."""
    found: dict[tuple[int, str], dict[str, int]] = {}
    for course, route, state, number in rows:
        ended = "pending" if state in WAITING else state
        states = found.setdefault((course, route), {})
        states[ended] = states.get(ended, 0) + number
    return found
