"""Work that is done again and again, once in a cluster however many workers there are."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models

SWEEP = "sweep"
SILENT_AFTER = timedelta(minutes=5)
"""A worker sweeps every minute: after so long without a sign of life there is none."""
CLOCK_ASTRAY = timedelta(minutes=10)
"""Workers' clocks differ by less; a later moment was written before a clock was set back."""


def claim(session: Session, name: str, every: timedelta) -> bool:
    """Whether this worker is the one to do the work now. Needs a writing transaction, and a commit.

    One conditional UPDATE: of several workers, one changes the row and the others find it changed.
    """
    now = clock.now()
    work = models.PeriodicWork
    taken = session.execute(
        update(work)
        .where(work.name == name, or_(work.ran_at <= now - every, work.ran_at > now + CLOCK_ASTRAY))
        .values(ran_at=now)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount:  # type: ignore[attr-defined]
        return True
    return _last(session, name) is None and _add(session, name, now)


def beat(session: Session, name: str = SWEEP) -> None:
    """Note that the work is being done now. Needs a writing transaction, and a commit."""
    now = clock.now()
    work = models.PeriodicWork
    known = session.execute(update(work).where(work.name == name).values(ran_at=now))
    if not known.rowcount:  # type: ignore[attr-defined]
        _add(session, name, now)


def worker_seen(session: Session) -> datetime | None:
    """The last sign of life of any worker: its sweep, or a long work that keeps it busy."""
    touched = models.Job.touched_at
    busy = session.scalar(select(func.max(touched, type_=touched.type)).where(models.Job.state == "running"))
    return max((one for one in (_last(session, SWEEP), busy) if one is not None), default=None)


def worker_alive(session: Session) -> bool:
    seen = worker_seen(session)
    return seen is not None and seen > clock.now() - SILENT_AFTER


def _last(session: Session, name: str) -> datetime | None:
    return session.scalar(select(models.PeriodicWork.ran_at).where(models.PeriodicWork.name == name))


def _add(session: Session, name: str, now: datetime) -> bool:
    try:
        # Another worker may have added it since; then the database refuses only this savepoint.
        with session.begin_nested():
            session.add(models.PeriodicWork(name=name, ran_at=now))
    except IntegrityError:
        return False
    return True
