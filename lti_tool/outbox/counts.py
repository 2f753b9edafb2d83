"""Statements and scores of each course by what became of them: each counted once, in exactly one state."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox.status import WAITING


@dataclass(frozen=True)
class CourseCounts:
    delivered: int = 0
    pending: int = 0
    dead: int = 0
    unsent: int = 0
    """Statements recorded while no record store was set: `peer-mentor statements backfill` sends them."""

    @property
    def recorded(self) -> int:
        return self.delivered + self.pending + self.dead + self.unsent


def count(session: Session, course_id: int | None = None) -> dict[tuple[int, str], CourseCounts]:
    """By course and kind (statement, score); those of one course, or of all that have any."""
    return {
        (course, kind): counts
        for kind, rows in (
            ("statement", _statements(session, course_id)),
            ("score", _scores(session, course_id)),
        )
        for course, counts in _summed(rows).items()
    }


def _statements(session: Session, course_id: int | None) -> Iterable[Row[int, str | None, int]]:
    query = (
        select(models.Event.course_id, models.Delivery.state, func.count())
        .select_from(models.Statement)
        .join(models.Statement.event)
        .outerjoin(models.Delivery, models.Delivery.statement_id == models.Statement.id)
        .group_by(models.Event.course_id, models.Delivery.state)
    )
    if course_id is not None:
        query = query.where(models.Event.course_id == course_id)
    return session.execute(query)


def _scores(session: Session, course_id: int | None) -> Iterable[Row[int, str, int]]:
    query = (
        select(models.Cohort.course_id, models.Delivery.state, func.count())
        .join(models.Delivery.participant)
        .join(models.Participant.cohort)
        # A score that a newer one has overtaken is no longer anybody's.
        .where(models.Delivery.kind == "score", models.Delivery.state != "superseded")
        .group_by(models.Cohort.course_id, models.Delivery.state)
    )
    if course_id is not None:
        query = query.where(models.Cohort.course_id == course_id)
    return session.execute(query)


def _summed(rows: Iterable[Row[int, str | None, int]]) -> dict[int, CourseCounts]:
    by_course: dict[int, dict[str, int]] = {}
    for course, state, number in rows:
        ended = "unsent" if state is None else "pending" if state in WAITING else state
        states = by_course.setdefault(course, {})
        states[ended] = states.get(ended, 0) + number
    return {course: CourseCounts(**states) for course, states in by_course.items()}
