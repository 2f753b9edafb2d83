"""The circuit breaker of each route: when the other side is out of order, the route waits as a whole.

The pause is a row, so it holds for all workers and outlives them. Once it is over, one worker tries one batch
while the others still wait; an answer that takes anything opens the route to all.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import outbox
from lti_tool.db import clock, models
from lti_tool.outbox import outcome
from lti_tool.outbox.outcome import Outcome

BREAKS_AT = 2
"""Batches in a row that fail as a whole before the route waits, unless the answer itself says so."""

LONGEST = timedelta(minutes=15)
"""Between two tries of a route that is out of order, unless the other side asks for more."""

TRIAL = timedelta(minutes=5)
"""The others wait for so long for the worker that tries; then it counts as lost."""

CLOCK_ASTRAY = timedelta(minutes=10)
"""Workers' clocks differ by less; a later moment was written before a clock was set back."""

CLOSED = frozenset({*range(300, 400), 401, 403, 404, 405, 406, 407, 410, 415, 429, 503})
"""Answers that speak of the whole route, and of nothing that was sent."""

_UNREACHED = frozenset({None, 408, 502, 504})
"""The same, but a single message may be the reason: one that the other side chokes on."""

_R = models.DeliveryRoute


@dataclass(frozen=True)
class Pause:
    """Until when a route waits, and the answer that made it."""

    until: datetime
    status: int | None
    answer: str


def resting() -> Select[str]:
    """The routes on which nothing may be sent now."""
    return select(_R.name).where(_rests())


def admit(session: Session, route: str) -> bool:
    """Whether this worker may take from the route now. Needs a writing transaction.

    After a pause one is let through, whoever moves its end first; if there was nothing to take, roll back.
    """
    query = select(_R.name).where(_R.name == route, _R.paused_until.is_not(None))
    if session.scalar(query) is None:
        return True
    now = clock.now()
    tried = session.execute(
        update(_R)
        .where(_R.name == route, _R.paused_until.is_not(None), ~_rests())
        .values(paused_at=now, paused_until=now + TRIAL)
        .execution_options(synchronize_session=False)
    )
    if tried.rowcount:  # type: ignore[attr-defined]
        return True
    # Opened by another worker since, or it waits.
    return session.scalar(resting().where(_R.name == route)) is None


def note(session: Session, route: str, ended: Collection[Outcome]) -> None:
    """Learn from what became of a batch. Needs a writing transaction.

    One of several messages that arrived, or was refused by itself, shows that the route works.
    """
    closed = next((one for one in ended if closes(one)), None)
    failed = [one for one in ended if one.kind == "retry"]
    if closed is not None:
        _pause(session, route, closed, failures=BREAKS_AT)
    elif len(failed) < len(ended):
        _reset(session, route)
    elif len(failed) > 1 or failed[0].status in _UNREACHED:
        _pause(session, route, failed[0])
    else:
        # Alone, and answered: that tells nothing of the route. But whoever tried it is done with it.
        _end_trial(session, route)


def paused(session: Session) -> dict[str, Pause]:
    """The routes that wait as a whole."""
    return _pauses(session, _rests())


def troubled(session: Session) -> dict[str, Pause]:
    """The same, with those whose pause is over and that nobody has tried yet."""
    return _pauses(session, _R.paused_until.is_not(None))


def _pauses(session: Session, condition: ColumnElement[bool]) -> dict[str, Pause]:
    rows = session.scalars(select(_R).where(condition))
    return {
        row.name: Pause(row.paused_until, row.status, row.answer or "") for row in rows if row.paused_until
    }


def resume(session: Session, routes: Collection[str] | None = None) -> int:
    """Let routes be tried at once, because somebody says that the reason is gone; all that wait by default.

    Returns:
        How many waited.
    """
    waiting = update(_R).where(_R.paused_until.is_not(None))
    if routes is not None:
        waiting = waiting.where(_R.name.in_(routes))
    done = session.execute(
        waiting.values(paused_until=clock.now()).execution_options(synchronize_session=False)
    )
    count = int(done.rowcount)  # type: ignore[attr-defined]
    if count:
        outbox.wake_after_commit(session)
    return count


def closes(one: Outcome) -> bool:
    """Whether this answer makes its whole route wait at once."""
    return one.kind == "paused" or (one.kind == "retry" and one.status in CLOSED)


def _rests() -> ColumnElement[bool]:
    now = clock.now()
    return and_(_R.paused_until > now, or_(_R.paused_at.is_(None), _R.paused_at <= now + CLOCK_ASTRAY))


def _pause(session: Session, route: str, reason: Outcome, failures: int = 1) -> None:
    """Count the failure; from the second on (or at once, for a plain answer) the route waits."""
    row = _locked(session, route)
    row.failures = max(row.failures + 1, failures)
    row.status, row.answer = reason.status, outcome.plain(reason.answer)[:500] or None
    if row.failures >= BREAKS_AT:
        now = clock.now()
        row.paused_at, row.paused_until = now, now + _wait(reason, row.failures)
    session.flush()


def _wait(reason: Outcome, failures: int) -> timedelta:
    if reason.kind == "paused":
        return outcome.pause(reason.retry_after)
    return outcome.backoff(failures - 1, reason.retry_after, longest=LONGEST)


def _locked(session: Session, route: str) -> models.DeliveryRoute:
    query = select(_R).where(_R.name == route).with_for_update().execution_options(populate_existing=True)
    known = session.scalar(query)
    if known is not None:
        return known
    try:
        # Another worker may have added it since; then the database refuses only this savepoint.
        with session.begin_nested():
            session.add(_R(name=route, failures=0))
    except IntegrityError:
        pass
    return session.scalars(query).one()


def _reset(session: Session, route: str) -> None:
    session.execute(
        update(_R)
        .where(_R.name == route, or_(_R.failures > 0, _R.paused_until.is_not(None)))
        .values(failures=0, paused_at=None, paused_until=None, status=None, answer=None)
        .execution_options(synchronize_session=False)
    )


def _end_trial(session: Session, route: str) -> None:
    session.execute(
        update(_R)
        .where(_R.name == route, _R.paused_until.is_not(None))
        .values(paused_until=clock.now() + outcome.BASE)
        .execution_options(synchronize_session=False)
    )
