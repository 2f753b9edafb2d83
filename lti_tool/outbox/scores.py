"""A participant's score as a message to the gradebook: bytes fixed when recorded, the newest version wins."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import outbox
from lti_tool.db import clock, models
from lti_tool.outbox import comments
from lti_tool.outbox.reckoning import WHOLE

SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"

CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"

_TICK = timedelta(seconds=1)
"""Platforms compare the timestamps of scores by whole seconds."""


def route(course_id: int) -> str:
    return f"ags:{course_id}"


def key(participant_id: int, part: str = WHOLE) -> str:
    return f"participant:{participant_id}" + (f":{part}" if part else "")


def part_of(about: str) -> str:
    """The part of a key: a kind, or `WHOLE`."""
    return about.partition(":")[2].partition(":")[2]


def offered(session: Session, cohort: models.Cohort) -> bool:
    """Whether the course lets the tool write scores and there is, or can be, a column for them (AGS 3.1)."""
    return may_be_sent(session, cohort, apart=cohort.grade_rule.apart)


def may_be_sent(session: Session, cohort: models.Cohort, *, apart: bool) -> bool:
    """The same for a rule with one column, or with a column for each part."""
    if SCORE_SCOPE not in cohort.course.scopes:
        return False
    if can_make_columns(cohort.course):
        return True
    # An activity has one column: parts apart need columns that only the tool can make.
    return not apart and own_column(session, cohort.id) is not None


def can_make_columns(course: models.Course) -> bool:
    return course.lineitems_url is not None and LINE_ITEM_SCOPE in course.scopes


def own_column(session: Session, cohort_id: int) -> str | None:
    """The column that the platform made for the link that opens this cohort, if it made one."""
    return session.scalar(
        select(models.ResourceLink.lineitem_url)
        .where(models.ResourceLink.cohort_id == cohort_id, models.ResourceLink.lineitem_url.is_not(None))
        .order_by(models.ResourceLink.id)
        .limit(1)
    )


def link_ids(session: Session, cohort_id: int) -> list[str]:
    """The platform's ids of the links that open this cohort."""
    query = select(models.ResourceLink.link_id).where(models.ResourceLink.cohort_id == cohort_id)
    return list(session.scalars(query.order_by(models.ResourceLink.id)))


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


def keep_workers_away(session: Session, course_id: int) -> None:
    """Let no worker take scores of this course until the end of the transaction, which writes many of them.

    Taken before the cohort's rule: each would otherwise wait for rows that the other one holds.
    """
    course = models.Course.id == course_id
    session.execute(select(models.Course.id).where(course).with_for_update(key_share=True))


def locked_rule(session: Session, cohort_id: int) -> models.GradeRule:
    """The same for one cohort; gives its rule as it is now."""
    query = select(models.GradeRule).where(models.GradeRule.cohort_id == cohort_id)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def recorded(session: Session, course_id: int, participant_ids: Collection[int]) -> frozenset[str]:
    """The keys of those of these people's scores that were ever written to be sent."""
    query = select(models.Delivery.key).where(
        models.Delivery.route == route(course_id), models.Delivery.participant_id.in_(participant_ids)
    )
    return frozenset(session.scalars(query.distinct()))


def may_have_arrived(session: Session, participant: models.Participant, part: str) -> bool:
    """Whether the gradebook may hold a score of this person in this column."""
    query = exists().where(
        models.Delivery.route == route(participant.cohort.course_id),
        models.Delivery.key == key(participant.id, part),
        # A try that got no answer may have arrived; one that is under way may arrive yet.
        or_(models.Delivery.state.in_(["delivered", "leased"]), models.Delivery.attempts > 0),
    )
    return bool(session.scalar(select(query)))


def refused_for_want_of_column(session: Session, cohort: models.Cohort) -> list[int]:
    """Deliveries of a cohort's scores that were refused because there was no column."""
    people = select(models.Participant.id).where(models.Participant.cohort_id == cohort.id)
    query = select(models.Delivery.id).where(
        models.Delivery.route == route(cohort.course_id),
        models.Delivery.participant_id.in_(people),
        models.Delivery.state == "dead",
        models.Delivery.answer_status == 404,
    )
    return list(session.scalars(query))


def withhold(session: Session, participant: models.Participant, part: str) -> None:
    """Send nothing of what waits for this person in this column."""
    _overtake(session, route(participant.cohort.course_id), key(participant.id, part))


def withhold_other_columns(session: Session, cohort: models.Cohort, parts: Sequence[str]) -> None:
    """Send nothing of what waits for columns of the cohort that are not among ``parts``."""
    people = select(models.Participant.id).where(models.Participant.cohort_id == cohort.id)
    session.execute(
        update(models.Delivery)
        .where(
            models.Delivery.route == route(cohort.course_id),
            models.Delivery.participant_id.in_(people),
            models.Delivery.state.in_(["pending", "dead"]),
            ~or_(*(_is_of(part) for part in parts)),
        )
        .values(state="superseded")
        .execution_options(synchronize_session=False)
    )


def _is_of(part: str) -> ColumnElement[bool]:
    if part == WHOLE:
        return models.Delivery.key.not_like("participant:%:%")
    return models.Delivery.key.like(f"participant:%:{part}")


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
    about = key(participant.id, grade.part)
    _add_version(session, route(participant.cohort.course_id), about, participant.id, body, grade.reckoned_at)


def _is_canvas(platform: models.Platform) -> bool:
    host = urlsplit(platform.issuer).hostname or ""
    return platform.product == "canvas" or host == "instructure.com" or host.endswith(".instructure.com")


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


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


def _renewed(session: Session, known: models.Delivery, participant: models.Participant) -> models.Delivery:
    grade = session.scalars(
        select(models.Grade).where(
            models.Grade.participant_id == participant.id, models.Grade.part == part_of(known.key)
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


def _timestamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
