"""Experts of a cohort: members whom an instructor names to review pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from lti_tool.db import clock, models
from lti_tool.web.times import is_zone

MOST_EXPERTS = 100
MOST_CANDIDATES = 500
EXPERT_COMMAND = 3


class HasOpenReviews(Exception):
    """An expert who still owes reviews. ``args[0]`` is how many."""


class TakesPart(Exception):
    """A member who takes part in the cohort cannot review it."""


@dataclass(frozen=True)
class Expert:
    participant: models.Participant
    open: int
    signed: int


def experts(session: Session, cohort: models.Cohort) -> list[Expert]:
    """The experts with how many reviews each owes and has signed."""
    query = (
        select(
            models.Participant,
            func.count(models.Checkpoint.id) - func.count(models.Review.id),
            func.count(models.Review.id),
        )
        .outerjoin(models.Checkpoint, models.Checkpoint.expert_id == models.Participant.id)
        .outerjoin(models.Review, models.Review.checkpoint_id == models.Checkpoint.id)
        .where(
            models.Participant.cohort == cohort,
            models.Participant.role == "expert",
            models.Participant.left_at.is_(None),
        )
        .group_by(models.Participant.id)
        .order_by(models.Participant.joined_at, models.Participant.id)
        .limit(MOST_EXPERTS)
    )
    # The person is loaded apart: PostgreSQL would want every joined column in the grouping.
    loading = (
        selectinload(models.Participant.member).selectinload(models.Member.person),
        selectinload(models.Participant.interests).selectinload(models.Interest.topic),
    )
    return [Expert(*row) for row in session.execute(query.options(*loading))]


def candidates(
    session: Session, cohort: models.Cohort, chosen: models.Participant | None
) -> list[models.Member]:
    """Members who may be named: those who teach first, and nobody who takes part in the cohort already.

    Args:
        chosen: the expert to be changed, who may be named again.
    """
    takes_part = exists().where(
        models.Participant.member_id == models.Member.id,
        models.Participant.cohort_id == cohort.id,
        or_(models.Participant.role != "expert", models.Participant.left_at.is_(None)),
        models.Participant.id != (chosen.id if chosen is not None else 0),
    )
    teaches = models.Member.role.in_(["instructor", "assistant", "administrator"])
    query = (
        select(models.Member)
        .join(models.Member.person)
        .where(
            models.Member.course_id == cohort.course_id,
            models.Member.active,
            models.Member.role.not_in(["observer", "none"]),
            ~takes_part,
        )
        .order_by(
            teaches.desc(), func.coalesce(models.Person.name, models.Member.pseudonym), models.Member.id
        )
        .limit(MOST_CANDIDATES)
    )
    return list(session.scalars(query))


def topics_without_expert(session: Session, cohort: models.Cohort) -> list[str]:
    """Names of the topics whose pairs owe a review, or may, that nobody named can do."""
    anywhere = cohort.checkpoints == "all" or cohort.review_untrained or cohort.audit_percent > 0
    if cohort.checkpoints == "none" and not anywhere:
        return []
    reviewed = exists().where(
        models.Interest.topic_id == models.Topic.id,
        models.Interest.kind == "reviews",
        models.Interest.participant_id == models.Participant.id,
        models.Participant.role == "expert",
        models.Participant.left_at.is_(None),
    )
    query = select(models.Topic.name).where(models.Topic.cohort_id == cohort.id, ~reviewed)
    if not anywhere:
        query = query.where(models.Topic.risk == "high")
    return list(session.scalars(query.order_by(models.Topic.position)))


def name_expert(
    session: Session,
    cohort: models.Cohort,
    member: models.Member,
    topics: Sequence[models.Topic],
    reviews: int,
) -> models.Participant:
    """Make a member an expert of the cohort, or change what they review.

    Args:
        reviews: half hours a week.

    Raises:
        TakesPart: the member learns or mentors in the cohort.
    """
    expert = _part_of(session, cohort, member) or _insert(session, cohort, member)
    if expert.role != "expert":
        raise TakesPart
    session.refresh(expert, ["interests"])  # they may have been read before the row was locked
    expert.left_at = None
    expert.capacity = reviews
    _set_topics(expert, topics)
    session.flush()
    return expert


def remove_expert(session: Session, expert: models.Participant) -> None:
    """Let an expert go who owes no review. What they signed stays.

    Raises:
        HasOpenReviews: reviews are still assigned to them.
    """
    owed = session.scalar(
        select(func.count(models.Checkpoint.id))
        .outerjoin(models.Review, models.Review.checkpoint_id == models.Checkpoint.id)
        .where(models.Checkpoint.expert_id == expert.id, models.Review.id.is_(None))
    )
    if owed:
        raise HasOpenReviews(owed)
    expert.left_at = expert.left_at or clock.now()
    session.flush()


def _part_of(session: Session, cohort: models.Cohort, member: models.Member) -> models.Participant | None:
    query = select(models.Participant).where(
        models.Participant.cohort == cohort, models.Participant.member == member
    )
    return session.scalar(query.with_for_update(of=models.Participant, key_share=True))


def _insert(session: Session, cohort: models.Cohort, member: models.Member) -> models.Participant:
    """Add the expert, or find what a second click, or the member, has just added."""
    try:
        with session.begin_nested():
            expert = _new_expert(cohort, member)
            session.add(expert)
    except IntegrityError:
        first = _part_of(session, cohort, member)
        if first is None:
            raise
        return first
    return expert


def _new_expert(cohort: models.Cohort, member: models.Member) -> models.Participant:
    zone = member.person.timezone
    return models.Participant(
        cohort=cohort,
        member=member,
        role="expert",
        mentor_approved=True,
        timezone=zone if zone is not None and is_zone(zone) else "UTC",
        week=frozenset(),
        languages=[],
        joined_at=clock.now(),
        interests=[],
    )


def _set_topics(expert: models.Participant, topics: Sequence[models.Topic]) -> None:
    wished = {topic.id: topic for topic in topics}
    for interest in list(expert.interests):
        if interest.topic_id in wished:
            del wished[interest.topic_id]
        else:
            expert.interests.remove(interest)
    expert.interests += [
        models.Interest(topic=topic, kind="reviews", level=EXPERT_COMMAND) for topic in wished.values()
    ]
