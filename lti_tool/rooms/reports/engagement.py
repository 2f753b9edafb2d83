"""What the engagement report counts, and the rows behind each number."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.db import models
from lti_tool.rooms.reports import measure
from lti_tool.rooms.reports.measure import Month

PAGE_SIZE = 50
P = models.Participant
S = models.Session


@dataclass(frozen=True)
class Engagement:
    months: list[Month]
    headcount: int
    """Active members of the course who learn."""
    engaged: int
    """Those of them who are mentor or mentee in a pair that goes on; who is both counts once."""
    people: int
    """Those of them with a partner today or with a session held: the denominator of the frequency."""
    attended: int
    """Sessions these people took part in, summed over the people."""

    @property
    def rate(self) -> float | None:
        rate = measure.engagement_rate(self.engaged, self.headcount)
        return None if rate is None else float(rate)

    @property
    def frequency(self) -> float | None:
        """Over the people who take part."""
        return self._frequency(self.people)

    @property
    def frequency_of_all(self) -> float | None:
        """Over the whole headcount."""
        return self._frequency(self.headcount)

    def _frequency(self, people: int) -> float | None:
        found = measure.learning_frequency(self.attended, people, measure.length(self.months))
        return None if found is None else float(found)


@dataclass(frozen=True)
class PersonShare:
    """One person of the headcount and how they count."""

    member: models.Member
    joined: bool
    mentor_in: int
    mentee_in: int
    attended: int

    @property
    def engaged(self) -> bool:
        return bool(self.mentor_in or self.mentee_in)


@dataclass(frozen=True)
class SharePage:
    rows: list[PersonShare]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class FormatRow:
    format: str
    """mentorship, peer_learning or community."""
    sessions: int
    people: int


def engagement(session: Session, cohort: models.Cohort, today: date) -> Engagement:
    """The numbers of both formulas, in one query besides the months."""
    months = measure.months(cohort.starts_on, cohort.ends_on, today)
    places, attended = _places(cohort), _attended(cohort, months)
    in_pair = places.c.places.is_not(None)
    query = _everybody(cohort, places, attended).with_only_columns(
        func.count(),
        func.count().filter(in_pair),
        func.count().filter(or_(in_pair, attended.c.sessions.is_not(None))),
        func.coalesce(func.sum(attended.c.sessions), 0),
        maintain_column_froms=True,
    )
    return Engagement(months, *map(int, session.execute(query).one()))


def shares(
    session: Session, cohort: models.Cohort, months: list[Month], page: int, *, only_people: bool
) -> SharePage:
    """The headcount, person by person; those who count first.

    Args:
        only_people: leave out who has neither a partner today nor a session held.
    """
    places, attended = _places(cohort), _attended(cohort, months)
    query = _everybody(cohort, places, attended)
    if only_people:
        query = query.where(or_(places.c.places.is_not(None), attended.c.sessions.is_not(None)))
    total = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    name = func.lower(func.coalesce(models.Person.name, models.Member.pseudonym))
    rows = session.execute(
        query.add_columns(P.id.is_not(None), places.c.as_mentor, places.c.as_mentee, attended.c.sessions)
        .options(contains_eager(models.Member.person))
        .order_by(places.c.places.is_(None), name, models.Member.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    found = [
        PersonShare(member, bool(joined), mentor_in or 0, mentee_in or 0, sessions or 0)
        for member, joined, mentor_in, mentee_in, sessions in rows
    ]
    return SharePage(found, total, page, pages)


def sessions_by_month(session: Session, cohort: models.Cohort, months: list[Month]) -> list[int]:
    """Sessions held in each month; each counts once, however many took part."""
    if not months:
        return []
    columns = [
        func.count().filter(and_(S.starts_at >= month.begins, S.starts_at < month.ends)) for month in months
    ]
    query = select(*columns).select_from(S).where(_held(cohort, months))
    return [int(number) for number in session.execute(query).one()]


def formats(session: Session, cohort: models.Cohort, months: list[Month]) -> list[FormatRow]:
    """The three formats of the measure: sessions held, and different people who took part."""
    columns: list[ColumnElement[int]] = []
    for names in measure.FORMATS.values():
        columns.append(func.count(S.id.distinct()).filter(S.format.in_(names)))
        columns.append(func.count(models.Attendance.participant_id.distinct()).filter(S.format.in_(names)))
    query = select(*columns).select_from(S).join(S.attendances).where(_held(cohort, months))
    numbers = [int(number) for number in session.execute(query).one()]
    return [
        FormatRow(name, numbers[2 * position], numbers[2 * position + 1])
        for position, name in enumerate(measure.FORMATS)
    ]


def _held(cohort: models.Cohort, months: list[Month]) -> ColumnElement[bool]:
    """Confirmed by all who were to be there, and within the months that are counted."""
    if not months:
        return and_(S.cohort_id == cohort.id, S.id.is_(None))
    return and_(
        S.cohort_id == cohort.id,
        S.cancelled_at.is_(None),
        S.held_at.is_not(None),
        S.starts_at >= months[0].begins,
        S.starts_at < months[-1].ends,
    )


def _attended(cohort: models.Cohort, months: list[Month]) -> Subquery:
    return (
        select(models.Attendance.participant_id, func.count().label("sessions"))
        .join(models.Attendance.session)
        .where(_held(cohort, months))
        .group_by(models.Attendance.participant_id)
        .subquery("attended")
    )


def _places(cohort: models.Cohort) -> Subquery:
    """Each participant's places in pairs that go on; one who does the same as both counts in each column."""
    place = models.MentorshipPerson
    return (
        select(
            place.participant_id,
            func.count().label("places"),
            func.count().filter(place.role != "mentee").label("as_mentor"),
            func.count().filter(place.role != "mentor").label("as_mentee"),
        )
        .join(place.mentorship)
        .where(models.Mentorship.cohort_id == cohort.id, models.Mentorship.ended_at.is_(None))
        .group_by(place.participant_id)
        .subquery("places")
    )


def _everybody(cohort: models.Cohort, places: Subquery, attended: Subquery) -> Select[Any]:
    """The headcount: active members who learn, each with their part in the cohort if they have one."""
    return (
        select(models.Member)
        .join(models.Member.person)
        .outerjoin(P, and_(P.member_id == models.Member.id, P.cohort_id == cohort.id, P.role != "expert"))
        .outerjoin(places, and_(places.c.participant_id == P.id, P.left_at.is_(None)))
        .outerjoin(attended, attended.c.participant_id == P.id)
        .where(
            models.Member.course_id == cohort.course_id,
            models.Member.active,
            models.Member.role == "learner",
        )
    )
