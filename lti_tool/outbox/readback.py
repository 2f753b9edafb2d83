"""Reading back what the gradebook shows, so that a grade that a teacher changed there is seen here.

Each column is read a few minutes after scores went into it and every hour otherwise, by one worker; one that
cannot be read is asked for more rarely.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool import outbox
from lti_tool.db import clock, engine, models
from lti_tool.lti import grades
from lti_tool.lti.errors import ServiceError
from lti_tool.outbox import scores
from lti_tool.outbox.outcome import Message

log = structlog.get_logger("peer_mentor.readback")

SOON = timedelta(minutes=2)
USUALLY = timedelta(hours=1)
AFTER_FAILURE = timedelta(hours=6)
UNDER_WAY = timedelta(minutes=30)
"""Longer than a reading takes; then whoever began it counts as lost."""
MOST_COLUMNS = 20
"""In one go; the others have their turn a little later."""
SAME = Decimal("0.011")
"""Points of the gradebook: platforms keep two to five decimal places."""
AT_ONCE = 500


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
    return sum(_read(session, item_id) for item_id in due)


def _read(session: Session, item_id: int) -> bool:
    """Read one column, unless another worker does."""
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
        return False
    item = session.get_one(models.LineItem, item_id, populate_existing=True)
    course = item.cohort.course
    if not grades.results_offered(course) or item.url is None:
        _note(session, item_id, None, next_in=USUALLY)
        return False
    try:
        shown = grades.results(session, course, item.url)
    except ServiceError as error:
        log.warning("gradebook not read", line_item=item_id, status=error.status)
        _note(session, item_id, error.status or 0, next_in=AFTER_FAILURE)
        return False
    _compare(session, item_id, {row.user_id: row for row in shown})
    _note(session, item_id, None, next_in=USUALLY)
    return True


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


def _compare(session: Session, item_id: int, shown: Mapping[str, grades.Result]) -> None:
    """Write down whose grade differs from what the gradebook took last, some people at a time."""
    session.rollback()
    item = session.get_one(models.LineItem, item_id)
    cohort_id, part, course_id = item.cohort_id, item.part, item.cohort.course_id
    graded = (
        select(models.Grade.id)
        .join(models.Grade.participant)
        .where(models.Participant.cohort_id == cohort_id, models.Grade.part == part)
        .order_by(models.Grade.id)
    )
    ids = session.scalars(graded).all()
    session.rollback()
    for start in range(0, len(ids), AT_ONCE):
        engine.begin_write(session)
        _compare_some(session, course_id, part, ids[start : start + AT_ONCE], shown)
        engine.commit(session)


def _compare_some(
    session: Session, course_id: int, part: str, ids: Sequence[int], shown: Mapping[str, grades.Result]
) -> None:
    rows = session.execute(
        select(models.Grade, models.Participant.id, models.Person.sub)
        .join(models.Participant, models.Participant.id == models.Grade.participant_id)
        .join(models.Member, models.Member.id == models.Participant.member_id)
        .join(models.Person, models.Person.id == models.Member.person_id)
        .where(models.Grade.id.in_(ids))
        .order_by(models.Grade.id)
    ).all()
    taken = _taken(session, course_id, [scores.key(person, part) for _grade, person, _sub in rows])
    for grade, person, sub in rows:
        theirs = (
            None if grade.withdrawn else _other_points(taken.get(scores.key(person, part)), shown.get(sub))
        )
        if theirs != (grade.lms_points, grade.lms_maximum):
            grade.lms_points, grade.lms_maximum = theirs or (None, None)


def _taken(session: Session, course_id: int, keys: Iterable[str]) -> dict[str, str]:
    """The bodies of the scores that the gradebook took last, by key."""
    query = (
        select(models.Delivery.key, models.Delivery.body)
        .where(
            models.Delivery.route == scores.route(course_id),
            models.Delivery.key.in_(list(keys)),
            models.Delivery.state == "delivered",
        )
        .order_by(models.Delivery.version)
    )
    return dict(iter(session.execute(query)))


def _other_points(body: str | None, result: grades.Result | None) -> tuple[Decimal, Decimal] | None:
    """The points and maximum that the gradebook shows, if they are not those it took.

    A missing result tells nothing: some platforms show only what was released.
    """
    if body is None or result is None or result.points is None:
        return None
    score = json.loads(body)
    if score.get("scoreGiven") is None:
        return None
    # 1 is what a platform means that names no maximum (AGS 3.3.2).
    maximum = Decimal(str(result.maximum or 1))
    points = Decimal(str(result.points))
    ours = Decimal(str(score["scoreGiven"])) * maximum / Decimal(str(score["scoreMaximum"]))
    return None if abs(points - ours) <= SAME else (points, maximum)
