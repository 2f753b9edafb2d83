"""Questions about a result: why not that person, and whom would it hurt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.assignment import FAIR, AssignmentResult, assign
from matching.flow import NOBODY
from matching.problem import EXCLUDED, AssignmentProblem, Ints, Scores


@dataclass(frozen=True)
class Forced:
    """What it costs to force one pair. matched, worst, total: after minus before (total only compares where
    the first two are equal). changed: rows of the mentees who would get somebody else or nobody. full: the
    wanted mentor had no place left, so somebody must make room."""

    matched: int
    worst: int
    total: int
    changed: tuple[int, ...]
    full: bool


def force(
    problem: AssignmentProblem,
    result: AssignmentResult,
    mentee: int,
    mentor: int,
    objective: tuple[str, ...] = FAIR,
    time_limit: float | None = None,
) -> Forced | None:
    """Assign the others again once the pair (row, column) is made; None when it must not be made at all.

    Raises ValueError naming mentee or mentor when it is outside the problem, and InfeasibleMinimum.
    """
    for field, number, size in zip(("mentee", "mentor"), (mentee, mentor), problem.shape, strict=True):
        if not 0 <= number < size:
            raise ValueError(f"{field}: must be 0 to {size - 1}")
    row = problem.scores.block(mentee, mentee + 1)[0]
    if row[mentor] < 0 or not problem.capacity[mentor]:
        return None
    score = int(row[mentor])
    others = assign(_others(problem, mentee, mentor), objective, time_limit)
    if "worst" in objective and score < others.worst:
        # The pair itself is the worst off: the others need only be as well off as it is.
        others = assign(_others(problem, mentee, mentor, score), ("matched", "total"), time_limit)
    changed = np.flatnonzero(others.mentor != result.mentor)
    load = int((result.mentor == mentor).sum())
    return Forced(
        others.matched + 1 - result.matched,
        (min(score, others.worst) if others.matched else score) - result.worst,
        others.total + score - result.total,
        tuple(int(other) for other in changed if other != mentee),
        load >= int(problem.capacity[mentor]) and int(result.mentor[mentee]) != mentor,
    )


def _others(problem: AssignmentProblem, mentee: int, mentor: int, least: int = 0) -> AssignmentProblem:
    """What is left to be assigned once the pair is made."""
    taken = np.zeros_like(problem.capacity)
    taken[mentor] = 1
    minimum = None if problem.minimum is None else np.maximum(problem.minimum - taken, 0)
    return AssignmentProblem(_Others(problem, mentee, least), problem.capacity - taken, minimum)


class _Others:
    """Scores without one mentee, and without pairs that score less than `least`."""

    def __init__(self, problem: AssignmentProblem, mentee: int, least: int) -> None:
        self._problem, self._mentee, self._least = problem, mentee, least

    @property
    def shape(self) -> tuple[int, int]:
        return self._problem.shape

    def block(self, start: int, stop: int) -> Scores:
        scores = np.array(self._problem.scores.block(start, stop))
        scores[scores < self._least] = EXCLUDED
        if start <= self._mentee < stop:
            scores[self._mentee - start] = EXCLUDED
        return scores


def blocking_pairs(problem: AssignmentProblem, mentor: Ints) -> int:
    """How many mentees and mentors would both score higher with each other than as assigned in `mentor` (n,):
    the mentor has a free place or would give up a lower score (Gale and Shapley's stability)."""
    mentees, mentors = problem.shape
    own = np.full(mentees, EXCLUDED, dtype=np.int64)
    for start, scores in problem.blocks():
        at = mentor[start : start + len(scores)]
        rows = np.flatnonzero(at != NOBODY)
        own[start + rows] = scores[rows, at[rows]]
    weakest = np.full(mentors, np.iinfo(np.int64).max)
    np.minimum.at(weakest, mentor[mentor != NOBODY], own[mentor != NOBODY])
    load = np.bincount(mentor[mentor != NOBODY], minlength=mentors)
    weakest = np.where(load < problem.capacity, EXCLUDED, weakest)
    return sum(
        int(((scores > own[start : start + len(scores), None]) & (scores > weakest)).sum())
        for start, scores in problem.blocks()
    )
