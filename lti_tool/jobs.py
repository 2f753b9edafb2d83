"""Long works: a row that a person watches, handed to the worker once its transaction is kept."""

from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session, object_session

from lti_tool.db import clock, models
from lti_tool.db.engine import after_commit, begin_write, db

MOST_AT_ONCE = 50
LOST_AFTER = timedelta(minutes=2)
SILENT_AFTER = timedelta(minutes=30)
"""Longer than any stage of a work takes: a worker that says nothing for so long has died."""


class Cancelled(Exception):
    """Somebody asked for the work to stop."""


class Failed(Exception):
    """The work cannot be done, for a reason that the person who asked for it can understand."""


def start(
    session: Session,
    course_id: int | None,
    kind: str,
    cohort_id: int | None = None,
    *,
    platform_id: int | None = None,
) -> models.Job:
    """Record a work to be done, for a course or a platform; the worker hears of it after the commit.

    Args:
        cohort_id: the cohort whose page asked for it, and to which the result leads back.
    """
    now = clock.now()
    job = models.Job(
        course_id=course_id,
        platform_id=platform_id,
        cohort_id=cohort_id,
        kind=kind,
        state="queued",
        percent=0,
        message="",
        created_at=now,
        touched_at=now,
    )
    session.add(job)
    session.flush()
    after_commit(session, lambda: enqueue(job_id))
    job_id = job.id
    return job


def enqueue(job_id: int) -> None:
    run: Callable[[int], object] = current_app.extensions["run_job"]
    run(job_id)


def under_way(session: Session, course_id: int, kind: str) -> models.Job | None:
    """The work of this kind that is not finished yet, if there is one."""
    return session.scalar(
        select(models.Job)
        .where(
            models.Job.course_id == course_id,
            models.Job.kind == kind,
            models.Job.state.in_(["queued", "running"]),
        )
        .order_by(models.Job.id.desc())
        .limit(1)
    )


def cancel(job: models.Job) -> None:
    """Ask for the work to stop. One that has not begun ends at once."""
    # A worker may take it at this very moment: then it has begun.
    _session_of(job).refresh(job, with_for_update=True)
    if job.state == "queued":
        finish(job, "cancelled")
    elif job.state == "running":
        job.cancel_requested_at = job.cancel_requested_at or clock.now()


def _session_of(job: models.Job) -> Session:
    session = object_session(job)
    assert session is not None
    return session


def finish(job: models.Job, state: str, error: str | None = None) -> None:
    job.state = state
    job.error = error[:1000] if error else None
    job.finished_at = clock.now()
    if state == "done":
        job.percent = 100


def take(session: Session, job_id: int) -> bool:
    """Claim a queued job for this worker; False when another has it or it was cancelled."""
    claimed = session.execute(
        update(models.Job)
        .where(models.Job.id == job_id, models.Job.state == "queued")
        .values(state="running", touched_at=clock.now())
    )
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def lost(session: Session) -> list[int]:
    """Jobs recorded a while ago that no worker took: the queue must have forgotten them."""
    before = clock.now() - LOST_AFTER
    query = (
        select(models.Job.id)
        .where(models.Job.state == "queued", models.Job.created_at < before)
        .order_by(models.Job.id)
        .limit(MOST_AT_ONCE)
    )
    return list(session.scalars(query))


def give_up_on_silent(session: Session) -> int:
    """Mark works as failed whose worker died, so that they can be started again. How many there were."""
    now = clock.now()
    # One statement: a sign of life that comes at this moment is seen, and not written over.
    given_up = session.execute(
        update(models.Job)
        .where(models.Job.state == "running", models.Job.touched_at < now - SILENT_AFTER)
        .values(state="failed", finished_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(given_up.rowcount)  # type: ignore[attr-defined]


def report(job_id: int, fraction: float, message: str) -> None:
    """Write how far a work is, in a transaction of its own.

    Raises:
        Cancelled: when somebody asked for it to stop, or when it was given up as lost.
    """
    with current_app.app_context():
        begin_write(db.session)
        job = db.session.get_one(models.Job, job_id)
        job.percent = max(job.percent, min(99, round(fraction * 100)))
        job.message = message
        job.touched_at = clock.now()
        cancelled = job.cancel_requested_at is not None or job.finished_at is not None
        db.session.commit()
    if cancelled:
        raise Cancelled
