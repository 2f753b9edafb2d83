"""Starting the mentorship of a proposed pair: what may stand in the way, and its rows."""

import uuid
from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import settings
from lti_tool.db import clock, models
from lti_tool.db.models import Checkpoint, Mentorship, MentorshipPerson, Round, ScenarioPair
from lti_tool.rooms.rounds.weeks import due_on


def earlier_rows(session: Session, matching_round: Round) -> dict[uuid.UUID, Mentorship]:
    """Mentorships of this round that were published and taken back."""
    query = select(Mentorship).where(Mentorship.round_id == matching_round.id)
    return {one.registration: one for one in session.scalars(query)}


def with_checkpoint(session: Session, matching_round: Round) -> set[int]:
    """Mentorships of this round that owe a review already."""
    query = select(Checkpoint.mentorship_id).join(Checkpoint.mentorship)
    return set(session.scalars(query.where(Mentorship.round_id == matching_round.id)))


def open_places(session: Session, cohort_id: int) -> tuple[set[int], Counter[int]]:
    """Learners who have a mentor, and how many learners each mentor has."""
    query = (
        select(MentorshipPerson.participant_id, MentorshipPerson.role)
        .join(MentorshipPerson.mentorship)
        .where(Mentorship.cohort_id == cohort_id, Mentorship.ended_at.is_(None))
    )
    paired: set[int] = set()
    load: Counter[int] = Counter()
    for participant_id, role in session.execute(query):
        if role == "mentee":
            paired.add(participant_id)
        elif role == "mentor":
            load[participant_id] += 1
    return paired, load


def obstacle_to(
    pair: ScenarioPair, paired: set[int], load: Counter[int], refused: frozenset[tuple[int, int]]
) -> str | None:
    """gone, apart, paired or full; None where the pair can start.

    Args:
        refused: (learner, mentor) of whom one would rather not; said since the round began, perhaps.
    """
    if not (is_here(pair.mentee) and is_here(pair.mentor)):
        return "gone"
    if (pair.mentee_id, pair.mentor_id) in refused:
        return "apart"
    if pair.mentee_id in paired:
        return "paired"
    if load[pair.mentor_id] >= pair.mentor.capacity:
        return "full"
    return None


def is_here(participant: models.Participant) -> bool:
    return participant.left_at is None and participant.member.active and not participant.is_missing


def started(
    session: Session, matching_round: Round, pair: ScenarioPair, known: dict[uuid.UUID, Mentorship]
) -> Mentorship:
    """The pair's mentorship, begun now; the same one where it was published and taken back before."""
    registration = _registration(matching_round, pair)
    mentorship = known.get(registration)
    if mentorship is None:
        mentorship = Mentorship(
            registration=registration,
            cohort=matching_round.cohort,
            round_id=matching_round.id,
            topic=pair.topic,
            score=pair.score,
            reasons=pair.reasons,
            people=[
                MentorshipPerson(participant=pair.mentee, role="mentee"),
                MentorshipPerson(participant=pair.mentor, role="mentor"),
            ],
        )
        session.add(mentorship)
    mentorship.started_at = clock.now()
    mentorship.ended_at = None
    return mentorship


def _registration(matching_round: Round, pair: ScenarioPair) -> uuid.UUID:
    # The same pair of the same round always gets the same one; two installations, or one that was set up
    # anew, never do, though they may report to the same record store.
    name = f"{settings.current().public_url}/rounds/{matching_round.id}/pairs/{pair.id}"
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{name}?started={matching_round.started_at.isoformat()}")


def checkpoint_of(
    cohort: models.Cohort, pair: ScenarioPair, mentorship: Mentorship, barred: Mapping[int, frozenset[int]]
) -> Checkpoint:
    """The review that the pair owes.

    Args:
        barred: by expert, whom they must not review (since the round was run, perhaps).
    """
    expert = pair.expert if pair.expert is not None and is_here(pair.expert) else None
    if expert is not None and barred.get(expert.id, frozenset()) & {pair.mentee_id, pair.mentor_id}:
        expert = None
    week = pair.checkpoint_week if expert is not None else None
    return Checkpoint(
        mentorship=mentorship,
        topic=pair.topic,
        because=pair.owes_because,
        expert=expert,
        due_on=due_on(cohort, week, clock.today()),
        created_at=clock.now(),
    )
