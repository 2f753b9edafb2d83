"""Taking part as points: sessions that all confirmed, and nothing of what was said or how a review ended."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import scores

SESSIONS = "sessions_confirmed"
"""Label key of the only part that counts so far; worded where it is shown."""
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Part:
    """One thing that counts: how much of it is done and needed, and the points it gives."""

    label_key: str
    done: int
    needed: int
    points: Decimal


@dataclass(frozen=True)
class Reckoning:
    """Points of a maximum, and the parts they come from."""

    points: Decimal
    maximum: int
    parts: tuple[Part, ...]

    @property
    def complete(self) -> bool:
        return self.points >= self.maximum


def rule(confirmed: int, sessions_for_full: int, maximum: int) -> Reckoning:
    """The rule itself: confirmed sessions over those needed, at most all, times the maximum.

    Args:
        confirmed: sessions that all of their people confirmed.
        sessions_for_full: how many give full marks, at least 1.
        maximum: points for full participation.

    Returns:
        Points rounded half up to two places.
    """
    counted = min(confirmed, sessions_for_full)
    points = (Decimal(counted) * maximum / sessions_for_full).quantize(CENT, ROUND_HALF_UP)
    return Reckoning(points, maximum, (Part(SESSIONS, confirmed, sessions_for_full, points),))


def reckon(session: Session, participant: models.Participant) -> Reckoning:
    """What this person's points are now, from what took place."""
    terms = session.get_one(models.GradeRule, participant.cohort_id)
    return rule(_confirmed(session, participant.id), terms.sessions_for_full, terms.maximum)


def graded(participant: models.Participant) -> bool:
    """Whether this person gets points: experts, those who teach, and a teacher's student view do not."""
    member = participant.member
    return participant.role != "expert" and member.role == "learner" and not member.is_test


def update(session: Session, participant: models.Participant) -> None:
    """Reckon anew and, where the points changed, record them and the score to be sent.

    Nothing is recorded while the cohort's rule is off, and no zero before anything took place.
    """
    terms = session.get_one(models.GradeRule, participant.cohort_id)
    if not (terms.enabled and graded(participant)):
        return
    # Two sessions may be confirmed at the same moment: who comes second waits and sees the first.
    session.refresh(terms, with_for_update=True)
    reckoning = reckon(session, participant)
    grade = _grade(session, participant.id)
    if grade is None and reckoning.points == 0:
        return
    changed = grade is None or (grade.points, grade.maximum) != (reckoning.points, reckoning.maximum)
    sendable = scores.offered(session, participant.cohort)
    if not changed and (not sendable or scores.is_recorded(session, participant)):
        return
    at = _keep(session, participant.id, grade, reckoning)
    if sendable:
        comment = _comment(reckoning)
        points, maximum = reckoning.points, reckoning.maximum
        scores.record(session, participant, points=points, maximum=maximum, comment=comment, at=at)


def _confirmed(session: Session, participant_id: int) -> int:
    """Sessions that took place by the word of all, this person's included."""
    query = (
        select(func.count())
        .select_from(models.Attendance)
        .join(models.Session, models.Session.id == models.Attendance.session_id)
        .where(
            models.Attendance.participant_id == participant_id,
            models.Attendance.answer == "met",
            models.Session.held_at.is_not(None),
            models.Session.cancelled_at.is_(None),
        )
    )
    return session.scalar(query) or 0


def _grade(session: Session, participant_id: int) -> models.Grade | None:
    query = select(models.Grade).where(models.Grade.participant_id == participant_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _keep(
    session: Session, participant_id: int, grade: models.Grade | None, reckoning: Reckoning
) -> datetime:
    """Write the points down; gives the moment that the score will name."""
    if grade is None:
        grade = models.Grade(participant_id=participant_id, reckoned_at=scores.later(None))
        session.add(grade)
    else:
        grade.reckoned_at = scores.later(grade.reckoned_at)
    grade.points = reckoning.points
    grade.maximum = reckoning.maximum
    session.flush()
    return grade.reckoned_at


def _comment(reckoning: Reckoning) -> str:
    part = reckoning.parts[0]
    return str(_("%(done)d of %(needed)d sessions confirmed", done=part.done, needed=part.needed))
