"""A participant's score as a message to the gradebook: bytes fixed when recorded, the newest version wins."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from lti_tool import outbox
from lti_tool.db import clock, models

SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"

_TICK = timedelta(seconds=1)
"""Platforms compare the timestamps of scores by whole seconds."""


def route(course_id: int) -> str:
    return f"ags:{course_id}"


def key(participant_id: int) -> str:
    return f"participant:{participant_id}"


def offered(session: Session, cohort: models.Cohort) -> bool:
    """Whether the course lets the tool write scores and there is, or can be, a column for them (AGS 3.1)."""
    course = cohort.course
    if SCORE_SCOPE not in course.scopes:
        return False
    if course.lineitems_url and LINE_ITEM_SCOPE in course.scopes:
        return True
    return own_column(session, cohort.id) is not None


def own_column(session: Session, cohort_id: int) -> str | None:
    """The column that the platform made for the link that opens this cohort, if it made one."""
    return session.scalar(
        select(models.ResourceLink.lineitem_url)
        .where(models.ResourceLink.cohort_id == cohort_id, models.ResourceLink.lineitem_url.is_not(None))
        .order_by(models.ResourceLink.id)
        .limit(1)
    )


def lock(session: Session, participant_ids: Collection[int]) -> None:
    """Let whoever else reckons points in these people's cohorts wait for the end of this transaction.

    Taken before any score is touched, always in the same order, so that nobody waits in a circle.
    """
    if not participant_ids:
        return
    cohorts = select(models.Participant.cohort_id).where(models.Participant.id.in_(participant_ids))
    session.execute(
        select(models.GradeRule.cohort_id)
        .where(models.GradeRule.cohort_id.in_(cohorts))
        .order_by(models.GradeRule.cohort_id)
        .with_for_update()
    )


def is_recorded(session: Session, participant: models.Participant) -> bool:
    """Whether a score of this person was ever written to be sent."""
    query = exists().where(
        models.Delivery.route == route(participant.cohort.course_id),
        models.Delivery.key == key(participant.id),
    )
    return bool(session.scalar(select(query)))


def later(previous: datetime | None) -> datetime:
    """Now in whole seconds, but at least one second after ``previous`` (AGS 3.4.7)."""
    now = clock.now().replace(microsecond=0)
    return now if previous is None else max(now, previous.replace(microsecond=0) + _TICK)


def record(
    session: Session,
    participant: models.Participant,
    *,
    points: Decimal,
    maximum: int,
    comment: str,
    at: datetime,
) -> None:
    """Write the score to be sent; older versions that still wait are not sent any more.

    Args:
        at: the moment it names, in whole seconds, later than that of the version before.
    """
    body: dict[str, object] = {
        "userId": participant.member.person.sub,
        "scoreGiven": int(points) if points == points.to_integral_value() else float(points),
        "scoreMaximum": maximum,
        "timestamp": _timestamp(at),
        "activityProgress": "Completed" if points >= maximum else "InProgress",
        # Moodle erases the grade on anything else.
        "gradingProgress": "FullyGraded",
        "comment": comment,
    }
    _add_version(session, route(participant.cohort.course_id), participant.id, body, at)


def renew(session: Session, refused: models.Delivery, participant: models.Participant) -> None:
    """The same score with a newer timestamp, after the platform called the old one outdated.

    The tries so far count on, so that a platform that holds a future timestamp is asked ever more rarely.
    """
    grade = session.scalars(select(models.Grade).where(models.Grade.participant_id == participant.id)).one()
    grade.reckoned_at = later(grade.reckoned_at)
    body = json.loads(refused.body) | {"timestamp": _timestamp(grade.reckoned_at)}
    newer = _add_version(session, refused.route, participant.id, body, grade.reckoned_at)
    newer.attempts = refused.attempts
    newer.due_at = max(newer.due_at, refused.due_at)


def _add_version(
    session: Session, where: str, participant_id: int, body: dict[str, object], at: datetime
) -> models.Delivery:
    about = key(participant_id)
    newest = session.scalar(
        select(func.max(models.Delivery.version)).where(
            models.Delivery.route == where, models.Delivery.key == about
        )
    )
    session.execute(
        update(models.Delivery)
        .where(
            models.Delivery.route == where,
            models.Delivery.key == about,
            models.Delivery.state.in_(["pending", "dead"]),
        )
        .values(state="superseded")
    )
    now = clock.now()
    delivery = models.Delivery(
        kind="score",
        route=where,
        key=about,
        version=(newest or 0) + 1,
        participant_id=participant_id,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        state="pending",
        attempts=0,
        # Never sent before the moment it names: a platform that took a future one would refuse later ones.
        due_at=max(now, at),
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    outbox.wake_after_commit(session)
    return delivery


def _timestamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
