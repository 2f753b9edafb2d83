"""Which expert reviews which pair, and in which week: the checkpoints that high-risk topics owe.

As many as possible are covered; then the reviews are spread evenly over the experts (least sum of squares);
then they lie near the middle of the window, of two equally near weeks in the earlier. Weeks are alike for
every pair, so the k-th review of an expert has the k-th best free week, and the model is a network whose
vertices are whole numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matching.edges import Edges
from matching.flow import NOBODY, saturate
from matching.people import Expert
from matching.problem import Ints
from matching.progress import Progress, silent
from matching.reasons import Reason
from matching.solver import LinearProgram


class ReviewedPair(Protocol):
    """What a review needs to know of a pair: two ids and a topic."""

    @property
    def mentee(self) -> int: ...

    @property
    def mentor(self) -> int: ...

    @property
    def topic(self) -> int: ...


@dataclass(frozen=True)
class ReviewSlot:
    """One owed checkpoint. expert and week (1..weeks) are None when nobody can do it; missing_reason then
    says why: no_qualified_expert(topic), experts_in_conflict(topic, experts: how many are qualified),
    no_expert_hours(topic, reviews: how many owed ones these experts could do, places: how many they have time
    for)."""

    mentee: int
    mentor: int
    topic: int
    expert: int | None
    week: int | None
    missing_reason: Reason | None


def review(
    pairs: Sequence[ReviewedPair],
    experts: Sequence[Expert],
    high_risk: Collection[int],
    *,
    weeks: int = 12,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> tuple[ReviewSlot, ...]:
    """A slot for each pair whose topic is in `high_risk`, ordered by mentee, then mentor.

    In each week of the window an expert has `hours_per_week`, less what is `promised` already; the even
    spread is over the reviews of this call. Raises ValueError naming weeks or experts.
    """
    if weeks < 1:
        raise ValueError("weeks: the window must have at least one week")
    if len({expert.id for expert in experts}) < len(experts):
        raise ValueError("experts: an expert stands in the list twice")
    (progress or silent)(0.0, "reviews")
    risky = frozenset(high_risk)
    due = sorted((p for p in pairs if p.topic in risky), key=lambda p: (p.mentee, p.mentor, p.topic))
    experts = sorted(experts, key=lambda expert: expert.id)
    if not due:
        return ()
    edges = _qualified(due, experts)
    reviewer = _reviewers(edges, experts, weeks, time_limit)
    return _slots(due, experts, edges, reviewer, weeks)


def _qualified(due: Sequence[ReviewedPair], experts: Sequence[Expert]) -> Edges:
    able = np.array(
        [[expert.may_review(pair.mentee, pair.mentor, pair.topic) for expert in experts] for pair in due],
        dtype=bool,
    ).reshape(len(due), len(experts))
    rows, columns = np.nonzero(able)
    return Edges((len(due), len(experts)), rows, columns, np.ones(len(rows), dtype=np.int64))


def _reviewers(edges: Edges, experts: Sequence[Expert], weeks: int, time_limit: float | None) -> Ints:
    """(pairs,) the column of each pair's expert or -1."""
    if not len(edges):
        return np.full(edges.shape[0], NOBODY, dtype=np.int64)
    places = np.array([len(_free_weeks(expert, weeks)) for expert in experts], dtype=np.int64)
    most = saturate(edges, places, np.zeros_like(places), edges.shape[0])
    even = _even_reviewers(edges, experts, weeks, most.value, time_limit)
    return most.mentor if even is None else even


def _even_reviewers(
    edges: Edges, experts: Sequence[Expert], weeks: int, covered: int, time_limit: float | None
) -> Ints | None:
    program = LinearProgram("reviews")
    chosen = program.add_variables([0] * len(edges))
    for row in range(edges.shape[0]):
        if columns := [chosen[e] for e in np.flatnonzero(edges.mentee == row)]:
            program.add_row(columns, "<=", 1)
    # One step of evenness outweighs every week that all reviews together could gain.
    step = weeks * edges.shape[0] + 1
    for column, expert in enumerate(experts):
        if columns := [chosen[e] for e in np.flatnonzero(edges.mentor == column)]:
            free = _free_weeks(expert, weeks)[: len(columns)]
            costs = [step * (2 * k + 1) + _distance(week, weeks) for k, week in enumerate(free)]
            places = program.add_variables(costs)
            for place in places:
                program.add_row([place], "<=", 1)
            signs = [1.0] * len(columns) + [-1.0] * len(places)
            program.add_row([*columns, *places], "==", 0, signs)
    program.add_row(list(chosen), "==", covered)
    solution = program.solve(time_limit)
    if solution is None:
        return None
    reviewer = np.full(edges.shape[0], NOBODY, dtype=np.int64)
    taken = solution.values[: len(edges)] > 0.5
    reviewer[edges.mentee[taken]] = edges.mentor[taken]
    return reviewer


def _free_weeks(expert: Expert, weeks: int) -> list[int]:
    """The week of each place that an expert has left: nearest to the middle first, then the earlier."""
    best_first = sorted(range(1, weeks + 1), key=lambda week: (_distance(week, weeks), week))
    return [week for week in best_first for _ in range(expert.free_reviews(week))]


def _distance(week: int, weeks: int) -> int:
    """Weeks between a week and the middle one, or the nearer of the two middle ones."""
    return abs(2 * week - weeks - 1) // 2


def _slots(
    due: Sequence[ReviewedPair], experts: Sequence[Expert], edges: Edges, reviewer: Ints, weeks: int
) -> tuple[ReviewSlot, ...]:
    free = [iter(_free_weeks(expert, weeks)) for expert in experts]
    slots = []
    for row, pair in enumerate(due):
        column = int(reviewer[row])
        if column == NOBODY:
            missing = _missing(row, pair, experts, edges, weeks)
            slots.append(ReviewSlot(pair.mentee, pair.mentor, pair.topic, None, None, missing))
        else:
            expert, week = experts[column], next(free[column])
            slots.append(ReviewSlot(pair.mentee, pair.mentor, pair.topic, expert.id, week, None))
    return tuple(slots)


def _missing(row: int, pair: ReviewedPair, experts: Sequence[Expert], edges: Edges, weeks: int) -> Reason:
    qualified = [expert for expert in experts if pair.topic in expert.topics]
    if not qualified:
        return Reason("no_qualified_expert", {"topic": pair.topic})
    able = edges.mentor[edges.mentee == row]
    if not len(able):
        return Reason("experts_in_conflict", {"topic": pair.topic, "experts": len(qualified)})
    reviews = len(np.unique(edges.mentee[np.isin(edges.mentor, able)]))
    places = sum(len(_free_weeks(experts[column], weeks)) for column in able)
    return Reason("no_expert_hours", {"topic": pair.topic, "reviews": reviews, "places": places})
