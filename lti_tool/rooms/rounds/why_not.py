"""Why somebody did not get a certain mentor: the matching once more, with the two put together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import matching
from lti_tool.rooms.rounds.checking import Stored
from lti_tool.rooms.rounds.outcome import TIME_LIMIT

SLOT_HOURS = 0.5
GROUPS_APART = {"same": False, "different": True}
"""Whether sharing a group keeps two people apart, by the rule; under any other rule nothing does."""
CHANGES_LIMIT = 60.0
MOST_CHANGES = 50
"""Changes that an answer keeps by person; all are counted."""


def why_not(
    made_of: Stored,
    certificate: Mapping[str, Any],
    mentee: int,
    mentor: int,
    progress: matching.Progress,
) -> dict[str, Any]:
    """The answer as plain JSON, by ids of participants.

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
    before = np.array(certificate["mentor"])
    column = mentors.index(mentor)
    score = int(matching.score_matrix([one], [other], rules).block(0, 1)[0, 0])
    remaining = [third for third in people.mentees if third.id != mentee]
    places = [_less_one_place(third, mentor) for third in people.mentors]
    rest = _rest(remaining, places, made_of, progress)
    least = _least_changes(people.problem(rules), before, mentees.index(mentee), column)
    progress(1.0, "done")
    changes = [[mentees[row], _named(mentors, now), _named(mentors, then)] for row, now, then in least]
    worsts = [worst for worst in (rest.worst, score) if worst >= 0]
    return {
        "possible": True,
        "proved": rest.proved,
        "matched": rest.matched + 1 - certificate["matched"],
        "worst": min(worsts) - max(0, certificate["worst"]),
        "worst_now": certificate["worst"],
        "total": rest.total + score - certificate["total"],
        "total_now": certificate["total"],
        "pairs": certificate["matched"],
        "places": other.capacity,
        "holders": [mentees[row] for row in np.flatnonzero(before == column).tolist()],
        "changed": len(changes),
        "changes": changes[:MOST_CHANGES],
    }


@dataclass(frozen=True)
class _Rest:
    """What the others get beside the pair."""

    matched: int = 0
    worst: int = -1
    total: int = 0
    proved: bool = True


def _rest(
    mentees: list[matching.Person],
    mentors: list[matching.Person],
    made_of: Stored,
    progress: matching.Progress,
) -> _Rest:
    if not mentees:
        return _Rest()
    problem = matching.people_problem(mentees, mentors, made_of.recipe.rules)
    found = matching.assign(problem, made_of.recipe.objective, TIME_LIMIT, _part(progress))
    return _Rest(found.matched, found.worst, found.total, found.proved)


def _part(progress: matching.Progress) -> matching.Progress:
    """The first half of the work."""
    return lambda fraction, stage: progress(fraction / 2, "total" if stage == "done" else stage)


def _least_changes(
    problem: matching.AssignmentProblem, before: Any, row: int, column: int
) -> list[tuple[int, int, int]]:
    """(row, column now, column then) of the fewest who have to change; none if that takes long."""
    lock = matching.Lock(row, column, "asked")
    try:
        amended = matching.amend(problem, before, locks=[lock], time_limit=CHANGES_LIMIT)
    except (TimeoutError, ValueError):
        return []
    return [(one.mentee, one.before, one.after) for one in amended.changes]


def _less_one_place(mentor: matching.Person, wanted: int) -> matching.Person:
    return replace(mentor, capacity=mentor.capacity - 1) if mentor.id == wanted else mentor


def obstacle(
    mentee: matching.Person, mentor: matching.Person, rules: matching.Rules
) -> matching.Reason | None:
    """The first thing for which the two may not be a pair, whoever else there is; None where they may.

    Kinds: same_person, no_place, no_topic, no_language, no_time(hours, needed), groups, ruled_out.
    """
    shared = len(mentee.week & mentor.week)
    hours = {"hours": shared * SLOT_HOURS, "needed": rules.min_shared_slots * SLOT_HOURS}
    grouped = bool(mentee.groups & mentor.groups)
    checks: tuple[tuple[str, bool, dict[str, Any]], ...] = (
        ("same_person", mentee.id == mentor.id, {}),
        ("no_place", not mentor.capacity, {}),
        ("no_topic", not mentee.wants.keys() & mentor.offers.keys(), {}),
        ("no_language", not mentee.languages & mentor.languages, {}),
        ("no_time", shared < rules.min_shared_slots, hours),
        ("groups", grouped == GROUPS_APART.get(rules.groups), {}),
        ("ruled_out", (mentee.id, mentor.id) in rules.excluded, {}),
    )
    return next((matching.Reason(kind, params) for kind, holds, params in checks if holds), None)


def _person(people: tuple[matching.Person, ...], wanted: int) -> matching.Person:
    return next(one for one in people if one.id == wanted)


def _ids(people: tuple[matching.Person, ...]) -> list[int]:
    """Ids in the order of the engine's rows and columns."""
    return sorted(one.id for one in people)


def _named(ids: list[int], place: int) -> int | None:
    return ids[place] if place >= 0 else None
