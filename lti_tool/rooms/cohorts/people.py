"""The people of a cohort as the instructor sees them: filtered, in pages, with what each is waiting for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from lti_tool.db import models
from lti_tool.rooms.cohorts import counts, queries
from lti_tool.web import audience

PAGE_SIZE = 50
P = models.Participant

ROLES: Mapping[str, ColumnElement[bool]] = {
    "mentee": P.role == "mentee",
    "mentor": P.role == "mentor",
    "both": P.role == "both",
    "expert": P.role == "expert",
}
STATES: Mapping[str, ColumnElement[bool]] = {
    "paired": counts.in_pair(),
    "waiting": counts.is_waiting(),
    "unfinished": and_(P.role != "expert", ~counts.is_complete()),
    "approval": counts.awaits_approval(),
    "missing": counts.is_missing(),
    "outside": audience.is_outside(),
}


@dataclass(frozen=True)
class PersonRow:
    participant: models.Participant
    mentees_now: int
    """Mentees that this person has at present."""
    state: str
    """missing (from the course list), expert, outside (of the cohort's group), approval, unfinished, paired,
    waiting (for a mentor) or ready (to mentor)."""


@dataclass(frozen=True)
class PeoplePage:
    rows: list[PersonRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class AbsentPage:
    members: list[models.Member]
    total: int
    page: int
    pages: int


def people(session: Session, cohort: models.Cohort, role: str, state: str, page: int) -> PeoplePage:
    """People who joined and did not leave.

    Args:
        role, state: a key of `ROLES` and of `STATES`; anything else means everybody.
    """
    chosen = [ROLES[role]] if role in ROLES else []
    chosen += [STATES[state]] if state in STATES else []
    everybody = (
        select(P)
        .join(P.member)
        .join(models.Member.person)
        .where(P.cohort_id == cohort.id, counts.is_here(), *chosen)
    )
    total, page, pages = _pages(session, everybody, page)
    query = (
        everybody.add_columns(
            _mentees_now(), counts.in_pair("mentee", "peer"), counts.in_pair(), audience.is_outside()
        )
        .order_by(_name(), P.id)
        .options(
            contains_eager(P.member).contains_eager(models.Member.person),
            selectinload(P.interests).selectinload(models.Interest.topic),
        )
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    rows = [
        PersonRow(person, mentees, _state(person, has_mentor, paired, outside))
        for person, mentees, has_mentor, paired, outside in session.execute(query)
    ]
    return PeoplePage(rows, total, page, pages)


def absent(session: Session, cohort: models.Cohort, page: int) -> AbsentPage:
    """Learners on the course list who have not joined the cohort, or left it."""
    joined = exists().where(P.member_id == models.Member.id, P.cohort_id == cohort.id, P.left_at.is_(None))
    everybody = (
        select(models.Member)
        .join(models.Member.person)
        .where(
            models.Member.course_id == cohort.course_id,
            models.Member.active,
            models.Member.role == "learner",
            queries.may_open(cohort),
            audience.is_meant(cohort),
            ~joined,
        )
    )
    total, page, pages = _pages(session, everybody, page)
    query = (
        everybody.options(contains_eager(models.Member.person))
        .order_by(_name(), models.Member.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return AbsentPage(list(session.scalars(query)), total, page, pages)


def _pages(session: Session, query: Select[Any], page: int) -> tuple[int, int, int]:
    total = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    return total, min(max(page, 1), pages), pages


def _name() -> ColumnElement[str]:
    return func.lower(func.coalesce(models.Person.name, models.Member.pseudonym))


def _mentees_now() -> ColumnElement[int]:
    mine, other = (
        models.MentorshipPerson.__table__.alias("mine"),
        models.MentorshipPerson.__table__.alias("other"),
    )
    return (
        select(func.count())
        .select_from(mine)
        .join(other, and_(other.c.mentorship_id == mine.c.mentorship_id, other.c.role == "mentee"))
        .join(models.Mentorship, models.Mentorship.id == mine.c.mentorship_id)
        .where(mine.c.participant_id == P.id, mine.c.role == "mentor", models.Mentorship.ended_at.is_(None))
        .correlate(P)
        .scalar_subquery()
    )


def _state(person: models.Participant, has_mentor: bool, paired: bool, outside: bool) -> str:
    if person.is_missing:
        return "missing"
    if person.role == "expert":
        return "expert"
    if outside:
        return "outside"
    if person.mentors and not person.mentor_approved:
        return "approval"
    if not person.complete:
        return "unfinished"
    if person.learns and not has_mentor:
        return "waiting"
    return "paired" if paired else "ready"
