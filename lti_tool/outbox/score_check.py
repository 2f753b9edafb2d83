"""What the gradebook shows beside what it took: the same, something else, or nothing where others show.

Something else is a teacher's hand, which wins; it is shown to both. What went missing is sent once more.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.lti import grades
from lti_tool.outbox import score_messages, scores

SAME = Decimal("0.011")
"""Points of the gradebook: platforms keep two to five decimal places."""
AT_ONCE = 500
SETTLED = timedelta(minutes=10)
"""A gradebook may show points some time after it took them."""
NOT_AGAIN_FOR = timedelta(days=7)
"""Who takes a grade out of the gradebook twice means it."""

Points = tuple[Decimal, Decimal]
"""Points and their maximum."""

_D = models.Delivery
Shown = Mapping[str, grades.Result]
"""What a column shows, by the person's id in the platform."""


class _Taken(NamedTuple):
    """The score that the gradebook took last."""

    version: int
    body: str
    at: datetime


def compare(session: Session, item_id: int, shown: Shown, *, repairs: bool) -> Counter[str]:
    """Write down whose grade differs in a column, some people at a time. Needs no open transaction.

    Args:
        repairs: send again what is missing.

    Returns:
        How many are shown as they were sent (``same``), otherwise (``different``), or not (``missing``).
    """
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
    found: Counter[str] = Counter()
    for start in range(0, len(ids), AT_ONCE):
        engine.begin_write(session)
        if repairs:
            scores.keep_workers_away(session, course_id)
            scores.locked_rule(session, cohort_id)
        found += _compare_some(session, course_id, part, ids[start : start + AT_ONCE], shown, repairs=repairs)
        engine.commit(session)
    return found


def _compare_some(
    session: Session, course_id: int, part: str, ids: Sequence[int], shown: Shown, *, repairs: bool
) -> Counter[str]:
    rows = session.execute(
        select(models.Grade, models.Participant.id, models.Person.sub)
        .join(models.Participant, models.Participant.id == models.Grade.participant_id)
        .join(models.Member, models.Member.id == models.Participant.member_id)
        .join(models.Person, models.Person.id == models.Member.person_id)
        .where(models.Grade.id.in_(ids), ~models.Grade.withdrawn)
        .order_by(models.Grade.id)
        .execution_options(populate_existing=True)
    ).all()
    taken, newest = _taken(session, course_id, [scores.key(person, part) for _grade, person, _sub in rows])
    found: Counter[str] = Counter()
    for grade, person, sub in rows:
        key = scores.key(person, part)
        last, there = taken.get(key), shown.get(sub)
        theirs = _other_points(last, there)
        if theirs != (grade.lms_points, grade.lms_maximum):
            grade.lms_points, grade.lms_maximum = theirs or (None, None)
        if last is None or last.version != newest[key] or last.at > clock.now() - SETTLED:
            continue  # a newer one is on its way, or has hardly arrived
        one = _found(last, there, theirs, others=bool(shown))
        if one is not None:
            found[one] += 1
        if one == "missing" and repairs:
            _send_again(session, course_id, key, person)
    return found


def _found(last: _Taken, there: grades.Result | None, theirs: Points | None, *, others: bool) -> str | None:
    if json.loads(last.body).get("scoreGiven") is None:
        return None
    if theirs is not None:
        return "different"
    if there is not None and there.points is not None:
        return "same"
    # Some platforms show only what was released: a column that shows nobody tells nothing.
    return "missing" if others else None


def _send_again(session: Session, course_id: int, key: str, participant_id: int) -> None:
    versions = select(_D).where(_D.route == scores.route(course_id), _D.key == key, _D.state == "delivered")
    last, *before = session.scalars(versions.order_by(_D.version.desc()).limit(2)).all()
    if before and _points_of(before[0]) == _points_of(last) and last.created_at > clock.now() - NOT_AGAIN_FOR:
        return
    score_messages.send_again(session, last, session.get_one(models.Participant, participant_id))


def _points_of(row: models.Delivery) -> tuple[object, object]:
    score = json.loads(row.body)
    return score.get("scoreGiven"), score.get("scoreMaximum")


def _taken(session: Session, course_id: int, keys: Sequence[str]) -> tuple[dict[str, _Taken], dict[str, int]]:
    """The scores that the gradebook took last, and the number of the newest version, by key."""
    ours = (_D.route == scores.route(course_id), _D.key.in_(keys))
    delivered = select(_D.key, _D.version, _D.body, _D.delivered_at).where(*ours, _D.state == "delivered")
    taken = {
        key: _Taken(version, body, at or clock.now())
        for key, version, body, at in session.execute(delivered.order_by(_D.version))
    }
    versions = select(_D.key, func.max(_D.version)).where(*ours).group_by(_D.key)
    return taken, dict(iter(session.execute(versions)))


def _other_points(last: _Taken | None, result: grades.Result | None) -> Points | None:
    """The points and maximum that the gradebook shows, if they are not those it took."""
    if last is None or result is None or result.points is None:
        return None
    score = json.loads(last.body)
    if score.get("scoreGiven") is None:
        return None
    # 1 is what a platform means that names no maximum (AGS 3.3.2).
    maximum = Decimal(str(result.maximum or 1))
    points = Decimal(str(result.points))
    ours = Decimal(str(score["scoreGiven"])) * maximum / Decimal(str(score["scoreMaximum"]))
    return None if abs(points - ours) <= SAME else (points, maximum)
