"""Giving open reviews to experts who may do them: those with nobody, and those that somebody must not do."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.db import clock
from lti_tool.db.models import (
    Checkpoint,
    Cohort,
    ExpertAbsence,
    ExpertConflict,
    Member,
    Mentorship,
    Participant,
    Review,
    Topic,
)

MOST_EXPERTS = 100
MOST_AT_ONCE = 500
NOTICE = timedelta(days=7)
"""An expert hears of a review at least this long before it is due."""


def without_expert(session: Session, cohort: Cohort) -> dict[str, int]:
    """By name of the topic: open reviews that nobody is to do."""
    query = _of_nobody(cohort).join(Topic, Topic.id == Checkpoint.topic_id)
    counted = query.with_only_columns(Topic.name, func.count()).group_by(Topic.name).order_by(Topic.name)
    return {row[0]: row[1] for row in session.execute(counted)}


def give_to_whom_can(session: Session, cohort: Cohort) -> int:
    """Give open reviews that nobody is to do to the experts who can; how many found somebody."""
    owed = locked(session, _of_nobody(cohort).limit(MOST_AT_ONCE))
    return give_out(session, cohort, owed)


def give_out(session: Session, cohort: Cohort, owed: Sequence[Checkpoint], but: int | None = None) -> int:
    """Each review goes to the expert with the fewest open ones who knows the topic, need not avoid the two
    and has the time until the cohort ends; to nobody where there is none. How many found somebody.

    Args:
        but: an expert who gets none.
    """
    experts = [one for one in _experts(session, cohort) if one.id != but] if owed else []
    load, barred = _load(session, experts), _barred(session, experts)
    most = _most(session, cohort, experts)
    given = 0
    for checkpoint in owed:
        people = {one.participant_id for one in checkpoint.mentorship.people}
        able = [
            one
            for one in experts
            if load[one.id] < most[one.id]
            and people.isdisjoint(barred[one.id])
            and any(each.kind == "reviews" and each.topic_id == checkpoint.topic_id for each in one.interests)
        ]
        chosen = min(able, key=lambda one: (load[one.id], one.id), default=None)
        checkpoint.expert_id = None if chosen is None else chosen.id
        if chosen is not None:
            checkpoint.due_on = max(checkpoint.due_on, clock.today() + NOTICE)
            load[chosen.id] += 1
            given += 1
    session.flush()
    return given


def _most(session: Session, cohort: Cohort, experts: Sequence[Participant]) -> dict[int, int]:
    """Reviews for which each has the time until the cohort ends, without the days on which they are away."""
    first, last = clock.today(), max(cohort.ends_on, clock.today())
    days: dict[int, set[date]] = {one.id: set() for one in experts}
    query = select(ExpertAbsence).where(
        ExpertAbsence.expert_id.in_(days), ExpertAbsence.ends_on >= first, ExpertAbsence.starts_on <= last
    )
    for absence in session.scalars(query):
        begins, ends = max(absence.starts_on, first), min(absence.ends_on, last)
        days[absence.expert_id].update(begins + timedelta(days=at) for at in range((ends - begins).days + 1))
    left = max(1, (last - first).days)
    return {one.id: one.capacity * -(-max(0, left - len(days[one.id])) // 7) for one in experts}


def is_open() -> Select[Checkpoint]:
    """Reviews that are not signed, of pairs that have not ended."""
    return (
        select(Checkpoint)
        .join(Checkpoint.mentorship)
        .outerjoin(Review, Review.checkpoint_id == Checkpoint.id)
        .where(Review.id.is_(None), Mentorship.ended_at.is_(None))
    )


def locked(session: Session, query: Select[Checkpoint]) -> Sequence[Checkpoint]:
    """In order of the day on which they are due; whoever signs one at this moment is waited for."""
    ordered = query.order_by(Checkpoint.due_on, Checkpoint.id)
    return session.scalars(ordered.with_for_update(of=Checkpoint)).all()


def _of_nobody(cohort: Cohort) -> Select[Checkpoint]:
    return is_open().where(Mentorship.cohort_id == cohort.id, Checkpoint.expert_id.is_(None))


def _experts(session: Session, cohort: Cohort) -> Sequence[Participant]:
    query = (
        select(Participant)
        .join(Participant.member)
        .where(
            Participant.cohort_id == cohort.id,
            Participant.role == "expert",
            Participant.left_at.is_(None),
            Member.active,
            Member.missing_since.is_(None),
        )
        .options(selectinload(Participant.interests))
        .order_by(Participant.id)
    )
    return session.scalars(query.limit(MOST_EXPERTS)).all()


def _load(session: Session, experts: Sequence[Participant]) -> dict[int, int]:
    """Open reviews of each expert."""
    found = {one.id: 0 for one in experts}
    query = is_open().with_only_columns(Checkpoint.expert_id, func.count()).group_by(Checkpoint.expert_id)
    for expert_id, number in session.execute(query.where(Checkpoint.expert_id.in_(found))):
        assert expert_id is not None
        found[expert_id] = number
    return found


def _barred(session: Session, experts: Sequence[Participant]) -> dict[int, set[int]]:
    """By expert: people whose mentorships they must not review."""
    found: dict[int, set[int]] = {one.id: set() for one in experts}
    query = select(ExpertConflict.expert_id, ExpertConflict.person_id)
    for expert_id, person_id in session.execute(query.where(ExpertConflict.expert_id.in_(found))):
        found[expert_id].add(person_id)
    return found
