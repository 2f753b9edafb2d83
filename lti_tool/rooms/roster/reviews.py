"""Reviews that a missing expert still owes, and who else may do them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from lti_tool.db import models
from lti_tool.db.models import Checkpoint, Mentorship, Participant, Review

MOST_EXPERTS = 100


@dataclass
class Successor:
    """An expert who is here and reviews some of the topics."""

    expert: Participant
    takes: int
    """How many of the reviews are on their topics."""
    open: int
    """Reviews that they owe already."""


@dataclass
class Owed:
    checkpoints: list[Checkpoint] = field(default_factory=list)
    successors: list[Successor] = field(default_factory=list)


def of_experts(session: Session, cohort: models.Cohort, experts: Collection[int]) -> dict[int, Owed]:
    """What these experts (participant ids) owe, and to whom it can be handed over; only who owes any.

    Four queries, whatever their number.
    """
    owed: dict[int, Owed] = {}
    for one in session.scalars(_open().where(Checkpoint.expert_id.in_(experts))):
        assert one.expert_id is not None
        owed.setdefault(one.expert_id, Owed()).checkpoints.append(one)
    if owed:
        here = _experts_here(session, cohort)
        barred = _barred(session, [one.id for one, _number in here])
        for expert_id, found in owed.items():
            found.successors = _successors(found.checkpoints, here, expert_id, barred)
    return owed


def owes_any(session: Session, expert: Participant) -> bool:
    return session.scalar(_open().where(Checkpoint.expert_id == expert.id).limit(1)) is not None


def hand_over(
    session: Session, cohort: models.Cohort, ids: Collection[int], to: Participant
) -> list[Checkpoint]:
    """Give open checkpoints of the cohort to an expert, those that they may review; the ones that are theirs
    now.

    What was signed, or belongs to a pair that has ended, stays as it is. A repetition changes nothing.
    """
    barred = _barred(session, [to.id])
    query = _open().where(Checkpoint.id.in_(ids), Mentorship.cohort_id == cohort.id)
    # Whoever signs one at this moment is waited for, and then it is signed.
    locked = query.order_by(Checkpoint.id).with_for_update(of=Checkpoint)
    taken = [one for one in session.scalars(locked) if _may(to, one, barred)]
    for one in taken:
        one.expert_id = to.id
    session.flush()
    return taken


def expert_of(session: Session, cohort: models.Cohort, participant_id: int) -> Participant | None:
    """An expert of the cohort who has not left, missing or not; locked until the commit."""
    return session.scalar(
        select(Participant)
        .where(
            Participant.id == participant_id,
            Participant.cohort_id == cohort.id,
            Participant.role == "expert",
            Participant.left_at.is_(None),
        )
        .with_for_update(of=Participant, key_share=True)
    )


def _open() -> Select[Checkpoint]:
    return (
        select(Checkpoint)
        .join(Checkpoint.mentorship)
        .options(contains_eager(Checkpoint.mentorship))
        .outerjoin(Review, Review.checkpoint_id == Checkpoint.id)
        .where(_is_open())
        .order_by(Checkpoint.due_on, Checkpoint.id)
    )


def _is_open() -> ColumnElement[bool]:
    # What a pair that ended still owed is owed no more.
    return and_(Review.id.is_(None), Mentorship.ended_at.is_(None))


def _experts_here(session: Session, cohort: models.Cohort) -> list[tuple[Participant, int]]:
    """Experts who are on the course list, and how many reviews each owes; those with the fewest first."""
    owing = (
        select(Checkpoint.expert_id, func.count().label("number"))
        .join(Checkpoint.mentorship)
        .outerjoin(Review, Review.checkpoint_id == Checkpoint.id)
        .where(_is_open())
        .group_by(Checkpoint.expert_id)
        .subquery()
    )
    number = func.coalesce(owing.c.number, 0)
    query = (
        select(Participant, number)
        .join(Participant.member)
        .outerjoin(owing, owing.c.expert_id == Participant.id)
        .where(
            Participant.cohort_id == cohort.id,
            Participant.role == "expert",
            Participant.left_at.is_(None),
            models.Member.active,
            models.Member.missing_since.is_(None),
        )
        .order_by(number, Participant.id)
        .options(selectinload(Participant.interests))
        .limit(MOST_EXPERTS)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _successors(
    owed: Sequence[Checkpoint],
    here: Sequence[tuple[Participant, int]],
    expert_id: int,
    barred: Mapping[int, Collection[int]],
) -> list[Successor]:
    found = [
        Successor(one, sum(_may(one, check, barred) for check in owed), number)
        for one, number in here
        if one.id != expert_id
    ]
    return sorted((one for one in found if one.takes), key=lambda one: -one.takes)


def _may(expert: Participant, checkpoint: Checkpoint, barred: Mapping[int, Collection[int]]) -> bool:
    """On their topics, and of nobody whom they must not review."""
    people = {one.participant_id for one in checkpoint.mentorship.people}
    return checkpoint.topic_id in _topics(expert) and people.isdisjoint(barred.get(expert.id, ()))


def _barred(session: Session, experts: Collection[int]) -> dict[int, set[int]]:
    """By expert: participants whose mentorships they must not review."""
    query = select(models.ExpertConflict.expert_id, models.ExpertConflict.person_id)
    found: dict[int, set[int]] = {}
    for expert_id, person_id in session.execute(query.where(models.ExpertConflict.expert_id.in_(experts))):
        found.setdefault(expert_id, set()).add(person_id)
    return found


def _topics(expert: Participant) -> frozenset[int]:
    return frozenset(one.topic_id for one in expert.interests if one.kind == "reviews")
