"""The daily reconciliation: what was recorded beside what arrived, and beside what the store really has.

A store may lose what it took, or be set up anew. So those that were delivered are asked for by their ids, a
bounded number a day, first those that never were, then those for whom it is longest ago: over the days all
of them. What is missing is sent again with the bytes and the id that it always had. Scores are compared
column by column, where `readback` reads what the gradebook shows.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TypedDict

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

import xapi
from lti_tool import outbox
from lti_tool.db import clock, engine, models
from lti_tool.db.secrets import Unreadable
from lti_tool.outbox import routes_lrs, stores
from lti_tool.outbox.counts import GRADEBOOK, CourseCounts, count
from lti_tool.outbox.outcome import Message

EVERY = timedelta(days=1)
MOST_CHECKED = 200
"""Statements asked for in one reconciliation."""
TOGETHER = 25
"""Statements asked for between two transactions."""
SETTLED = timedelta(minutes=10)
"""Stores may show a statement some time after they took it."""
KEPT = timedelta(days=90)
CONFLICT = 409

Checks = dict[tuple[int, str], Counter[str]]
"""By course and route: how many were found the same, missing or different."""


def reconcile(session: Session) -> Counter[str]:
    """Check, repair, count and write the day's entries. Needs no open transaction.

    Returns:
        How many statements were found ``same``, ``missing`` (and are sent again) or ``different``.
    """
    checks: Checks = defaultdict(Counter)
    for route, waiting in _to_check(session).items():
        store = _store(session, route)
        if store is not None:
            _ask(session, store, waiting, checks)
    _write_entries(session, checks)
    return sum(checks.values(), Counter[str]())


def _store(session: Session, route: str) -> stores.Store | None:
    try:
        return stores.of_route(session, route)
    except Unreadable:
        return None
    finally:
        engine.rollback(session)


def _ask(session: Session, store: stores.Store, waiting: Sequence[Message], checks: Checks) -> None:
    for start in range(0, len(waiting), TOGETHER):
        part = waiting[start : start + TOGETHER]
        found = routes_lrs.look_up(store, part)
        _write_down(session, found, checks)
        if len(found) < len(part):
            break  # The store gives no usable answers at the moment.


def _to_check(session: Session) -> dict[str, list[Message]]:
    """Delivered statements by route, as they were sent; those never asked for come first."""
    row = models.Delivery
    delivered = select(row.id, row.key, row.body, row.route).where(
        row.state == "delivered", row.kind == "statement", row.delivered_at <= clock.now() - SETTLED
    )
    never = delivered.where(row.checked_at.is_(None)).order_by(row.id).limit(MOST_CHECKED)
    found = session.execute(never).all()
    again = delivered.where(row.checked_at <= clock.now() - EVERY / 2).order_by(row.checked_at, row.id)
    found = [*found, *session.execute(again.limit(MOST_CHECKED - len(found)))]
    engine.rollback(session)
    by_route: dict[str, list[Message]] = {}
    for id_, key, body, route in found:
        by_route.setdefault(route, []).append(Message(id_, key, body, None))
    return by_route


def _write_down(session: Session, found: Mapping[int, xapi.Found], checks: Checks) -> None:
    engine.begin_write(session)
    rows = session.execute(
        select(models.Delivery, models.Event.course_id)
        .join(models.Delivery.statement)
        .join(models.Statement.event)
        # Whoever changed it meanwhile (a replay, an erasure) knows better.
        .where(models.Delivery.id.in_(found), models.Delivery.state == "delivered")
        .order_by(models.Delivery.id)
        .with_for_update(of=models.Delivery)
    ).all()
    for row, course_id in rows:
        row.checked_at = clock.now()
        checks[course_id, row.route][found[row.id]] += 1
        _repair(session, row, found[row.id])
    engine.commit(session)


def _repair(session: Session, row: models.Delivery, found: xapi.Found) -> None:
    if found == "missing":
        row.state, row.due_at, row.attempts, row.answer_status = "pending", clock.now(), 0, None
        row.answer = "The record store did not have it any more."
        outbox.wake_after_commit(session)
    elif found == "different":
        row.state, row.answer_status = "dead", CONFLICT
        row.answer = "The record store has another statement with this id."


def add_scores(session: Session, course_id: int, found: Counter[str]) -> None:
    """Write down what a column of the gradebook was found to show. Needs no open transaction."""
    _write_entries(session, {(course_id, GRADEBOOK): found}, course_id)


def _write_entries(session: Session, checks: Checks, course_id: int | None = None) -> None:
    """The day's entries of all courses, or of one."""
    engine.begin_write(session)
    today = clock.today()
    known = {
        (one.course_id, one.route): one
        for one in session.scalars(select(models.LedgerEntry).where(models.LedgerEntry.day == today))
    }
    for (course, kind, route), counts in count(session, course_id).items():
        entry = known.get((course, route))
        if entry is None:
            entry = models.LedgerEntry(
                course_id=course, kind=kind, route=route, day=today, checked=0, missing=0, different=0
            )
            session.add(entry)
        _fill(entry, counts, checks.get((course, route), Counter()))
    session.execute(delete(models.LedgerEntry).where(models.LedgerEntry.day < today - KEPT))
    engine.commit(session)


def _fill(entry: models.LedgerEntry, counts: CourseCounts, checked: Counter[str]) -> None:
    entry.recorded, entry.unsent = counts.recorded, counts.unsent
    entry.delivered, entry.pending, entry.dead = counts.delivered, counts.pending, counts.dead
    # A second reconciliation on the same day adds to what the first one found.
    entry.checked += checked.total()
    entry.missing += checked["missing"]
    entry.different += checked["different"]
    entry.finished_at = clock.now()


class DayTotals(TypedDict):
    """Sums over all courses; when they were made, ISO 8601 in UTC."""

    checked: int
    missing: int
    different: int
    reconciled: str


def latest(session: Session) -> dict[tuple[str, str], DayTotals]:
    """By kind and route, the sums of the newest day's entries over all courses, and when they were made."""
    entry = models.LedgerEntry
    newest = select(func.max(entry.day)).scalar_subquery()
    at = func.max(entry.finished_at, type_=entry.finished_at.type)
    query = (
        select(
            entry.kind,
            entry.route,
            func.sum(entry.checked),
            func.sum(entry.missing),
            func.sum(entry.different),
            at,
        )
        .where(entry.day == newest)
        .group_by(entry.kind, entry.route)
    )
    return {
        (kind, route): DayTotals(
            checked=int(checked),
            missing=int(missing),
            different=int(different),
            reconciled=finished.isoformat(timespec="seconds"),
        )
        for kind, route, checked, missing, different, finished in session.execute(query)
    }
