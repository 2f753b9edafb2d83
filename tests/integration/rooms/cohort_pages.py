"""What tests of cohorts type into the form, where its pages are, and a session that was held."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from tests.cast import Cast, make_mentorship


def form(**changes: object) -> dict[str, object]:
    """What a browser sends for a new cohort."""
    fields: dict[str, object] = {
        "name": "Autumn statistics",
        "topics-0-name": "Regression",
        "topics-0-risk": "high",
        "topics-1-name": "Plotting",
        "topics-1-risk": "low",
        "starts_on": "2026-11-24",
        "ends_on": "2027-02-22",
        "mentors": "chosen",
        "checkpoints": "high_risk",
        "graded": "y",
        "maximum": "50",
        "sessions_for_full": "5",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def new_url(cast: Cast) -> str:
    return f"/courses/{cast.course.id}/cohorts/new"


def cohort_url(cast: Cast, rest: str = "") -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}{rest}"


def cohort_named(session: Session, name: str) -> models.Cohort:
    engine.rollback(session)
    return session.scalars(select(models.Cohort).where(models.Cohort.name == name)).one()


def number_of_cohorts(session: Session) -> int | None:
    engine.rollback(session)
    return session.scalar(select(func.count()).select_from(models.Cohort))


def held(session: Session, cast: Cast) -> models.Session:
    """One session of mentee and mentor that both have confirmed."""
    pair = make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
    start = clock.now() - timedelta(days=2)
    meeting = models.Session(
        cohort=cast.cohort,
        mentorship=pair,
        format="mentoring",
        starts_at=start,
        minutes=45,
        booked_by_id=cast.p_mentee.id,
        booked_at=start,
        held_at=start + timedelta(hours=1),
        attendances=[
            models.Attendance(participant=person, answer="met", answered_at=start)
            for person in (cast.p_mentee, cast.p_mentor)
        ],
    )
    session.add(meeting)
    session.commit()
    return meeting
