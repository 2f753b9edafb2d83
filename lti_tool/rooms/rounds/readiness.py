"""Who can be matched now, and what the others lack. One set of conditions, for the page and for the run."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from lti_tool.db import models
from lti_tool.db.models import Interest, Member, MentorshipPerson, Participant

MOST_SHOWN = 50


@dataclass(frozen=True)
class Readiness:
    """How many people of a cohort a round would have to work with."""

    mentees: int
    mentors: int
    places: int
    experts: int
    not_ready: int
    paired: int
    """Learners who have a mentor already."""


@dataclass(frozen=True)
class NotReady:
    """Somebody whom a round would pass over, and what is missing."""

    participant: Participant
    missing: tuple[str, ...]
    """Keys: wants, offers, times, languages, approval."""


def readiness(session: Session, cohort: models.Cohort) -> Readiness:
    counts = [
        _count(mentee_ready()),
        _count(mentor_ready()),
        func.coalesce(func.sum(case((mentor_ready(), room()), else_=0)), 0),
        _count(expert_ready()),
        _count(_not_ready()),
        _count(and_(_here(), _learns(), _open_as("mentee") > 0)),
    ]
    row = session.execute(_people(cohort).with_only_columns(*counts).order_by(None)).one()
    return Readiness(*(int(value) for value in row))


def not_ready(session: Session, cohort: models.Cohort) -> list[NotReady]:
    """The first of those who wait and lack something; `Readiness` has their number."""
    flags = (_has("wants"), _has("offers"), _has_times(), _has_languages())
    waits = (_mentee_waits(), _mentor_waits())
    query = _people(cohort).where(_not_ready()).add_columns(*flags, *waits).limit(MOST_SHOWN)
    return [NotReady(row[0], _missing(row[0], *row[1:])) for row in session.execute(query)]


def ready_mentees(session: Session, cohort: models.Cohort) -> list[Participant]:
    return list(session.scalars(_with_interests(_people(cohort).where(mentee_ready()))))


def ready_mentors(session: Session, cohort: models.Cohort) -> list[tuple[Participant, int]]:
    """Mentors with the places that they still have."""
    query = _with_interests(_people(cohort).where(mentor_ready()).add_columns(room()))
    return [(row[0], int(row[1])) for row in session.execute(query)]


def ready_experts(session: Session, cohort: models.Cohort) -> list[Participant]:
    return list(session.scalars(_with_interests(_people(cohort).where(expert_ready()))))


def mentee_ready() -> ColumnElement[bool]:
    return and_(_mentee_waits(), _has("wants"), _has_times(), _has_languages())


def mentor_ready() -> ColumnElement[bool]:
    return and_(_mentor_waits(), Participant.mentor_approved, _has("offers"), _has_times(), _has_languages())


def expert_ready() -> ColumnElement[bool]:
    return and_(
        Participant.role == "expert",
        Participant.left_at.is_(None),
        Member.active,
        not_(Participant.is_missing),
        Participant.capacity > 0,
        _has("reviews"),
    )


def room() -> ColumnElement[int]:
    """Places of a mentor that no open mentorship takes."""
    return Participant.capacity - _open_as("mentor")


def _people(cohort: models.Cohort) -> Select[Any]:
    query = select(Participant).join(Participant.member).options(contains_eager(Participant.member))
    return query.where(Participant.cohort_id == cohort.id).order_by(Participant.id)


def _with_interests(query: Select[Any]) -> Select[Any]:
    return query.options(selectinload(Participant.interests))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _here() -> ColumnElement[bool]:
    return and_(
        Participant.left_at.is_(None),
        Participant.consented_at.is_not(None),
        Member.active,
        not_(Participant.is_missing),
    )


def _learns() -> ColumnElement[bool]:
    return Participant.role.in_(["mentee", "both"])


def _mentee_waits() -> ColumnElement[bool]:
    return and_(_here(), _learns(), _open_as("mentee") == 0)


def _mentor_waits() -> ColumnElement[bool]:
    return and_(_here(), Participant.role.in_(["mentor", "both"]), room() > 0)


def _not_ready() -> ColumnElement[bool]:
    return or_(and_(_mentee_waits(), not_(mentee_ready())), and_(_mentor_waits(), not_(mentor_ready())))


def _open_as(role: str) -> ColumnElement[int]:
    """Open mentorships in which the person has this role."""
    return (
        select(func.count())
        .select_from(MentorshipPerson)
        .join(MentorshipPerson.mentorship)
        .where(
            MentorshipPerson.participant_id == Participant.id,
            MentorshipPerson.role == role,
            models.Mentorship.ended_at.is_(None),
        )
        .correlate(Participant)
        .scalar_subquery()
    )


def _has(kind: str) -> ColumnElement[bool]:
    return (
        select(Interest.id)
        .where(Interest.participant_id == Participant.id, Interest.kind == kind)
        .correlate(Participant)
        .exists()
    )


def _has_times() -> ColumnElement[bool]:
    return Participant.week != frozenset()


def _has_languages() -> ColumnElement[bool]:
    # Both databases have a function of this name for a JSON column.
    return func.json_array_length(Participant.languages) > 0


def _missing(
    person: Participant, wants: bool, offers: bool, times: bool, languages: bool, learns: bool, mentors: bool
) -> tuple[str, ...]:
    lacking = {
        "wants": learns and not wants,
        "offers": mentors and not offers,
        "times": not times,
        "languages": not languages,
        "approval": mentors and not person.mentor_approved,
    }
    return tuple(key for key, is_missing in lacking.items() if is_missing)
