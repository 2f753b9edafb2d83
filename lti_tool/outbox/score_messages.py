"""A score as a message to the gradebook: its bytes are fixed when recorded, and the newest version wins."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import outbox
from lti_tool.db import clock, models
from lti_tool.outbox import comments, scores
from lti_tool.outbox.reckoning import WHOLE

CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"

_TICK = timedelta(seconds=1)
"""Platforms compare the timestamps of scores by whole seconds."""


def later(previous: datetime | None) -> datetime:
    """Now in whole seconds, but at least one second after ``previous`` (AGS 3.4.7)."""
    now = clock.now().replace(microsecond=0)
    return now if previous is None else max(now, previous.replace(microsecond=0) + _TICK)


def record(session: Session, participant: models.Participant, grade: models.Grade, comment: str) -> None:
    """Write the score to be sent; older versions that still wait are not sent any more.

    Args:
        grade: the points, and the moment that the score names: in whole seconds, later than that of the
            version before.
        comment: always sent, since platforms drop the earlier one where a score comes without any.
    """
    completed = grade.points >= grade.maximum
    score: dict[str, object] = {
        "scoreGiven": _number(grade.points),
        "scoreMaximum": _number(grade.maximum),
        "activityProgress": "Completed" if completed else "InProgress",
    }
    _write(session, participant, grade, score, comment)


def take_back(session: Session, participant: models.Participant, grade: models.Grade) -> None:
    """Tell the gradebook that there is no score any more: one without points (AGS 3.4.3)."""
    _write(
        session,
        participant,
        grade,
        {"scoreGiven": None, "activityProgress": "InProgress"},
        comments.taken_back(),
    )


def renew(session: Session, refused: models.Delivery, participant: models.Participant) -> None:
    """The same score with a newer timestamp, after the platform called the old one outdated.

    The tries so far count on, so that a platform that holds a future timestamp is asked ever more rarely.
    """
    newer = _renewed(session, refused, participant)
    newer.attempts = refused.attempts
    newer.due_at = max(newer.due_at, refused.due_at)


def send_again(session: Session, newest: models.Delivery, participant: models.Participant) -> None:
    """The same score once more, with a newer timestamp, as soon as may be."""
    _renewed(session, newest, participant)


def withhold(session: Session, participant: models.Participant, part: str) -> None:
    """Send nothing of what waits for this person in this column."""
    _overtake(session, scores.route(participant.cohort.course_id), scores.key(participant.id, part))


def withhold_other_columns(session: Session, cohort: models.Cohort, parts: Sequence[str]) -> None:
    """Send nothing of what waits for columns of the cohort that are not among ``parts``."""
    people = select(models.Participant.id).where(models.Participant.cohort_id == cohort.id)
    session.execute(
        update(models.Delivery)
        .where(
            models.Delivery.route == scores.route(cohort.course_id),
            models.Delivery.participant_id.in_(people),
            models.Delivery.state.in_(["pending", "dead"]),
            ~or_(*(_is_of(part) for part in parts)),
        )
        .values(state="superseded")
        .execution_options(synchronize_session=False)
    )


def _write(
    session: Session,
    participant: models.Participant,
    grade: models.Grade,
    score: dict[str, object],
    comment: str,
) -> None:
    body: dict[str, object] = {
        "userId": participant.member.person.sub,
        "timestamp": _timestamp(grade.reckoned_at),
        # Moodle erases the grade on anything else.
        "gradingProgress": "FullyGraded",
        "comment": comment,
        **score,
    }
    if _is_canvas(participant.cohort.course.deployment.platform):
        # Canvas would count each score as another attempt of the learner.
        body[CANVAS_SUBMISSION] = {"new_submission": False}
    where, about = scores.route(participant.cohort.course_id), scores.key(participant.id, grade.part)
    _add_version(session, where, about, participant.id, body, grade.reckoned_at)


def _is_canvas(platform: models.Platform) -> bool:
    host = urlsplit(platform.issuer).hostname or ""
    return platform.product == "canvas" or host == "instructure.com" or host.endswith(".instructure.com")


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _renewed(session: Session, known: models.Delivery, participant: models.Participant) -> models.Delivery:
    grade = session.scalars(
        select(models.Grade).where(
            models.Grade.participant_id == participant.id, models.Grade.part == scores.part_of(known.key)
        )
    ).one()
    grade.reckoned_at = later(grade.reckoned_at)
    body = json.loads(known.body) | {"timestamp": _timestamp(grade.reckoned_at)}
    return _add_version(session, known.route, known.key, participant.id, body, grade.reckoned_at)


def _add_version(
    session: Session, where: str, about: str, participant_id: int, body: dict[str, object], at: datetime
) -> models.Delivery:
    newest = session.scalar(
        select(func.max(models.Delivery.version)).where(
            models.Delivery.route == where, models.Delivery.key == about
        )
    )
    _overtake(session, where, about)
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


def _overtake(session: Session, where: str, about: str) -> None:
    session.execute(
        update(models.Delivery)
        .where(
            models.Delivery.route == where,
            models.Delivery.key == about,
            models.Delivery.state.in_(["pending", "dead"]),
        )
        .values(state="superseded")
    )


def _is_of(part: str) -> ColumnElement[bool]:
    if part == WHOLE:
        return models.Delivery.key.not_like("participant:%:%")
    return models.Delivery.key.like(f"participant:%:{part}")


def _timestamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
