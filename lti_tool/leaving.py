"""Leaving a cohort and coming back, with all that hangs on it.

What leaving ended carries the moment of leaving, so that coming back finds exactly that and nothing else.
"""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.outbox import events


def leave(session: Session, participant: models.Participant) -> None:
    """End somebody's part: their mentorships end and their coming sessions are cancelled."""
    if participant.left_at is not None:
        return
    _lock(session, participant)
    moment = clock.now()
    participant.left_at = moment
    for mentorship in session.scalars(_mentorships(participant, ended_at=None)):
        mentorship.ended_at = moment
    for meeting in session.scalars(_coming_sessions(participant, moment, cancelled_at=None)):
        meeting.cancelled_at = moment
        events.session_cancelled(session, meeting, participant)
    events.cohort_left(session, participant)
    session.flush()


def rejoin(session: Session, participant: models.Participant) -> None:
    """Undo leaving. A mentorship goes on if the others are still there and still free for it."""
    left_at = participant.left_at
    if left_at is None:
        return
    _lock(session, participant)
    participant.left_at = None
    session.flush()
    reopened = set()
    for mentorship in session.scalars(_mentorships(participant, ended_at=left_at)).all():
        if _can_go_on(session, mentorship):
            mentorship.ended_at = None
            reopened.add(mentorship.id)
            session.flush()
    for meeting in session.scalars(_coming_sessions(participant, clock.now(), cancelled_at=left_at)).all():
        if meeting.mentorship_id in reopened:
            meeting.cancelled_at = None
            events.session_scheduled(session, meeting, participant)
    events.cohort_joined(session, participant)
    session.flush()


def _lock(session: Session, participant: models.Participant) -> None:
    """A round that is published at the same moment must not pair somebody who is just leaving."""
    cohort = select(models.Cohort.id).where(models.Cohort.id == participant.cohort_id)
    session.execute(cohort.with_for_update(key_share=True))


def _mentorships(participant: models.Participant, ended_at: datetime | None) -> Select[models.Mentorship]:
    return (
        select(models.Mentorship)
        .join(models.MentorshipPerson)
        .where(
            models.MentorshipPerson.participant_id == participant.id,
            models.Mentorship.ended_at.is_not_distinct_from(ended_at),
        )
    )


def _coming_sessions(
    participant: models.Participant, after: datetime, cancelled_at: datetime | None
) -> Select[models.Session]:
    return (
        select(models.Session)
        .join(models.Attendance)
        .where(
            models.Attendance.participant_id == participant.id,
            models.Session.starts_at > after,
            models.Session.cancelled_at.is_not_distinct_from(cancelled_at),
        )
    )


def _can_go_on(session: Session, mentorship: models.Mentorship) -> bool:
    if any(one.participant.left_at is not None for one in mentorship.people):
        return False
    mentees = [one.participant_id for one in mentorship.people if one.role == "mentee"]
    newer = (
        select(models.Mentorship.id)
        .join(models.MentorshipPerson)
        .where(
            models.MentorshipPerson.participant_id.in_(mentees),
            models.MentorshipPerson.role == "mentee",
            models.Mentorship.ended_at.is_(None),
            models.Mentorship.cohort_id == mentorship.cohort_id,
        )
        .limit(1)
    )
    return session.scalar(newer) is None
