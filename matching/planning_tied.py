"""A plan in which a coordinator decided about some people beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.assignment import FAIR, AssignmentResult, assign
from matching.checkpoints import ReviewSlot
from matching.flow import NOBODY
from matching.joint import Joint, choose_jointly
from matching.left_out import LeftOut, explain_left_out
from matching.people import Expert, Person
from matching.planning import by_id, idle_mentors, made_pairs, people_problem
from matching.problem import AssignmentProblem, Ints
from matching.progress import Progress, part, silent
from matching.reasons import Pair, Reason
from matching.review_needs import ReviewNeed, ReviewPolicy, review_owed
from matching.reviewers import Reviewers
from matching.ruled import RuledResult, assign_within
from matching.rules import Rules
from matching.scoring import score_matrix
from matching.ties import Ties, freed, require_quotas, side_rules


@dataclass(frozen=True, eq=False)
class TiedPlan:
    """pairs, left_out, idle, reviews, needs: as in `Plan`, with the locked pairs among them. joint: as in
    `Plan`, None where mentees are tied to each other, or nothing was left to choose. free: how many mentees
    there were to choose for. result: what was found for them, on the problem of `freed` people: with a
    certificate where nobody is tied to another mentee, else with bounds; None where nothing was left to
    choose."""

    pairs: tuple[Pair, ...]
    left_out: tuple[LeftOut, ...]
    idle: tuple[int, ...]
    reviews: tuple[ReviewSlot, ...]
    needs: tuple[ReviewNeed, ...]
    joint: Joint | None
    free: int
    result: AssignmentResult | RuledResult | None


def plan_tied(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    experts: Sequence[Expert],
    rules: Rules,
    ties: Ties,
    *,
    weeks: int = 12,
    policy: ReviewPolicy | None = None,
    worth: int = 0,
    objective: tuple[str, ...] = FAIR,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> TiedPlan:
    """As `plan`, within the ties: the locked pairs are made, then the best is found for all others.

    Reasons of somebody left out are those of `LeftOut` and, where a rule keeps them out: together, apart, or
    tied (the places that would fit go to people who are tied to each other). Raises ValueError as `plan` and
    `freed` do, or naming together or apart; ImpossibleRules.
    """
    if weeks < 1:
        raise ValueError("weeks: the window must have at least one week")
    report = progress or silent
    report(0.0, "scores")
    mentees, mentors = by_id(mentees), by_id(mentors)
    free, places = freed(mentees, mentors, ties)
    require_quotas(ties)
    policy = policy or ReviewPolicy(rules.high_risk)
    result: AssignmentResult | RuledResult | None = None
    joint: Joint | None = None
    left_out: tuple[LeftOut, ...] = ()
    if free:
        problem = people_problem(free, places, rules)
        result = _solved(problem, ties, free, places, objective, time_limit, part(report, 0.05, 0.7))
        if isinstance(result, AssignmentResult):
            asked = Reviewers(free, places, experts, policy, weeks, worth, _locked(mentees, mentors, ties))
            joint = choose_jointly(
                problem, result, asked, time_limit=time_limit, progress=part(report, 0.7, 0.8)
            )
            result = joint.result
        left_out = _left_out(free, places, rules, problem, result.mentor, ties)
    mentor = _whole(mentees, mentors, free, ties, result)
    pairs = made_pairs(mentees, mentors, rules, score_matrix(mentees, mentors, rules), mentor)
    needs, reviews = review_owed(
        pairs,
        experts,
        policy,
        weeks=weeks,
        time_limit=time_limit,
        progress=part(report, 0.85, 1.0),
    )
    report(1.0, "done")
    idle = idle_mentors(mentors, mentor)
    return TiedPlan(pairs, left_out, idle, reviews, needs, joint, len(free), result)


def _locked(mentees: Sequence[Person], mentors: Sequence[Person], ties: Ties) -> list[tuple[Person, Person]]:
    people, others = ({one.id: one for one in side} for side in (mentees, mentors))
    return [(people[mentee], others[mentor]) for mentee, mentor in ties.locks]


def _solved(
    problem: AssignmentProblem,
    ties: Ties,
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    objective: tuple[str, ...],
    time_limit: float | None,
    progress: Progress,
) -> AssignmentResult | RuledResult:
    if not ties.couples:
        return assign(problem, objective, time_limit=time_limit, progress=progress)
    rules = side_rules(ties, mentees, mentors)
    fair = "worst" in objective
    return assign_within(problem, rules, fair=fair, time_limit=time_limit, progress=progress)


def _whole(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    free: Sequence[Person],
    ties: Ties,
    result: AssignmentResult | RuledResult | None,
) -> Ints:
    """The column of everybody's mentor, the locked among them."""
    columns = {one.id: column for column, one in enumerate(mentors)}
    whole = {mentee: columns[mentor] for mentee, mentor in ties.locks}
    if result is not None:
        whole |= zip((one.id for one in free), result.mentor.tolist(), strict=True)
    return np.array([whole.get(one.id, NOBODY) for one in mentees], dtype=np.int64)


def _left_out(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    rules: Rules,
    problem: AssignmentProblem,
    mentor: Ints,
    ties: Ties,
) -> tuple[LeftOut, ...]:
    """As `explain_left_out`, but said of a rule where the rule and no lack of places keeps somebody out."""
    together, apart = (
        frozenset(id for pair in pairs for id in pair) for pairs in (ties.together, ties.apart)
    )
    return tuple(
        LeftOut(one.person, _by_rule(one, together, apart))
        for one in explain_left_out(mentees, mentors, rules, problem, mentor)
    )


def _by_rule(one: LeftOut, together: frozenset[int], apart: frozenset[int]) -> Reason:
    if one.reason.kind != "no_room":
        return one.reason
    if one.person in together:
        return Reason("together", {})
    if one.reason.params["competing"] > one.reason.params["places"]:
        return one.reason
    return Reason("apart" if one.person in apart else "tied", {})
