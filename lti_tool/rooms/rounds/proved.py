"""What is proved of a result: by a certificate that is checked at once, or else by bounds."""

from dataclasses import dataclass
from typing import Any

import matching
from lti_tool.rooms.rounds.recipe import Posed, Recipe

Result = matching.AssignmentResult | matching.RuledResult | None


@dataclass(frozen=True)
class Proved:
    """numbers: for the summary of a result. certificate: empty where there is none."""

    numbers: dict[str, Any]
    certificate: dict[str, Any]
    check: matching.Verification | None


def proved_of(people: Posed, recipe: Recipe, result: Result, progress: matching.Progress) -> Proved:
    """What holds for those between whom there was a choice.

    numbers: proved (0 or 1); gap: points by which the sum of fits could be better; chosen_worst,
    worst_proved: the weakest fit, and whether it could be no better; chosen_total: the sum of fits; blocking;
    bound. Without a certificate also found and most_matched: learners to choose for who have a mentor, and of
    whom no plan within the rules places more.
    """
    if result is None:
        return Proved(
            {
                "proved": 1,
                "gap": 0,
                "chosen_worst": -1,
                "chosen_total": 0,
                "worst_proved": True,
                "blocking": 0,
            },
            {},
            None,
        )
    problem = people.problem(recipe.rules)
    numbers = {
        "proved": int(result.proved),
        "chosen_worst": result.worst,
        "chosen_total": result.total,
        "blocking": matching.blocking_pairs(problem, result.mentor),
    }
    if isinstance(result, matching.RuledResult):
        bounds = {
            "bound": result.total_bound,
            "gap": result.total_bound - result.total,
            "worst_proved": result.proved,
            "found": result.matched,
            "most_matched": result.matched_bound,
        }
        return Proved(numbers | bounds, {}, None)
    certificate = dict(result.certificate)
    proof = {
        "bound": result.bound,
        "gap": result.bound - result.total,
        "worst_proved": certificate["worst_cover"] is not None,
    }
    return Proved(numbers | proof, certificate, matching.verify(problem, certificate, progress))
