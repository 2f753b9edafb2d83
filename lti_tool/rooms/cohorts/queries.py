"""Reading cohorts: the instructor's list, the learner's way in, one cohort's figures."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, load_only, selectinload

from lti_tool.db import models
from lti_tool.rooms.cohorts import counts
from lti_tool.rooms.cohorts.counts import Counts
from lti_tool.web import audience

PAGE_SIZE = 50
MOST_CHOICES = 50


def waiting_since(session: Session, cohort: models.Cohort) -> datetime | None:
    """Since when the first of those who wait has been without a mentor: since the last pair ended, or since
    enough is known of them."""
    place, person = models.MentorshipPerson, models.Participant
    ended = (
        select(func.max(models.Mentorship.ended_at))
        .join(place, place.mentorship_id == models.Mentorship.id)
        .where(place.participant_id == person.id, place.role == "mentee")
        .correlate(person)
        .scalar_subquery()
    )
    since = func.min(func.coalesce(ended, person.prepared_at, person.joined_at))
    query = select(since).select_from(person).join(person.member)
    return session.scalar(query.where(person.cohort_id == cohort.id, counts.is_waiting()))


@dataclass(frozen=True)
class CohortCard:
    cohort: models.Cohort
    state: str
    """coming, running or ended."""
    counts: Counts
    reviews: int | None
    """Reviews that the viewer owes in it as an expert; None when they are none."""


@dataclass(frozen=True)
class CohortPage:
    cards: list[CohortCard]
    page: int
    pages: int


@dataclass(frozen=True)
class TopicDemand:
    name: str
    risk: str
    wanted: int
    """People who want to learn it."""
    offered: int
    """Places of the mentors who offer it; a mentor of two topics has places in both."""

    @property
    def short(self) -> int:
        """Places that are missing."""
        return max(0, self.wanted - self.offered)


def state_of(cohort: models.Cohort, today: date) -> str:
    if today < cohort.starts_on:
        return "coming"
    return "running" if today <= cohort.ends_on else "ended"


def cohort_page(session: Session, member: models.Member, today: date, page: int) -> CohortPage:
    """The course's cohorts for somebody who teaches it: those that go on first, then the newest."""
    course_id = member.course_id
    total = session.scalar(
        select(func.count()).select_from(models.Cohort).where(models.Cohort.course_id == course_id)
    )
    pages = max(1, -(-(total or 0) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    cohorts = list(
        session.scalars(
            select(models.Cohort)
            .where(models.Cohort.course_id == course_id)
            .order_by(
                (models.Cohort.ends_on < today),
                (models.Cohort.starts_on > today),
                models.Cohort.starts_on.desc(),
                models.Cohort.id.desc(),
            )
            .options(selectinload(models.Cohort.topics))
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        )
    )
    numbers = counts.count(session, [cohort.id for cohort in cohorts])
    reviews = open_reviews(session, member)
    cards = [
        CohortCard(cohort, state_of(cohort, today), numbers[cohort.id], reviews.get(cohort.id))
        for cohort in cohorts
    ]
    return CohortPage(cards, page, pages)


def open_reviews(session: Session, member: models.Member) -> dict[int, int]:
    """How many reviews the member owes, by cohort; 0 where they are an expert with nothing to do."""
    query = (
        select(models.Participant.cohort_id, func.count(models.Checkpoint.id) - func.count(models.Review.id))
        .outerjoin(models.Checkpoint, models.Checkpoint.expert_id == models.Participant.id)
        .outerjoin(models.Review, models.Review.checkpoint_id == models.Checkpoint.id)
        .where(
            models.Participant.member_id == member.id,
            models.Participant.role == "expert",
            models.Participant.left_at.is_(None),
        )
        .group_by(models.Participant.cohort_id)
    )
    return dict(session.execute(query).all())


def cohorts_of_learner(
    session: Session, member: models.Member, today: date
) -> list[tuple[models.Cohort, models.Participant | None]]:
    """Cohorts that are open to the member, and those they belong to; with their own part in each."""
    part = models.Participant
    query = (
        select(models.Cohort, part)
        .outerjoin(part, and_(part.cohort_id == models.Cohort.id, part.member_id == member.id))
        .where(
            models.Cohort.course_id == member.course_id,
            or_(and_(models.Cohort.ends_on >= today, audience.open_to(member)), part.id.is_not(None)),
        )
        .order_by((models.Cohort.ends_on < today), models.Cohort.starts_on, models.Cohort.id)
        .options(selectinload(models.Cohort.topics), selectinload(part.interests))
        .limit(MOST_CHOICES)
    )
    return [(cohort, participant) for cohort, participant in session.execute(query)]


def linked_cohort(session: Session, course_id: int, link_id: int | None) -> int | None:
    """The cohort to which the link that the person came by belongs."""
    if link_id is None:
        return None
    return session.scalar(
        select(models.ResourceLink.cohort_id).where(
            models.ResourceLink.id == link_id, models.ResourceLink.course_id == course_id
        )
    )


def others_only(session: Session, member: models.Member, today: date) -> bool:
    """Whether cohorts go on or are planned, and all of them are for groups of which the member is none."""
    coming = select(models.Cohort.id).where(
        models.Cohort.course_id == member.course_id, models.Cohort.ends_on >= today
    )
    return session.scalar(coming.limit(1)) is not None


def headcount(session: Session, cohort: models.Cohort) -> int:
    """Active members of the course who learn, can open the cohort's link and are of its group."""
    query = (
        select(func.count())
        .select_from(models.Member)
        .where(
            models.Member.course_id == cohort.course_id,
            models.Member.active,
            models.Member.role == "learner",
            may_open(cohort),
            audience.is_meant(cohort),
        )
    )
    return session.scalar(query) or 0


def may_open(cohort: models.Cohort) -> ColumnElement[bool]:
    """Whether the member of the query can open the cohort in the LMS, as far as the roster reading found."""
    link, group, place = models.ResourceLink, models.CourseGroup, models.GroupMember
    of_link = and_(group.course_id == link.course_id, group.kind == "link", group.key == link.link_id)
    links = select(link.id).where(link.cohort_id == cohort.id)
    open_to_all = links.where(~exists().where(of_link)).exists()
    listed = select(place.group_id).join(group, group.id == place.group_id).join(link, of_link)
    is_listed = listed.where(link.cohort_id == cohort.id, place.member_id == models.Member.id).exists()
    return or_(~links.exists(), open_to_all, is_listed)


def roster_size(session: Session, course_id: int) -> int:
    query = (
        select(func.count())
        .select_from(models.Member)
        .where(models.Member.course_id == course_id, models.Member.active)
    )
    return session.scalar(query) or 0


def demand(session: Session, cohort: models.Cohort) -> list[TopicDemand]:
    """Each topic in order: how many want it, and how many places there are."""
    person, interest = models.Participant, models.Interest
    offers = and_(interest.kind == "offers", person.mentor_approved, counts.mentors())
    query = (
        select(
            interest.topic_id,
            func.count().filter(interest.kind == "wants", counts.learns()),
            func.coalesce(func.sum(person.capacity).filter(offers), 0),
        )
        .join(person, person.id == interest.participant_id)
        .join(models.Member, models.Member.id == person.member_id)
        .where(person.cohort_id == cohort.id, counts.is_here())
        .group_by(interest.topic_id)
    )
    found = {topic_id: (wanted, offered) for topic_id, wanted, offered in session.execute(query)}
    return [TopicDemand(topic.name, topic.risk, *found.get(topic.id, (0, 0))) for topic in cohort.topics]


def latest_round(session: Session, cohort: models.Cohort) -> models.Round | None:
    """The newest run of matching."""
    return session.scalar(
        select(models.Round)
        .where(models.Round.cohort_id == cohort.id)
        .order_by(models.Round.number.desc())
        .limit(1)
    )


def has_scenario(session: Session, matching_round: models.Round) -> bool:
    """Whether it proposes something: an adjustment may find that nothing should change."""
    row = models.Scenario
    query = select(row.summary).where(row.round_id == matching_round.id).order_by(row.id.desc())
    summary = session.scalar(query.limit(1))
    return summary is not None and summary.get("changes") != []


def has_held_roster(session: Session, course_id: int) -> bool:
    return (
        session.get(models.HeldRoster, course_id, options=[load_only(models.HeldRoster.read_at)]) is not None
    )
