"""From the people of a round and a recipe to a result with its proof, checked. Knows no database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import matching
from lti_tool.rooms.rounds.recipe import Posed, Recipe, kept_pairs, places, posed
from lti_tool.rooms.rounds.snapshot import Candidates

TIME_LIMIT = 600.0
"""Seconds for each of the two optimisations; what needs more gives its best and says it is unproved."""

CHECK_FROM = 0.9
"""The share of the work after which the proof is checked."""


class NothingToChoose(Exception):
    """One side is empty once the recipe is applied: `mentees` or `mentors`."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.side = side


@dataclass(frozen=True)
class Outcome:
    """pairs, left_out, reviews: as in `matching.Plan`, kept pairs among them. summary: the plan's counts and
    what else the page says. check: what an independent look at the proof found."""

    pairs: tuple[matching.Pair, ...]
    left_out: tuple[matching.LeftOut, ...]
    reviews: tuple[matching.ReviewSlot, ...]
    summary: dict[str, Any]
    certificate: dict[str, Any]
    check: matching.Verification


def work_out(asked: Candidates, recipe: Recipe, progress: matching.Progress) -> Outcome:
    """Solve, and check the proof with a program that shares nothing with the solver.

    Raises:
        NothingToChoose: nobody is left on one side.
        whatever `progress` raises.
    """
    people = posed(asked, recipe)
    for side in ("mentees", "mentors"):
        if not getattr(people, side):
            raise NothingToChoose(side)
    kept = _kept(asked, recipe)
    plan = matching.plan(
        people.mentees,
        people.mentors,
        () if kept else asked.experts,
        recipe.rules,
        weeks=asked.weeks,
        objective=recipe.objective,
        time_limit=TIME_LIMIT,
        progress=_until(progress, CHECK_FROM),
    )
    pairs = _with_loads((*plan.pairs, *kept), asked, recipe) if kept else plan.pairs
    reviews = _reviews(pairs, asked, recipe) if kept else plan.reviews
    progress(CHECK_FROM, "checking")
    problem = people.problem(recipe.rules)
    check = matching.verify(problem, plan.result.certificate)
    idle = _idle(asked, recipe, pairs)
    summary: dict[str, Any] = dict(plan.summary) | {
        "mentees": len(asked.mentees),
        "places": sum(places(one, recipe) for one in asked.mentors),
        "matched": len(pairs),
        "kept": len(kept),
        "total": sum(pair.score for pair in pairs),
        "gap": plan.result.bound - plan.result.total,
        "reviews_due": len(reviews),
        "reviews_covered": sum(slot.expert is not None for slot in reviews),
        "worst": min((pair.score for pair in pairs), default=-1),
        "chosen_worst": plan.result.worst,
        "worst_proved": plan.result.certificate["worst_cover"] is not None,
        "blocking": matching.blocking_pairs(problem, plan.result.mentor),
        "idle": len(idle),
        "idle_mentors": idle,
        "repair": _repair(people, plan, recipe),
    }
    return Outcome(pairs, plan.left_out, reviews, summary, dict(plan.result.certificate), check)


def _until(progress: matching.Progress, share: float) -> matching.Progress:
    return lambda fraction, stage: progress(fraction * share, "checking" if stage == "done" else stage)


def _kept(asked: Candidates, recipe: Recipe) -> tuple[matching.Pair, ...]:
    """The pairs that stay together, described as the engine describes them."""
    mentees = {one.id: one for one in asked.mentees}
    mentors = {one.id: one for one in asked.mentors}
    free = replace(recipe.rules, excluded=frozenset(), groups="any")
    made = (_alone(mentees[one], mentors[other], free) for one, other in kept_pairs(asked, recipe))
    return tuple(pair for pair in made if pair is not None)


def _alone(mentee: matching.Person, mentor: matching.Person, rules: matching.Rules) -> matching.Pair | None:
    plan = matching.plan([mentee], [replace(mentor, capacity=1)], (), rules)
    return plan.pairs[0] if plan.pairs else None


def fits(mentee: matching.Person, mentor: matching.Person, rules: matching.Rules) -> bool:
    """Whether the two could be a pair at all: a topic, enough time and a language in common."""
    return _alone(mentee, mentor, replace(rules, excluded=frozenset(), groups="any")) is not None


def _with_loads(
    pairs: Sequence[matching.Pair], asked: Candidates, recipe: Recipe
) -> tuple[matching.Pair, ...]:
    """The pairs in order of the mentees, each with how full its mentor gets in the whole result."""
    taken = Counter(pair.mentor for pair in pairs)
    room = {one.id: places(one, recipe) for one in asked.mentors}

    def told(pair: matching.Pair) -> matching.Pair:
        load = matching.Reason("room", {"taken": taken[pair.mentor], "places": room[pair.mentor]})
        return replace(pair, reasons=(*(one for one in pair.reasons if one.kind != "room"), load))

    return tuple(told(pair) for pair in sorted(pairs, key=lambda pair: pair.mentee))


def _reviews(
    pairs: Sequence[matching.Pair], asked: Candidates, recipe: Recipe
) -> tuple[matching.ReviewSlot, ...]:
    high_risk = recipe.rules.high_risk
    return matching.review(pairs, asked.experts, high_risk, weeks=asked.weeks, time_limit=TIME_LIMIT)


def _idle(asked: Candidates, recipe: Recipe, pairs: Sequence[matching.Pair]) -> list[int]:
    busy = {pair.mentor for pair in pairs}
    return [one.id for one in asked.mentors if places(one, recipe) and one.id not in busy]


def _repair(people: Posed, plan: matching.Plan, recipe: Recipe) -> dict[str, Any] | None:
    left_out = {one.person for one in plan.left_out}
    found = matching.cheapest_repair(people.mentees, left_out, recipe.rules)
    if found is None:
        return None
    told: dict[str, Any] = {"topic": found.topic, "slot": found.first_slot, "people": len(found.people)}
    return told if found.group is None else told | {"group": found.group}
