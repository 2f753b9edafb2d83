"""From the people of a round and a recipe to a result with its proof, checked. Knows no database."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import matching
from lti_tool.rooms.rounds import reviews_chosen
from lti_tool.rooms.rounds.giving_way import require_possible
from lti_tool.rooms.rounds.proved import proved_of
from lti_tool.rooms.rounds.recipe import Posed, Recipe, places, posed, with_places
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
    """pairs, left_out, reviews, needs: as in `matching.Plan`. summary: the plan's counts and what else the
    page says. certificate: empty where there is none. check: what an independent look at it found."""

    pairs: tuple[matching.Pair, ...]
    left_out: tuple[matching.LeftOut, ...]
    reviews: tuple[matching.ReviewSlot, ...]
    needs: tuple[matching.ReviewNeed, ...]
    summary: dict[str, Any]
    certificate: dict[str, Any]
    check: matching.Verification | None


def work_out(asked: Candidates, recipe: Recipe, progress: matching.Progress) -> Outcome:
    """Solve, and check the proof with a program that shares nothing with the solver.

    Raises:
        NothingToChoose: nobody is left on one side.
        RulesGiveWay: not all pairs that are to be kept can be.
        whatever `progress` raises.
    """
    everybody = with_places(asked, recipe)
    for side in ("mentees", "mentors"):
        if not getattr(everybody, side):
            raise NothingToChoose(side)
    require_possible(everybody.mentees, everybody.mentors, recipe.rules, recipe.kept)
    people = posed(asked, recipe)
    plan = _plan(asked, recipe, everybody, _until(progress, CHECK_FROM))
    pairs, reviews = plan.pairs, plan.reviews
    found = proved_of(people, recipe, plan.result, _from(progress, CHECK_FROM))
    idle = _idle(asked, recipe, pairs)
    summary: dict[str, Any] = (
        found.numbers
        | reviews_chosen.numbers(plan.joint)
        | {
            "mentees": len(asked.mentees),
            "mentors": len(asked.mentors),
            "places": sum(places(one, recipe) for one in asked.mentors),
            "matched": len(pairs),
            "total": sum(pair.score for pair in pairs),
            "reviews_due": len(reviews),
            "reviews_covered": sum(slot.expert is not None for slot in reviews),
            "review_gaps": [
                asdict(one) for one in matching.review_gaps(reviews, asked.experts, weeks=asked.weeks)
            ],
            "worst": min((pair.score for pair in pairs), default=-1),
            "left_out": len(plan.left_out),
            "idle": len(idle),
            "idle_mentors": idle,
            "repair": _repair(asked, people, plan, recipe),
        }
    )
    return Outcome(pairs, plan.left_out, reviews, plan.needs, summary, found.certificate, found.check)


def _plan(
    asked: Candidates, recipe: Recipe, people: Posed, progress: matching.Progress
) -> matching.Plan | matching.TiedPlan:
    given = people.mentees, people.mentors, asked.experts, recipe.rules
    if recipe.ties == matching.Ties():
        return matching.plan(
            *given,
            weeks=asked.weeks,
            policy=asked.policy,
            worth=recipe.worth,
            objective=recipe.objective,
            time_limit=TIME_LIMIT,
            progress=progress,
        )
    return matching.plan_tied(
        *given,
        recipe.ties,
        weeks=asked.weeks,
        policy=asked.policy,
        worth=recipe.worth,
        objective=recipe.objective,
        time_limit=TIME_LIMIT,
        progress=progress,
    )


def _until(progress: matching.Progress, share: float) -> matching.Progress:
    return lambda fraction, stage: progress(fraction * share, "checking" if stage == "done" else stage)


def _from(progress: matching.Progress, share: float) -> matching.Progress:
    return lambda fraction, stage: progress(share + fraction * (1 - share), stage)


def _idle(asked: Candidates, recipe: Recipe, pairs: Sequence[matching.Pair]) -> list[int]:
    busy = {pair.mentor for pair in pairs}
    return [one.id for one in asked.mentors if places(one, recipe) and one.id not in busy]


def _repair(
    asked: Candidates, people: Posed, plan: matching.Plan | matching.TiedPlan, recipe: Recipe
) -> dict[str, Any] | None:
    """As the page tells it; languages and group only where not just anybody has them."""
    if recipe.ties.couples:
        return None  # one more mentor would not help whom a rule about two people keeps out
    left_out = {one.person for one in plan.left_out}
    named = matching.windows(asked.zone, asked.week_of)
    found = matching.cheapest_repair(people.mentees, left_out, recipe.rules, named)
    if found is None:
        return None
    told: dict[str, Any] = {
        "topic": found.topic,
        "slot": found.first_slot,
        "people": len(found.people),
        "week_of": asked.week_of.isoformat(),
    }
    if found.window is not None:
        told |= {"days": found.window.days, "part": found.window.part, "zone": asked.zone}
    if found.group is not None:
        told["group"] = found.group
    everybody = frozenset.intersection(*(one.languages for one in (*people.mentees, *people.mentors)))
    return told if everybody & {*found.languages} else told | {"languages": list(found.languages)}
