"""Why somebody did not get a certain mentor where learners are tied to each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import matching
from lti_tool.rooms.rounds.checking import Stored
from lti_tool.rooms.rounds.outcome import TIME_LIMIT

NOBODY = -1


@dataclass(frozen=True)
class Rest:
    """What the others get beside the pair."""

    matched: int = 0
    worst: int = -1
    total: int = 0
    proved: bool = True


def result_of(made_of: Stored, pairs: Mapping[int, int], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """What a certificate would say of the result: mentor, matched, worst, total of those who had a choice.

    Args:
        pairs: the mentor of each learner who has one.
        numbers: the result's summary.
    """
    people = made_of.people
    columns = {number: column for column, number in enumerate(sorted(one.id for one in people.mentors))}
    free = sorted(one.id for one in people.mentees)
    mentor = [columns[pairs[one]] if one in pairs else NOBODY for one in free]
    return {
        "mentor": mentor,
        "matched": sum(column != NOBODY for column in mentor),
        "worst": numbers["chosen_worst"],
        "total": numbers["chosen_total"],
    }


def within_ties(
    made_of: Stored, row: int, column: int, score: int, progress: matching.Progress
) -> Rest | None:
    """The matching once more with one pair put together; None where what was decided forbids that."""
    rules = replace(made_of.side_rules(), locks=(matching.Lock(row, column, "asked"),))
    fair = "worst" in made_of.recipe.objective
    try:
        found = matching.assign_within(
            made_of.problem(), rules, fair=fair, time_limit=TIME_LIMIT, progress=progress
        )
    except matching.ImpossibleRules:
        return None
    # The pair itself is counted by who asked; the weakest fit is that of all.
    return Rest(found.matched - 1, found.worst, found.total - score, found.proved)
