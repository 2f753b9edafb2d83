"""Reading whom the course list lacks, with what hangs on them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, load_only

from lti_tool.db import clock, models
from lti_tool.rooms.roster import reviews
from lti_tool.rooms.roster.reviews import Owed

PAGE_SIZE = 50
P = models.Participant


@dataclass
class MissingPerson:
    participant: models.Participant
    mentorships: list[models.Mentorship] = field(default_factory=list)
    """Those that go on."""
    coming: int = 0
    """Sessions that are booked."""
    held: int = 0
    """Sessions that all confirmed."""
    owed: Owed | None = None
    """Reviews that an expert still has to sign."""


@dataclass(frozen=True)
class MissingPage:
    people: list[MissingPerson]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class HeldPage:
    """A course list that looks wrong, and a page of those whom it lacks."""

    roster: models.HeldRoster
    members: list[models.Member]
    total: int
    in_cohorts: int
    """How many of all whom it lacks take part in a cohort."""
    page: int
    pages: int


def missing(session: Session, cohort: models.Cohort, page: int) -> MissingPage:
    """People of the cohort whom the course list lacks and about whom nobody has decided."""
    everybody = (
        select(P)
        .join(P.member)
        .join(models.Member.person)
        .where(P.cohort_id == cohort.id, P.left_at.is_(None), models.Member.active, P.is_missing)
    )
    total = session.scalar(everybody.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    page, pages = _clamp(total, page)
    query = (
        everybody.options(contains_eager(P.member).contains_eager(models.Member.person))
        .order_by(models.Member.missing_since, P.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    people = {one.id: MissingPerson(one) for one in session.scalars(query)}
    _add_mentorships(session, people)
    _add_sessions(session, people)
    _add_reviews(session, cohort, people)
    return MissingPage(list(people.values()), total, page, pages)


def of_cohort(session: Session, cohort: models.Cohort, ids: Sequence[int]) -> list[models.Participant]:
    """The people of the cohort among these ids whom the course list lacks, locked until the commit."""
    query = (
        select(P)
        .join(P.member)
        .where(P.cohort_id == cohort.id, P.id.in_(ids), models.Member.missing_since.is_not(None))
        .order_by(P.id)
        .with_for_update(of=P, key_share=True)
    )
    return list(session.scalars(query))


def held(session: Session, course: models.Course, page: int) -> HeldPage | None:
    roster = session.get(
        models.HeldRoster,
        course.id,
        options=[
            load_only(
                models.HeldRoster.read_at,
                models.HeldRoster.added,
                models.HeldRoster.updated,
                models.HeldRoster.lacking,
            )
        ],
    )
    if roster is None:
        return None
    total = len(roster.lacking)
    page, pages = _clamp(total, page)
    shown = roster.lacking[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    members = session.scalars(
        select(models.Member).where(models.Member.course_id == course.id, models.Member.id.in_(shown))
    )
    taking_part = select(P.member_id).join(P.cohort)
    taking_part = taking_part.where(models.Cohort.course_id == course.id, P.left_at.is_(None))
    in_cohorts = len(set(session.scalars(taking_part)) & set(roster.lacking))
    return HeldPage(
        roster, sorted(members, key=lambda one: one.display_name.casefold()), total, in_cohorts, page, pages
    )


def _clamp(total: int, page: int) -> tuple[int, int]:
    pages = max(1, -(-total // PAGE_SIZE))
    return min(max(page, 1), pages), pages


def _add_mentorships(session: Session, people: dict[int, MissingPerson]) -> None:
    place = models.MentorshipPerson
    query = (
        select(place.participant_id, models.Mentorship)
        .join(place.mentorship)
        .where(place.participant_id.in_(people), models.Mentorship.ended_at.is_(None))
        .order_by(models.Mentorship.id)
    )
    for participant_id, mentorship in session.execute(query):
        people[participant_id].mentorships.append(mentorship)


def _add_reviews(session: Session, cohort: models.Cohort, people: dict[int, MissingPerson]) -> None:
    experts = [key for key, one in people.items() if one.participant.role == "expert"]
    if experts:
        for expert_id, owed in reviews.of_experts(session, cohort, experts).items():
            people[expert_id].owed = owed


def _add_sessions(session: Session, people: dict[int, MissingPerson]) -> None:
    meeting = models.Session
    query = (
        select(
            models.Attendance.participant_id,
            func.count().filter(meeting.starts_at > clock.now()),
            func.count().filter(meeting.held_at.is_not(None)),
        )
        .join(models.Attendance.session)
        .where(models.Attendance.participant_id.in_(people), meeting.cancelled_at.is_(None))
        .group_by(models.Attendance.participant_id)
    )
    for participant_id, coming, held_sessions in session.execute(query):
        people[participant_id].coming, people[participant_id].held = coming, held_sessions
