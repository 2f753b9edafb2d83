"""Why somebody did not get a certain mentor: the matching once more, with the two put together."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

import matching
from lti_tool.rooms.rounds.checking import Stored
from lti_tool.rooms.rounds.obstacle import obstacle
from lti_tool.rooms.rounds.outcome import TIME_LIMIT
from lti_tool.rooms.rounds.why_not_tied import Rest, within_ties

CHANGES_LIMIT = 60.0
MOST_CHANGES = 50
"""Changes that an answer keeps by person; all are counted."""


def why_not(
    made_of: Stored,
    now: Mapping[str, Any],
    mentee: int,
    mentor: int,
    progress: matching.Progress,
) -> dict[str, Any]:
    """The answer as plain JSON, by ids of participants. now: mentor, matched, worst and total of the result,
    as its certificate has them.

    possible: whether the two may be a pair at all; if not, `obstacle` is the reason's {kind, params}.
    matched, worst, total: with the two together minus without; worst and worst_now in points of the score.
    places, holders: the mentor's places, and who has them now. changes: (mentee, mentor now, mentor then), as
    few as there can be.
    """
    people, rules = made_of.people, made_of.recipe.rules
    one, other = _person(people.mentees, mentee), _person(people.mentors, mentor)
    stopped = obstacle(one, other, rules)
    if stopped is not None:
        return {"possible": False, "obstacle": {"kind": stopped.kind, "params": dict(stopped.params)}}
    mentees, mentors = _ids(people.mentees), _ids(people.mentors)
    before = np.array(now["mentor"])
    column = mentors.index(mentor)
    score = int(matching.score_matrix([one], [other], rules).block(0, 1)[0, 0])
    remaining = [third for third in people.mentees if third.id != mentee]
    places = [_less_one_place(third, mentor) for third in people.mentors]
    if made_of.recipe.ties.couples:
        rest = within_ties(made_of, mentees.index(mentee), column, score, progress)
        if rest is None:
            return {"possible": False, "obstacle": {"kind": "tied", "params": {}}}
    else:
        rest = _rest(remaining, places, made_of, progress)
    least = _least_changes(made_of, before, mentees.index(mentee), column)
    progress(1.0, "done")
    changes = [[mentees[row], _named(mentors, now), _named(mentors, then)] for row, now, then in least]
    worsts = [worst for worst in (rest.worst, score) if worst >= 0]
    return {
        "possible": True,
        "proved": rest.proved,
        "matched": rest.matched + 1 - now["matched"],
        "worst": min(worsts) - max(0, now["worst"]),
        "worst_now": now["worst"],
        "total": rest.total + score - now["total"],
        "total_now": now["total"],
        "pairs": now["matched"],
        "places": other.capacity,
        "holders": [mentees[row] for row in np.flatnonzero(before == column).tolist()],
        "changed": len(changes),
        "changes": changes[:MOST_CHANGES],
    }


def _rest(
    mentees: list[matching.Person],
    mentors: list[matching.Person],
    made_of: Stored,
    progress: matching.Progress,
) -> Rest:
    if not mentees:
        return Rest()
    problem = matching.people_problem(mentees, mentors, made_of.recipe.rules)
    found = matching.assign(problem, made_of.recipe.objective, TIME_LIMIT, _part(progress))
    return Rest(found.matched, found.worst, found.total, found.proved)


def _part(progress: matching.Progress) -> matching.Progress:
    """The first half of the work."""
    return lambda fraction, stage: progress(fraction / 2, "total" if stage == "done" else stage)


def _least_changes(made_of: Stored, before: Any, row: int, column: int) -> list[tuple[int, int, int]]:
    """(row, column now, column then) of the fewest who have to change; none if that takes long."""
    lock = matching.Lock(row, column, "asked")
    side = made_of.side_rules()
    try:
        amended = matching.amend(
            made_of.problem(),
            before,
            locks=[lock],
            together=side.together,
            apart=side.apart,
            time_limit=CHANGES_LIMIT,
        )
    except (TimeoutError, ValueError):
        return []
    return [(one.mentee, one.before, one.after) for one in amended.changes]


def _less_one_place(mentor: matching.Person, wanted: int) -> matching.Person:
    return replace(mentor, capacity=mentor.capacity - 1) if mentor.id == wanted else mentor


def _person(people: tuple[matching.Person, ...], wanted: int) -> matching.Person:
    return next(one for one in people if one.id == wanted)


def _ids(people: tuple[matching.Person, ...]) -> list[int]:
    """Ids in the order of the engine's rows and columns."""
    return sorted(one.id for one in people)


def _named(ids: list[int], place: int) -> int | None:
    return ids[place] if place >= 0 else None
