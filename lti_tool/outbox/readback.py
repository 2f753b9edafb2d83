"""Reading back what the gradebook shows, so that a grade that a teacher changed there is seen here.

Each column is read a few minutes after scores went into it and every hour otherwise, by one worker; one that
cannot be read is asked for more rarely. The first reading of a day is the column's reconciliation: it is
counted in the ledger, and what went missing is sent again.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool import outbox, periodic
from lti_tool.db import clock, engine, models
from lti_tool.lti import grades
from lti_tool.lti.errors import ServiceError
from lti_tool.outbox import ledger, score_check, scores
from lti_tool.outbox.outcome import Message

log = structlog.get_logger("peer_mentor.readback")

SOON = timedelta(minutes=2)
USUALLY = timedelta(hours=1)
AFTER_FAILURE = timedelta(hours=6)
UNDER_WAY = timedelta(minutes=30)
"""Longer than a reading takes; then whoever began it counts as lost."""
MOST_COLUMNS = 20
"""In one go; the others have their turn a little later."""


def expect(session: Session, delivered: Sequence[Message]) -> None:
    """Scores went out just now: have their columns read soon. Ends the session's transaction."""
    wanted = {(one.participant_id, scores.part_of(one.key)) for one in delivered}
    if not wanted:
        return
    session.rollback()
    engine.begin_write(session)
    for part in sorted({part for _person, part in wanted}):
        people = [person for person, of in wanted if of == part]
        cohorts = select(models.Participant.cohort_id).where(models.Participant.id.in_(people))
        session.execute(
            update(models.LineItem)
            .where(models.LineItem.cohort_id.in_(cohorts), models.LineItem.part == part)
            .values(results_due_at=clock.now() + SOON)
            .execution_options(synchronize_session=False)
        )
    engine.commit(session)


def ask(session: Session, cohort: models.Cohort) -> None:
    """Have all columns of a cohort read as soon as a worker is free."""
    session.execute(
        update(models.LineItem)
        .where(models.LineItem.cohort_id == cohort.id, models.LineItem.url.is_not(None))
        .values(results_due_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    session.flush()
    outbox.read_after_commit(session)


def read_due(session: Session) -> int:
    """Read the columns that are due; how many were. Needs no open transaction."""
    session.rollback()
    query = (
        select(models.LineItem.id)
        .where(models.LineItem.url.is_not(None), models.LineItem.results_due_at <= clock.now())
        .order_by(models.LineItem.results_due_at)
        .limit(MOST_COLUMNS)
    )
    due = session.scalars(query).all()
    session.rollback()
    return sum(_read(session, item_id) is not None for item_id in due)


def reconcile(session: Session) -> Counter[str]:
    """Read all columns now and compare them, whatever was read today. Needs no open transaction.

    Returns:
        How many scores were found ``same``, ``missing`` (and are sent again) or ``different``.
    """
    session.rollback()
    items = session.scalars(select(models.LineItem.id).where(models.LineItem.url.is_not(None))).all()
    session.rollback()
    found: Counter[str] = Counter()
    for item_id in items:
        engine.begin_write(session)
        session.get_one(models.LineItem, item_id).results_due_at = clock.now()
        engine.commit(session)
        found += _read(session, item_id, counts=True) or Counter()
    return found


def _read(session: Session, item_id: int, *, counts: bool = False) -> Counter[str] | None:
    """Read one column, unless another worker does; what was found, None if it could not be read."""
    now = clock.now()
    engine.begin_write(session)
    taken = session.execute(
        update(models.LineItem)
        .where(models.LineItem.id == item_id, models.LineItem.results_due_at <= now)
        .values(results_due_at=now + UNDER_WAY)
        .execution_options(synchronize_session=False)
    )
    engine.commit(session)
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    item = session.get_one(models.LineItem, item_id, populate_existing=True)
    course = item.cohort.course
    if not grades.results_offered(course) or item.url is None:
        _note(session, item_id, None, next_in=USUALLY)
        return None
    try:
        shown = grades.results(session, course, item.url)
    except ServiceError as error:
        log.warning("gradebook not read", line_item=item_id, status=error.status)
        _note(session, item_id, error.status or 0, next_in=AFTER_FAILURE)
        return None
    course_id = course.id
    counted = _first_today(session, item_id) or counts
    found = score_check.compare(session, item_id, {row.user_id: row for row in shown}, repairs=counted)
    if counted and found:
        ledger.add_scores(session, course_id, found)
    _note(session, item_id, None, next_in=USUALLY)
    return found


def _first_today(session: Session, item_id: int) -> bool:
    session.rollback()
    engine.begin_write(session)
    first = periodic.claim(session, f"column:{item_id}", ledger.EVERY)
    engine.commit(session)
    return first


def _note(session: Session, item_id: int, error: int | None, *, next_in: timedelta) -> None:
    session.rollback()
    engine.begin_write(session)
    item = session.get_one(models.LineItem, item_id, with_for_update=True)
    item.results_error = error
    # A score that arrived meanwhile asked for an earlier reading.
    if item.results_due_at is None or item.results_due_at > clock.now() + SOON:
        item.results_due_at = clock.now() + next_in
    if error is None:
        item.results_read_at = clock.now()
    engine.commit(session)
