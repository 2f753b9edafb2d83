"""Making an adjustment real: what ends and what begins, in one step; what stands is not touched."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lti_tool.db import models
from lti_tool.db.models import Mentorship, MentorshipPerson, Participant, Round, Scenario, ScenarioPair
from lti_tool.rooms.rounds import ending, expert_limits, wishes
from lti_tool.rooms.rounds.adjustment import Running
from lti_tool.rooms.rounds.queries import pairs_of
from lti_tool.rooms.rounds.recipe import Recipe
from lti_tool.rooms.rounds.starting import (
    checkpoint_of,
    earlier_rows,
    obstacle_to,
    open_places,
    started,
    with_checkpoint,
)

FOR_A_PLACE = frozenset({"places", "room"})
"""Why a pair ends that could go on if its mentor had a place."""


@dataclass(frozen=True)
class Step:
    """What is to become of one learner: the pair that ends, the one that begins."""

    ends: Mentorship | None
    begins: ScenarioPair | None
    why: str | None
    """Why the pair ends: rule, places or room."""


@dataclass(frozen=True)
class Carried:
    """What was done, and the pairs that could not begin, each with its obstacle; their old ones stand."""

    mentorships: list[Mentorship]
    ended: list[Mentorship]
    skipped: list[tuple[ScenarioPair, str]]


def carry_out(session: Session, matching_round: Round, scenario: Scenario, by: models.Member) -> Carried:
    """End and begin as the proposal says, as far as that is still possible.

    Where a new pair cannot begin any more, because something changed since the round, the learner keeps the
    old one; that may leave no room for another, and so on, until the rest fits together. Nor does a pair end
    to make room that nobody takes any more.
    """
    paired, load = open_places(session, matching_round.cohort_id)
    refused = wishes.refused(session, matching_round.cohort)
    steps, skipped = _possible(_steps(session, scenario), paired, load, refused)
    steps = _needed(steps, load)
    ended = [one.ends for one in steps if one.ends is not None]
    ending.end(session, matching_round, ended, by)
    known, owing = earlier_rows(session, matching_round), with_checkpoint(session, matching_round)
    barred = expert_limits.barred(session, matching_round.cohort)
    mentorships = []
    for pair in (one.begins for one in steps):
        if pair is None:
            continue
        mentorship = started(session, matching_round, pair, known)
        mentorships.append(mentorship)
        if pair.owes_checkpoint and mentorship.id not in owing:
            session.add(checkpoint_of(matching_round.cohort, pair, mentorship, barred))
    return Carried(mentorships, ended, skipped)


def _steps(session: Session, scenario: Scenario) -> list[Step]:
    """What the proposal changes; pairs that ended meanwhile need not be ended."""
    recipe = Recipe.from_json(scenario.setup or {})
    assert recipe.adjustment is not None
    before = {one.mentee: one for one in recipe.adjustment.before}
    changed = {row[0]: row[4] for row in scenario.summary["changes"]}
    begins = {pair.mentee_id: pair for pair in session.scalars(pairs_of(scenario))}
    ends = _open(session, (before[one] for one in changed.keys() & before.keys()))
    return [Step(ends.get(mentee), begins.get(mentee), changed[mentee]) for mentee in sorted(changed)]


def _needed(steps: list[Step], load: Counter[int]) -> list[Step]:
    """Without those that end a pair for which its mentor has a place after all: somebody left meanwhile, or
    the mentor takes more again."""
    after, needed = Counter(load), list(steps)
    for one in steps:
        _apply(one, after, 1)
    while True:
        idle = next((one for one in needed if _has_a_place(one, after)), None)
        if idle is None:
            return needed
        _apply(idle, after, -1)
        needed.remove(idle)


def _apply(one: Step, load: Counter[int], sign: int) -> None:
    if one.ends is not None:
        load[one.ends.person("mentor").id] -= sign
    if one.begins is not None:
        load[one.begins.mentor_id] += sign


def _has_a_place(one: Step, load: Counter[int]) -> bool:
    if one.ends is None or one.why not in FOR_A_PLACE:
        return False
    mentor = one.ends.person("mentor")
    return load[mentor.id] < mentor.capacity


def _open(session: Session, running: Iterable[Running]) -> dict[int, Mentorship]:
    """Of these, by learner, those that still run."""
    wanted = {one.mentorship: one.mentee for one in running}
    query = (
        select(Mentorship)
        .where(Mentorship.id.in_(wanted), Mentorship.ended_at.is_(None))
        .options(
            selectinload(Mentorship.people)
            .joinedload(MentorshipPerson.participant)
            .joinedload(Participant.member)
        )
        # Whoever books at this moment has the mentorship's row, or waits for it and finds it ended.
        .with_for_update(of=Mentorship, key_share=True)
    )
    return {wanted[one.id]: one for one in session.scalars(query)}


def _possible(
    steps: list[Step], paired: set[int], load: Counter[int], refused: frozenset[tuple[int, int]]
) -> tuple[list[Step], list[tuple[ScenarioPair, str]]]:
    """The steps that can be taken together, and the pairs of the others with what is in their way."""
    skipped: list[tuple[ScenarioPair, str]] = []
    while True:
        found = _obstacles(steps, set(paired), Counter(load), refused)
        if not found:
            return steps, skipped
        skipped += found
        stopped = {pair.id for pair, _why in found}
        steps = [one for one in steps if one.begins is None or one.begins.id not in stopped]


def _obstacles(
    steps: list[Step], paired: set[int], load: Counter[int], refused: frozenset[tuple[int, int]]
) -> list[tuple[ScenarioPair, str]]:
    for one in (step.ends for step in steps):
        if one is not None:
            paired.discard(one.person("mentee").id)
            load[one.person("mentor").id] -= 1
    found = []
    for pair in (step.begins for step in steps):
        if pair is None:
            continue
        why = obstacle_to(pair, paired, load, refused)
        if why is not None:
            found.append((pair, why))
            continue
        paired.add(pair.mentee_id)
        load[pair.mentor_id] += 1
    return found
