"""What happens in cohorts, counted: the same few queries for one cohort or a page of them."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Exists, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.web import audience

P = models.Participant


@dataclass(frozen=True)
class Counts:
    """Numbers of one cohort; people who left, or whom the course list dropped, are not among them."""

    joined: int = 0
    mentees: int = 0
    """People who want to learn, those who do both among them."""
    mentors: int = 0
    places: int = 0
    """Mentees that approved mentors take altogether."""
    awaiting_approval: int = 0
    unfinished: int = 0
    """Joined, but topics or times are missing."""
    waiting: int = 0
    """Ready to learn, and without a mentor now."""
    experts: int = 0
    missing: int = 0
    """People whom the course list lacks, and about whom nobody has decided."""
    outside: int = 0
    """People who are not in the one group for which the cohort is."""
    mentorships: int = 0
    sessions_held: int = 0
    sessions_booked: int = 0
    checkpoints: int = 0
    checkpoints_signed: int = 0
    refused_grades: int = 0


def count(session: Session, cohort_ids: Collection[int]) -> dict[int, Counts]:
    """The numbers of each cohort, in five queries whatever their number."""
    numbers: dict[int, dict[str, int]] = {cohort_id: {} for cohort_id in cohort_ids}
    if not numbers:
        return {}
    for query in (_people(), _mentorships(), _sessions(), _checkpoints(), _refused_grades()):
        for row in session.execute(query.where(query.selected_columns[0].in_(cohort_ids))):
            values = row._asdict()
            numbers[values.pop("cohort_id")] |= {name: value or 0 for name, value in values.items()}
    names = {field.name for field in fields(Counts)}
    return {
        cohort_id: Counts(**{name: value for name, value in values.items() if name in names})
        for cohort_id, values in numbers.items()
    }


def is_here() -> ColumnElement[bool]:
    """Takes part now. The query has `Member` joined to `Participant`."""
    return and_(P.left_at.is_(None), models.Member.active)


def is_complete() -> ColumnElement[bool]:
    """As `Participant.complete`, in SQL."""
    return and_(exists().where(models.Interest.participant_id == P.id), P.week != frozenset())


def in_pair(*roles: str) -> Exists:
    """Whether the participant is in a mentorship that goes on, in one of the roles if any is given."""
    place = models.MentorshipPerson
    condition = exists().where(
        place.participant_id == P.id,
        place.mentorship_id == models.Mentorship.id,
        models.Mentorship.ended_at.is_(None),
    )
    return condition.where(place.role.in_(roles)) if roles else condition


def learns() -> ColumnElement[bool]:
    return P.role.in_(["mentee", "both"])


def mentors() -> ColumnElement[bool]:
    return P.role.in_(["mentor", "both"])


def is_waiting() -> ColumnElement[bool]:
    return and_(learns(), is_complete(), ~in_pair("mentee", "peer"), not_(is_missing()))


def is_missing() -> ColumnElement[bool]:
    """Not on the course list, and undecided. The query has `Member` joined to `Participant`."""
    return and_(P.is_missing)


def awaits_approval() -> ColumnElement[bool]:
    return and_(mentors(), P.mentor_approved.is_(False))


def _tally(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _people() -> Select[*tuple[Any, ...]]:
    person = P.role != "expert"
    return (
        select(
            P.cohort_id,
            _tally(person).label("joined"),
            _tally(learns()).label("mentees"),
            _tally(mentors()).label("mentors"),
            func.sum(P.capacity).filter(mentors(), P.mentor_approved).label("places"),
            _tally(awaits_approval()).label("awaiting_approval"),
            _tally(and_(person, ~is_complete())).label("unfinished"),
            _tally(is_waiting()).label("waiting"),
            _tally(~person).label("experts"),
            _tally(is_missing()).label("missing"),
            _tally(audience.is_outside()).label("outside"),
        )
        .join(models.Member, models.Member.id == P.member_id)
        .where(is_here())
        .group_by(P.cohort_id)
    )


def _mentorships() -> Select[*tuple[Any, ...]]:
    pair = models.Mentorship
    return (
        select(pair.cohort_id, func.count().label("mentorships"))
        .where(pair.ended_at.is_(None))
        .group_by(pair.cohort_id)
    )


def _sessions() -> Select[*tuple[Any, ...]]:
    meeting = models.Session
    return (
        select(
            meeting.cohort_id,
            _tally(meeting.held_at.is_not(None)).label("sessions_held"),
            _tally(and_(meeting.held_at.is_(None), meeting.starts_at > clock.now())).label("sessions_booked"),
        )
        .where(meeting.cancelled_at.is_(None))
        .group_by(meeting.cohort_id)
    )


def _checkpoints() -> Select[*tuple[Any, ...]]:
    signed = func.count(models.Review.id)
    return (
        select(
            models.Mentorship.cohort_id,
            func.count(models.Checkpoint.id).label("checkpoints"),
            signed.label("checkpoints_signed"),
        )
        .join(models.Checkpoint, models.Checkpoint.mentorship_id == models.Mentorship.id)
        .outerjoin(models.Review, models.Review.checkpoint_id == models.Checkpoint.id)
        .where(or_(models.Mentorship.ended_at.is_(None), models.Review.id.is_not(None)))
        .group_by(models.Mentorship.cohort_id)
    )


def _refused_grades() -> Select[*tuple[Any, ...]]:
    score = models.Delivery
    return (
        select(P.cohort_id, func.count(P.id.distinct()).label("refused_grades"))
        .join(score, score.participant_id == P.id)
        # A newer score overtakes a refused one, which then is no longer "dead".
        .where(score.kind == "score", score.state == "dead")
        .group_by(P.cohort_id)
    )
