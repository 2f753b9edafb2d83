"""Why a mentee has nobody: the first thing that stands in the way, or the places that too many compete
for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.people import SLOT_HOURS, Person
from matching.problem import AssignmentProblem, Ints
from matching.reasons import Reason
from matching.rules import Rules

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class LeftOut:
    """person: the mentee's id. reason, the first that holds of: no_shared_topic(topics: those wanted);
    no_shared_language(codes: those spoken; mentors: who share a topic); no_shared_time(nearest_hours,
    needed_hours: a week, over mentors who share a topic and a language); no_shared_group(names: the mentee's
    groups) or only_same_group(names), where that rule alone excludes every mentor who would fit;
    only_excluded(mentors: who fit but for the rules); no_room(competing, places: so many mentees, this one
    among them, fit only mentors who have so many places)."""

    person: int
    reason: Reason


def explain_left_out(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    rules: Rules,
    problem: AssignmentProblem,
    assigned: Ints,
) -> tuple[LeftOut, ...]:
    """A reason for each row of `assigned` (n,) that is -1, in order; the assignment must be a largest one."""
    rows = [int(row) for row in np.flatnonzero(assigned < 0)]
    if not rows:
        return ()
    fits = np.concatenate([scores >= 0 for _, scores in problem.blocks()])
    crowds = _crowds(fits, assigned, problem.capacity)
    return tuple(
        LeftOut(mentees[row].id, crowds[row] if row in crowds else _obstacle(mentees[row], mentors, rules))
        for row in rows
    )


def _obstacle(mentee: Person, mentors: Sequence[Person], rules: Rules) -> Reason:
    others = [mentor for mentor in mentors if mentor.id != mentee.id]
    by_topic = [mentor for mentor in others if mentee.wants.keys() & mentor.offers.keys()]
    if not by_topic:
        return Reason("no_shared_topic", {"topics": sorted(mentee.wants)})
    by_language = [mentor for mentor in by_topic if mentee.languages & mentor.languages]
    if not by_language:
        params = {"codes": sorted(mentee.languages), "mentors": len(by_topic)}
        return Reason("no_shared_language", params)
    nearest = max(len(mentee.week & mentor.week) for mentor in by_language)
    if nearest < rules.min_shared_slots:
        hours = {"nearest_hours": nearest * SLOT_HOURS, "needed_hours": rules.min_shared_slots * SLOT_HOURS}
        return Reason("no_shared_time", hours)
    by_time = [one for one in by_language if len(mentee.week & one.week) >= rules.min_shared_slots]
    if rules.groups != "any" and not any(_groups_fit(mentee, mentor, rules) for mentor in by_time):
        kind = "no_shared_group" if rules.groups == "same" else "only_same_group"
        return Reason(kind, {"names": sorted(mentee.groups)})
    return Reason("only_excluded", {"mentors": len(by_time)})


def _groups_fit(mentee: Person, mentor: Person, rules: Rules) -> bool:
    return bool(mentee.groups & mentor.groups) == (rules.groups == "same")


def _crowds(fits: Marks, assigned: Ints, capacity: Ints) -> dict[int, Reason]:
    """For each unassigned row that fits somebody, the crowd it competes in.

    Mentees reached from it by alternating paths fit only mentors reached with them, and these are full: a
    violation of Hall's condition. Groups that share no mentor are counted apart.
    """
    rows, columns = _reach(fits, assigned)
    at, to = np.nonzero(fits[np.ix_(rows, columns)])
    size = len(rows) + len(columns)
    graph = coo_array((np.ones(len(at), dtype=np.int8), (at, to + len(rows))), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    row_group, column_group = group[: len(rows)], group[len(rows) :]
    crowds = {}
    for row, own in zip(rows.tolist(), row_group, strict=True):
        if assigned[row] < 0:
            places = int(capacity[columns[column_group == own]].sum())
            crowds[row] = Reason("no_room", {"competing": int((row_group == own).sum()), "places": places})
    return crowds


def _reach(fits: Marks, assigned: Ints) -> tuple[Ints, Ints]:
    """Rows and columns on alternating paths from the unassigned rows that fit somebody."""
    rows = (assigned < 0) & fits.any(axis=1)
    columns = np.zeros(fits.shape[1], dtype=bool)
    new_rows = rows
    while new_rows.any():
        columns |= fits[new_rows].any(axis=0)
        reached = (assigned >= 0) & columns[assigned]
        new_rows = reached & ~rows
        rows = rows | reached
    return np.flatnonzero(rows), np.flatnonzero(columns)
