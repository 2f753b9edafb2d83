"""The statements of a course, chosen and in pages, in a fixed number of queries."""

import json
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session, contains_eager

from lti_tool.db import models
from lti_tool.outbox import recording, statement_people
from lti_tool.outbox.status import WAITING

PAGE_SIZE = 25
EXPORTED_AT_ONCE = 500
S, E, D = models.Statement, models.Event, models.Delivery

STATES: dict[str, Collection[str]] = {"delivered": ("delivered",), "waiting": WAITING, "refused": ("dead",)}
KEPT = "kept"
"""Sent nowhere."""


@dataclass(frozen=True)
class Choice:
    """What of the statements is wanted; empty fields choose nothing. Days are the viewer's."""

    kind: str = ""
    account: str = ""
    """A text that every statement about the wanted person holds."""
    first: date | None = None
    last: date | None = None
    state: str = ""
    zone: str = "UTC"


@dataclass(frozen=True)
class Row:
    statement: models.Statement
    verb: str
    who: str
    """Who did it, as the course knows them; empty for a pair together."""
    states: list[str]
    """Of its deliveries."""

    @property
    def text(self) -> str:
        return json.dumps(json.loads(self.statement.body), indent=1, ensure_ascii=False)


@dataclass(frozen=True)
class Found:
    rows: list[Row]
    total: int
    page: int
    pages: int


def member(session: Session, course: models.Course, typed: str) -> models.Member | None:
    """The member with this pseudonym or name, if there is exactly one."""
    person = models.Member.person
    wanted = func.lower(typed.strip())
    query = (
        select(models.Member)
        .join(person)
        .options(contains_eager(person))
        .where(
            models.Member.course_id == course.id,
            (func.lower(models.Member.pseudonym) == wanted) | (func.lower(models.Person.name) == wanted),
        )
        .limit(2)
    )
    found = session.scalars(query).all()
    return found[0] if len(found) == 1 else None


def kinds(session: Session, course: models.Course) -> list[str]:
    """The kinds of events that the course has."""
    return sorted(session.scalars(select(E.kind).where(E.course_id == course.id).distinct()))


def page(session: Session, course: models.Course, choice: Choice, number: int) -> Found:
    chosen = _chosen(course.id, choice)
    total = session.scalar(chosen.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    query = chosen.options(contains_eager(S.event)).order_by(E.occurred_at.desc(), S.id)
    shown = session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Found(_rows(session, course, shown), total, number, pages)


def lines(session: Session, course_id: int, choice: Choice) -> Iterator[str]:
    """The chosen statements as they are sent, oldest first, one JSON text each; read in pages."""
    last: tuple[datetime, uuid.UUID] | None = None
    while True:
        query = _chosen(course_id, choice).with_only_columns(
            E.recorded_at, S.id, S.body, maintain_column_froms=True
        )
        if last is not None:
            query = query.where(tuple_(E.recorded_at, S.id) > last)
        some = session.execute(query.order_by(E.recorded_at, S.id).limit(EXPORTED_AT_ONCE)).all()
        yield from (body for _recorded_at, _id, body in some)
        if len(some) < EXPORTED_AT_ONCE:
            return
        last = (some[-1][0], some[-1][1])


def _chosen(course_id: int, choice: Choice) -> Select[Any]:
    query = select(S).join(S.event).where(E.course_id == course_id)
    if choice.kind:
        query = query.where(E.kind == choice.kind)
    if choice.account:
        query = query.where(S.body.contains(choice.account, autoescape=True))
    if choice.first is not None:
        query = query.where(E.occurred_at >= _midnight(choice.first, choice.zone))
    if choice.last is not None and choice.last < date.max:
        query = query.where(E.occurred_at < _midnight(choice.last + timedelta(days=1), choice.zone))
    if choice.state:
        query = query.where(_in_state(choice.state))
    return query


def account(person: models.Member) -> str:
    """The text that every statement about this person holds."""
    return recording.text_of(statement_people.json_of(person))


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _in_state(state: str) -> ColumnElement[bool]:
    sent = exists().where(D.statement_id == S.id)
    if state == KEPT:
        return ~sent
    return sent.where(D.state.in_(STATES.get(state, ())))


def _rows(session: Session, course: models.Course, shown: Sequence[models.Statement]) -> list[Row]:
    bodies = {one.id: json.loads(one.body) for one in shown}
    names = statement_people.names(
        session, course, {body["actor"]["account"]["name"] for body in bodies.values()}
    )
    states: dict[uuid.UUID, list[str]] = {}
    for statement_id, state in session.execute(
        select(D.statement_id, D.state).where(D.statement_id.in_(bodies)).order_by(D.id)
    ):
        if statement_id is not None:
            states.setdefault(statement_id, []).append(state)
    return [
        Row(
            one,
            bodies[one.id]["verb"]["display"]["en"],
            names.get(bodies[one.id]["actor"]["account"]["name"], ""),
            states.get(one.id, []),
        )
        for one in shown
    ]
