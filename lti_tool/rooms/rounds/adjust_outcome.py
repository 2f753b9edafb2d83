"""From a cohort in mid-life to the fewest changes that give most people a mentor. Knows no database."""

from collections import Counter
from dataclasses import asdict
from typing import Any

import matching
from lti_tool.rooms.rounds.adjustment import Adjustment
from lti_tool.rooms.rounds.giving_way import require_possible
from lti_tool.rooms.rounds.outcome import TIME_LIMIT, NothingToChoose, Outcome
from lti_tool.rooms.rounds.recipe import Recipe
from lti_tool.rooms.rounds.snapshot import Candidates


def work_out_adjustment(asked: Candidates, recipe: Recipe, progress: matching.Progress) -> Outcome:
    """The new pairs, with all that changes in the summary; see `_numbers`.

    Raises:
        NothingToChoose: nobody is left on one side.
        RulesGiveWay: not all pairs that are to be kept can be.
        matching.TooFewChanges: more running pairs have to change than may.
        matching.ImpossibleRules: the rules about people contradict each other here.
        TimeoutError: nothing was found in time.
        whatever `progress` raises.
    """
    adjustment = recipe.adjustment
    assert adjustment is not None
    for side in ("mentees", "mentors"):
        if not getattr(asked, side):
            raise NothingToChoose(side)
    require_possible(asked.mentees, asked.mentors, recipe.rules, recipe.kept, adjustment.pairs)
    plan = matching.plan_amended(
        asked.mentees,
        asked.mentors,
        asked.experts,
        recipe.rules,
        adjustment.mentor_of,
        recipe.ties,
        most_changes=adjustment.most_changes,
        weeks=asked.weeks,
        policy=asked.policy,
        time_limit=TIME_LIMIT,
        progress=progress,
    )
    summary = _numbers(asked, recipe, adjustment, plan)
    return Outcome(plan.pairs, plan.left_out, plan.reviews, plan.needs, summary, {}, None)


def _numbers(
    asked: Candidates, recipe: Recipe, adjustment: Adjustment, plan: matching.AmendedPlan
) -> dict[str, Any]:
    """changes: [mentee, mentor now, mentor then, kind, why], who loses somebody first; why of a running pair
    that ends: rule, places or room. disturbed: running pairs that could have stood. stand: those that do.
    most_matched, gap: what nobody could do better within the same limits, and how far it may be off."""
    amended = plan.amended
    kinds = Counter(one.kind for one in plan.changes)
    ends = sum(one.before is not None for one in plan.changes)
    reviews = plan.reviews
    return {
        "mentees": len(asked.mentees),
        "mentors": len(asked.mentors),
        "places": sum(one.capacity for one in asked.mentors),
        "matched": len(plan.pairs),
        "with_mentor": amended.matched,
        "worst": min((pair.score for pair in plan.pairs), default=-1),
        "total": sum(pair.score for pair in plan.pairs),
        "left_out": len(plan.left_out),
        "idle": len(plan.idle),
        "idle_mentors": list(plan.idle),
        "reviews_due": len(reviews),
        "reviews_covered": sum(slot.expert is not None for slot in reviews),
        "review_gaps": [
            asdict(one) for one in matching.review_gaps(reviews, asked.experts, weeks=asked.weeks)
        ],
        "changes": _changes(asked, adjustment, recipe, plan),
        "running": len(adjustment.before),
        "stand": len(adjustment.before) - ends,
        "placed": kinds["placed"],
        "disturbed": amended.disturbed,
        "most_changes": adjustment.most_changes,
        "most_matched": amended.matched_bound,
        "gap": amended.total_bound - amended.total,
        "proved": int(amended.proved),
    }


def _changes(
    asked: Candidates, adjustment: Adjustment, recipe: Recipe, plan: matching.AmendedPlan
) -> list[list[Any]]:
    load = Counter(one.mentor for one in adjustment.before)
    crowded = {one.id for one in asked.mentors if load[one.id] > one.capacity}
    locked = dict(recipe.ties.locks)

    def why(one: matching.PersonChange) -> str | None:
        if one.before is None:
            return None
        apart = (one.mentee, one.before) in recipe.rules.excluded
        if apart or locked.get(one.mentee, one.before) != one.before:
            return "rule"
        return "places" if one.before in crowded else "room"

    ordered = sorted(plan.changes, key=lambda one: (one.after is not None, one.before is None, one.mentee))
    return [[one.mentee, one.before, one.after, one.kind, why(one)] for one in ordered]
