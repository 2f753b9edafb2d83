"""What the page shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.db import clock, models
from lti_tool.outbox import breaker, counts, status, stores
from lti_tool.outbox.counts import CourseCounts

PAGE_SIZE = 25
DAYS_SHOWN = 28
D = models.Delivery


@dataclass(frozen=True)
class Refused:
    """Those that the other side will never take as they stand, newest first."""

    rows: list[models.Delivery]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Waiting:
    """Deliveries of one kind that wait for one other side."""

    kind: str
    route: str
    number: int
    since: datetime
    pause: breaker.Pause | None


@dataclass(frozen=True)
class Changed:
    """The first of them, and how many there are."""

    rows: list[models.Grade]
    total: int


def now(session: Session, course: models.Course) -> dict[tuple[str, str], CourseCounts]:
    """How it stands at the moment, by kind and route; every kind is there."""
    found = counts.count(session, course.id)
    routes = stores.routes_by_course(session, [course.id])[course.id] or [stores.NOWHERE]
    keys = [("score", counts.GRADEBOOK), *(("statement", route) for route in routes)]
    shown = dict.fromkeys([*keys, *((kind, route) for _course, kind, route in found)])
    return {key: found.get((course.id, *key), CourseCounts()) for key in shown}


def store_names(session: Session, course: models.Course) -> dict[str, str]:
    """The names of the course's own record stores by their routes."""
    rows = session.scalars(select(models.RecordStore).where(models.RecordStore.course_id == course.id))
    return {stores.route_of(row): row.name for row in rows}


def overdue_since(session: Session, course: models.Course) -> datetime | None:
    """Since when the oldest has waited, if that is for longer than it should."""
    first = func.min(D.created_at, type_=D.created_at.type)
    oldest = session.scalar(_of_course(course, select(first)).where(D.state.in_(status.WAITING)))
    return oldest if oldest is not None and clock.now() - oldest > status.overdue_after() else None


def waiting(session: Session, course: models.Course) -> list[Waiting]:
    """What of the course is not there yet, by where it goes; scores first."""
    first = func.min(D.created_at, type_=D.created_at.type)
    query = (
        _of_course(course, select(D.kind, D.route, func.count(), first))
        .where(D.state.in_(status.WAITING))
        .group_by(D.kind, D.route)
        .order_by(D.kind, D.route)
    )
    paused = breaker.troubled(session)
    return [
        Waiting(kind, route, number, since, paused.get(route))
        for kind, route, number, since in session.execute(query)
    ]


def changed_there(session: Session, course: models.Course) -> Changed:
    """Points that the gradebook shows otherwise than they were sent, because a teacher changed them there."""
    query = (
        select(models.Grade)
        .join(models.Grade.participant)
        .join(models.Participant.cohort)
        .where(models.Cohort.course_id == course.id, models.Grade.lms_points.is_not(None))
    )
    total = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    shown = query.options(
        contains_eager(models.Grade.participant)
        .joinedload(models.Participant.member)
        .joinedload(models.Member.person),
        contains_eager(models.Grade.participant).contains_eager(models.Participant.cohort),
    )
    return Changed(list(session.scalars(shown.order_by(models.Grade.id).limit(PAGE_SIZE))), total)


def refused(session: Session, course: models.Course, page: int) -> Refused:
    dead = _of_course(course, select(D)).where(D.state == "dead")
    total = session.scalar(dead.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    query = dead.options(
        contains_eager(D.participant).joinedload(models.Participant.member).joinedload(models.Member.person),
        contains_eager(D.statement).contains_eager(models.Statement.event),
    )
    query = query.order_by(D.id.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return Refused(list(session.scalars(query).unique()), total, page, pages)


def refused_ids(session: Session, course: models.Course, only: int | None = None) -> list[int]:
    """The ids of all that were refused, or of the one that is meant if it is among them."""
    query = _of_course(course, select(D.id)).where(D.state == "dead")
    if only is not None:
        query = query.where(D.id == only)
    return list(session.scalars(query))


def days(session: Session, course: models.Course) -> list[models.LedgerEntry]:
    """The reconciliations of the last weeks, newest first."""
    entry = models.LedgerEntry
    query = (
        select(entry)
        .where(entry.course_id == course.id)
        .order_by(entry.day.desc(), entry.kind)
        .limit(DAYS_SHOWN)
    )
    return list(session.scalars(query))


def _of_course(course: models.Course, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Deliveries of this course: statements by their event, scores by the person's cohort."""
    return (
        query.outerjoin(D.statement)
        .outerjoin(models.Statement.event)
        .outerjoin(D.participant)
        .outerjoin(models.Participant.cohort)
        .where(or_(models.Event.course_id == course.id, models.Cohort.course_id == course.id))
    )
