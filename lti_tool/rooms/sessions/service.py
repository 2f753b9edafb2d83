from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.outbox import events


class NotNow(Exception):
    """The session is not in the state in which this can be done. Nothing was changed."""


def book(
    session: Session,
    mentorship: models.Mentorship,
    by: models.Participant,
    *,
    starts_at: datetime,
    minutes: int,
    place: str | None,
) -> models.Session:
    """A session of this pair at this time: the one that stands there already, or else a new one.

    Args:
        starts_at: aware; may lie in the past when a session is noted afterwards.

    Raises:
        NotNow: when the mentorship has ended.
    """
    ended = select(models.Mentorship.ended_at).where(models.Mentorship.id == mentorship.id)
    ended_at = session.scalar(ended.with_for_update(key_share=True))
    standing = _standing(session, mentorship.id, starts_at)
    if standing is not None:
        return standing
    if ended_at is not None:
        raise NotNow
    meeting = models.Session(
        cohort_id=mentorship.cohort_id,
        mentorship_id=mentorship.id,
        format="mentoring",
        starts_at=starts_at,
        minutes=minutes,
        place=place,
        booked_by_id=by.id,
        booked_at=clock.now(),
        attendances=[models.Attendance(participant_id=one.participant_id) for one in mentorship.people],
    )
    try:
        with session.begin_nested():
            session.add(meeting)
    except IntegrityError:
        first = _standing(session, mentorship.id, starts_at)
        if first is None:
            raise
        return first
    events.session_scheduled(session, meeting, by)
    return meeting


def cancel(session: Session, meeting: models.Session, by: models.Participant) -> None:
    """Call a coming session off.

    Raises:
        NotNow: when it has begun; then the people say whether they met.
    """
    meeting = _locked(session, meeting)
    if meeting.cancelled_at is not None:
        return
    if meeting.starts_at <= clock.now():
        raise NotNow
    meeting.cancelled_at = clock.now()
    events.session_cancelled(session, meeting, by)
    session.flush()


def restore(session: Session, meeting: models.Session, by: models.Participant) -> None:
    """Undo a cancellation.

    Raises:
        NotNow: when its time has come, its mentorship has ended, or another session took its place.
    """
    meeting = _locked(session, meeting)
    if meeting.cancelled_at is None:
        return
    mentorship = meeting.mentorship
    if meeting.starts_at <= clock.now() or mentorship is None or mentorship.ended_at is not None:
        raise NotNow
    try:
        with session.begin_nested():
            meeting.cancelled_at = None
            session.flush()
    except IntegrityError:
        raise NotNow from None
    events.session_scheduled(session, meeting, by)


def answer(session: Session, meeting: models.Session, by: models.Participant, said: str) -> None:
    """Write down whether somebody met the others; with the last "met" the session counts as held.

    Args:
        said: met or not_met. An earlier answer may be changed until all have confirmed.

    Raises:
        NotNow: before the session's beginning, and for a cancelled one.
    """
    meeting = _locked(session, meeting)
    if meeting.held_at is not None:
        return
    if meeting.cancelled_at is not None or meeting.starts_at > clock.now():
        raise NotNow
    own = own_attendance(meeting, by)
    if own.answer != said:
        own.answer, own.answered_at = said, clock.now()
    if all(one.answer == "met" for one in meeting.attendances):
        _hold(session, meeting)
    session.flush()


def take_back(session: Session, meeting: models.Session, by: models.Participant) -> None:
    """Undo an answer while nobody else has answered.

    Raises:
        NotNow: when somebody has: they rely on it.
    """
    meeting = _locked(session, meeting)
    own = own_attendance(meeting, by)
    if own.answer is None:
        return
    if any(one.answer is not None for one in meeting.attendances if one is not own):
        raise NotNow
    own.answer = own.answered_at = None
    session.flush()


def own_attendance(meeting: models.Session, participant: models.Participant) -> models.Attendance:
    return next(one for one in meeting.attendances if one.participant_id == participant.id)


def _hold(session: Session, meeting: models.Session) -> None:
    meeting.held_at = clock.now()
    session.flush()
    for one in meeting.attendances:
        events.session_attended(session, meeting, one.participant)
    events.session_completed(session, meeting)


def _standing(session: Session, mentorship_id: int, starts_at: datetime) -> models.Session | None:
    return session.scalar(
        select(models.Session).where(
            models.Session.mentorship_id == mentorship_id,
            models.Session.starts_at == starts_at,
            models.Session.cancelled_at.is_(None),
        )
    )


def _locked(session: Session, meeting: models.Session) -> models.Session:
    """The session as it is now, for this transaction alone: two people may answer in the same second."""
    return session.scalars(
        select(models.Session)
        .where(models.Session.id == meeting.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
