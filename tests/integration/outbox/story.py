"""What the people of the cast do in these tests."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.outbox import events
from tests.cast import Cast, make_mentorship


def pair_up(session: Session, cast: Cast) -> models.Mentorship:
    """The mentee and the mentor as a published pair whose checkpoint the expert is to review."""
    mentorship = make_mentorship(
        session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert
    )
    events.mentor_assigned(session, mentorship, cast.instructor)
    return mentorship


def book(session: Session, mentorship: models.Mentorship, days: int = -1) -> models.Session:
    """A session of three quarters of an hour, so many days from now, booked by the mentee."""
    mentee = mentorship.person("mentee")
    meeting = models.Session(
        cohort=mentorship.cohort,
        mentorship=mentorship,
        format="mentoring",
        starts_at=clock.now() + timedelta(days=days),
        minutes=45,
        place="Room 12, next to the oak",
        booked_by_id=mentee.id,
        booked_at=clock.now() - timedelta(days=3),
        attendances=[models.Attendance(participant=one.participant) for one in mentorship.people],
    )
    session.add(meeting)
    session.flush()
    events.session_scheduled(session, meeting, mentee)
    return meeting


def hold(session: Session, meeting: models.Session) -> None:
    """All confirm that the session took place."""
    for attendance in meeting.attendances:
        attendance.answer, attendance.answered_at = "met", clock.now()
    meeting.held_at = clock.now()
    for attendance in meeting.attendances:
        events.session_attended(session, meeting, attendance.participant)
    events.session_completed(session, meeting)


def sign(session: Session, mentorship: models.Mentorship, outcome: str = "passed") -> models.Checkpoint:
    checkpoint = session.scalars(
        select(models.Checkpoint).where(models.Checkpoint.mentorship_id == mentorship.id)
    ).one()
    checkpoint.review = models.Review(
        expert_id=checkpoint.expert_id,
        outcome=outcome,
        comment="Keep explaining with drawings.",
        signed_at=clock.now(),
    )
    session.flush()
    events.checkpoint_signed(session, checkpoint)
    return checkpoint


def tell_everything(session: Session, cast: Cast) -> models.Mentorship:
    """Each kind of event at least once, committed."""
    engine.begin_write(session)
    events.cohort_joined(session, cast.p_mentee)
    mentorship = pair_up(session, cast)
    hold(session, book(session, mentorship))
    called_off = book(session, mentorship, days=7)
    called_off.cancelled_at = clock.now()
    events.session_cancelled(session, called_off, cast.p_mentor)
    sign(session, mentorship)
    cast.p_both.left_at = clock.now()
    events.cohort_left(session, cast.p_both)
    engine.commit(session)
    return mentorship


def without_gradebook(session: Session, cast: Cast) -> None:
    """Let the course offer no grade services, where only statements matter."""
    engine.begin_write(session)
    cast.course.scopes = []
    engine.commit(session)


def statement_ids(session: Session) -> list[str]:
    return [str(one) for one in session.scalars(select(models.Statement.id))]


def states(session: Session, kind: str = "statement") -> dict[str, int]:
    """How many deliveries of this kind are in each state, as the database has it now."""
    session.rollback()
    rows = session.scalars(
        select(models.Delivery.state).where(models.Delivery.kind == kind).order_by(models.Delivery.id)
    ).all()
    return {state: rows.count(state) for state in rows}
