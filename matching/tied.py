"""Assignments under side rules: a program over a choice of pairs, priced against all of them.

Each goal is first a linear program whose columns are generated until none of the pairs left out could better
it (Dantzig and Wolfe 1960); its value bounds every assignment. Where its vertex is not whole, a whole-number
program over the chosen pairs follows, then over all pairs that could still close the gap by their reduced
cost, and the gap that remains is reported.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.edges import Edges, allowed_edges
from matching.flow import NOBODY
from matching.problem import AssignmentProblem, Ints
from matching.program import INFINITY, ArrayProgram, Lines, Optimum
from matching.side_rules import ImpossibleRules, SideRules

#: Up to this many cells every pair is in from the start.
ALL_CELLS = 20_000
#: Above, each mentee begins with so many best pairs, and so many join at once.
FIRST, JOINING = 16, 4
#: A whole-number program takes no more pairs than this.
MOST_WHOLE = 60_000
#: Score points by which the first whole-number program may miss the bound.
GUESS = 200.0
#: Cost of breaking a rule: more than all scores together could gain along any chain of moves.
BROKEN = 1e7
TOLERANCE = 1e-6


def _rest() -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Goal:
    """Maximise count x pairs + kept x pairs that stood before + score x their scores, over pairs with at
    least `floor`. counts, keeps: bounds of the first two sums."""

    count: float = 0.0
    kept: float = 0.0
    score: float = 0.0
    floor: int = 0
    counts: tuple[float, float] = (0, INFINITY)
    keeps: tuple[float, float] = (0, INFINITY)


@dataclass(frozen=True, eq=False)
class Outcome:
    """mentor: (n,), -1 = nobody. value: of the goal, a whole number. bound: no assignment has more."""

    mentor: Ints
    value: int
    bound: int


class TiedProgram:
    """One problem with side rules and, where given, an assignment that stood before ((n,), -1 = nobody)."""

    def __init__(
        self,
        problem: AssignmentProblem,
        rules: SideRules,
        before: Ints | None,
        time_limit: float | None,
        beat: Callable[[], None] = _rest,
    ) -> None:
        """beat: called before each program is solved; what it raises ends the work."""
        rules.check(problem.shape)
        self._problem, self._rules = problem, rules
        self._before = np.full(problem.shape[0], NOBODY) if before is None else before
        self._beat = beat
        self._deadline = None if time_limit is None else time.monotonic() + time_limit
        self._has_all = problem.shape[0] * problem.shape[1] <= ALL_CELLS
        self.edges = allowed_edges(problem) if self._has_all else self._chosen(FIRST)

    @property
    def late(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def require_possible(self, goal: Goal) -> None:
        """Raises ImpossibleRules when the rules cannot all hold within the goal's bounds."""
        optimum, build = self._generated(goal, breaking=True)
        if optimum is not None and (broken := build.broken(optimum.values)):
            raise ImpossibleRules(broken)

    def best(self, goal: Goal) -> Outcome | None:
        """The best assignment; None without any, or when time ran out before one was found."""
        optimum, build = self._generated(goal)
        if optimum is None or build.broken(optimum.values):
            return None
        bound = math.floor(-optimum.value + 1e-4)
        if build.is_whole(optimum.values):
            return self._outcome(build, optimum, bound)
        return self._whole(goal, optimum, bound)

    def _whole(self, goal: Goal, relaxed: Optimum, bound: int) -> Outcome | None:
        """Pairs worth less than -limit cannot be part of anything within `limit` of the bound: they stay
        out, and the limit grows until the gap is within it."""
        found: Outcome | None = None
        limit = GUESS if goal.score else 1.0
        while not self.late:
            edges = self._worthy(goal, relaxed, limit)
            if len(edges) > MOST_WHOLE:
                return found or self._solved_whole(goal, self.edges, bound)[0]
            outcome, own = self._solved_whole(goal, edges, bound)
            if outcome is not None and (found is None or outcome.value > found.value):
                found = outcome
            gap = limit * 8 if found is None else bound - found.value
            if found is not None and gap <= limit:
                return Outcome(found.mentor, found.value, max(found.value, min(bound, own)))
            if limit > BROKEN:
                return found
            limit = gap + 0.5
        return found

    def _solved_whole(self, goal: Goal, edges: Edges, bound: int) -> tuple[Outcome | None, int]:
        self._beat()
        build = _Build(self, goal, edges, whole=True)
        optimum = build.program.solve(self._remaining(), target=0.5 - bound)
        if optimum is None:
            return None, bound
        return self._outcome(build, optimum, bound), math.floor(-optimum.bound + 1e-4)

    def _worthy(self, goal: Goal, relaxed: Optimum, limit: float) -> Edges:
        """Pairs whose reduced cost is within a limit, and those that are not priced."""
        build = _Build(self, goal, self.edges)
        near = self._priced(goal, build, relaxed, -limit, self._problem.shape[1])
        always = np.isin(self.edges.mentee, list(self._rules.tied))
        always |= self._before[self.edges.mentee] == self.edges.mentor
        kept = self.edges.where(always)
        parts = [(one.mentee, one.mentor, one.score) for one in (near, kept)]
        return _joined(self._problem.shape, parts)

    def _outcome(self, build: _Build, optimum: Optimum, bound: int) -> Outcome:
        edges = build.edges
        chosen = optimum.values[: len(edges)] > 0.5
        mentor = np.full(edges.shape[0], NOBODY, dtype=np.int64)
        mentor[edges.mentee[chosen]] = edges.mentor[chosen]
        value = round(float(build.gains[chosen].sum()))
        return Outcome(mentor, value, max(bound, value))

    def _generated(self, goal: Goal, breaking: bool = False) -> tuple[Optimum | None, _Build]:
        build = _Build(self, goal, self.edges, breaking=breaking)
        while True:
            self._beat()
            optimum = build.program.solve(self._remaining())
            if optimum is None or self._has_all:
                return optimum, build
            missing = self._priced(goal, build, optimum, TOLERANCE, JOINING)
            size = len(self.edges)
            self._join(missing)
            if len(self.edges) == size:
                return optimum, build
            build = _Build(self, goal, self.edges, breaking=breaking)

    def _priced(self, goal: Goal, build: _Build, optimum: Optimum, above: float, most: int) -> Edges:
        """Pairs worth more than `above` at the program's prices; of each mentee the best `most`."""
        worth = build.worth(optimum.duals)
        skip = np.zeros(self._problem.shape[0], dtype=bool)
        skip[list(self._rules.tied)] = True
        parts = []
        for start, scores in self._problem.blocks():
            rows = slice(start, start + len(scores))
            value = goal.score * scores + worth.at(rows)
            value[(scores < max(goal.floor, 0)) | (self._problem.capacity == 0)] = -np.inf
            value[skip[rows]] = -np.inf
            stood = np.flatnonzero(self._before[rows] >= 0)
            value[stood, self._before[start + stood]] = -np.inf
            parts.append(_best(np.arange(rows.start, rows.stop), scores, value, above, most))
        return _joined(self._problem.shape, parts)

    def _chosen(self, most: int) -> Edges:
        """The best pairs of each mentee, every pair of those who are tied, and the pairs that stood."""
        parts = []
        for start, scores in self._problem.blocks():
            value = np.where((scores >= 0) & (self._problem.capacity > 0), scores, -np.inf).astype(np.float64)
            kept = np.flatnonzero(self._before[start : start + len(scores)] >= 0)
            column = self._before[start + kept]
            value[kept, column] += 1e6
            parts.append(_best(np.arange(start, start + len(scores)), scores, value, -1.0, most))
            tied = np.array(
                [row for row in self._rules.tied if start <= row < start + len(scores)], dtype=int
            )
            at = tied - start
            parts.append(_best(tied, scores[at], value[at], -1.0, value.shape[1]))
        return _joined(self._problem.shape, parts)

    def _join(self, edges: Edges) -> None:
        parts = [(one.mentee, one.mentor, one.score) for one in (self.edges, edges)]
        self.edges = _joined(self._problem.shape, parts)

    def _remaining(self) -> float | None:
        return None if self._deadline is None else max(0.01, self._deadline - time.monotonic())


@dataclass(frozen=True, eq=False)
class _Worth:
    """What a pair is worth beside its score: a mentee's, a mentor's and the quotas' part."""

    mentee: NDArray[np.float64]
    mentor: NDArray[np.float64]
    blocks: list[tuple[NDArray[np.bool_], NDArray[np.bool_], float]]

    def at(self, rows: slice) -> NDArray[np.float64]:
        value: NDArray[np.float64] = self.mentee[rows, None] + self.mentor
        for mentees, mentors, worth in self.blocks:
            value[np.ix_(mentees[rows], mentors)] += worth
        return value


class _Build:
    """The program of one goal over the pairs chosen so far.

    Rows: mentees, mentors, the count, the pairs kept, quotas, then those of locks and of people tied together
    or apart. Each row that may be impossible has columns that break it at a cost.
    """

    def __init__(
        self, tied: TiedProgram, goal: Goal, edges: Edges, whole: bool = False, breaking: bool = False
    ) -> None:
        problem, rules = tied._problem, tied._rules
        self.edges = edges.at_least(goal.floor)
        self._rules, self._goal = rules, goal
        self._is_kept = tied._before[self.edges.mentee] == self.edges.mentor
        self.gains = goal.count + goal.kept * self._is_kept + goal.score * self.edges.score
        mentees, mentors = problem.shape
        self.program = ArrayProgram()
        self.program.add_columns(np.zeros(len(self.edges)) if breaking else -self.gains, 1, whole=whole)
        self._names: list[str] = []
        self._mentees, self._mentors = mentees, mentors
        self._add_people(problem)
        self._add_sums(goal)
        self._add_quotas()
        self._add_ties()
        self._first_slack = self.program.columns
        if not whole:
            self._add_slack(1.0 if breaking else BROKEN)

    def _add_people(self, problem: AssignmentProblem) -> None:
        size = len(self.edges)
        everyone = Lines.sorted_by(self.edges.mentee, np.arange(size), np.ones(size), self._mentees)
        self.program.add_rows(-INFINITY, 1, everyone)
        loads = Lines.sorted_by(self.edges.mentor, np.arange(size), np.ones(size), self._mentors)
        self.program.add_rows(np.where(problem.least, problem.least, -INFINITY), problem.capacity, loads)
        self._soft = [(self._mentees + int(j), "minimum", 1) for j in np.flatnonzero(problem.least)]

    def _add_sums(self, goal: Goal) -> None:
        kept = np.flatnonzero(self._is_kept)
        for name, columns, bounds in (
            ("count", np.arange(len(self.edges)), goal.counts),
            ("changes", kept, goal.keeps),
        ):
            row = self._add(columns, np.ones(len(columns)), *bounds)
            self._soft.append((row, name, 1))

    def _add_quotas(self) -> None:
        for quota in self._rules.quotas:
            at = np.isin(self.edges.mentee, list(quota.mentees))
            if quota.mentors is not None:
                at &= np.isin(self.edges.mentor, list(quota.mentors))
            columns = np.flatnonzero(at)
            most = INFINITY if quota.most is None else quota.most
            row = self._add(columns, np.ones(len(columns)), quota.least or -INFINITY, most)
            self._soft.append((row, quota.name or "a quota", 1))

    def _add_ties(self) -> None:
        for lock in self._rules.locks:
            at = np.flatnonzero((self.edges.mentee == lock.mentee) & (self.edges.mentor == lock.mentor))
            row = self._add(at, np.ones(len(at)), 1, 1)
            self._soft.append((row, "locks", 1))
        for couples, sign, bounds in (
            (self._rules.together, -1.0, (0, 0)),
            (self._rules.apart, 1.0, (-INFINITY, 1)),
        ):
            for first, second in couples:
                self._add_couple(first, second, sign, bounds)

    def _add_couple(self, first: int, second: int, sign: float, bounds: tuple[float, float]) -> None:
        one, other = (np.flatnonzero(self.edges.mentee == row) for row in (first, second))
        mentors, line = np.unique(self.edges.mentor[np.concatenate([one, other])], return_inverse=True)
        factors = np.concatenate([np.ones(len(one)), np.full(len(other), sign)])
        lines = Lines.sorted_by(line, np.concatenate([one, other]), factors, len(mentors))
        if len(mentors):
            self.program.add_rows(*bounds, lines)

    def _add(self, columns: Ints, factors: NDArray[np.float64], lower: float, upper: float) -> int:
        line = Lines.sorted_by(np.zeros(len(columns), dtype=np.int64), columns, factors, 1)
        return self.program.add_rows(lower, upper, line)[0]

    def _add_slack(self, cost: float) -> None:
        lines = Lines.of([([row], [sign]) for row, _, sign in self._soft])
        self.program.add_columns(np.full(len(self._soft), cost), lines=lines)
        self._names = [name for _, name, _ in self._soft]

    def broken(self, values: NDArray[np.float64]) -> tuple[str, ...]:
        """Names of the rules that give way."""
        slack = values[self._first_slack :] > TOLERANCE
        return tuple(dict.fromkeys(name for name, gives in zip(self._names, slack, strict=True) if gives))

    def is_whole(self, values: NDArray[np.float64]) -> bool:
        return bool((np.abs(values - np.rint(values)) < 1e-6).all())

    def worth(self, duals: NDArray[np.float64]) -> _Worth:
        """What a new column of each pair would gain beside its score."""
        mentees, mentors = self._mentees, self._mentors
        first = mentees + mentors
        mentee = duals[:mentees] + self._goal.count + duals[first]
        blocks = []
        for quota, dual in zip(self._rules.quotas, duals[first + 2 :], strict=False):
            marks = np.zeros(mentees, dtype=bool), np.zeros(mentors, dtype=bool)
            marks[0][list(quota.mentees)] = True
            marks[1][list(range(mentors) if quota.mentors is None else quota.mentors)] = True
            blocks.append((*marks, float(dual)))
        return _Worth(mentee, duals[mentees:first], blocks)


def _best(
    numbers: Ints, scores: NDArray[np.int16], value: NDArray[np.float64], above: float, most: int
) -> tuple[Ints, Ints, Ints]:
    """The best `most` pairs of each row whose value is above a limit; numbers: (rows,) the rows' mentees."""
    rows, mentors = value.shape
    if most < mentors:
        column = np.argpartition(-value, most - 1, axis=1)[:, :most].ravel()
        row = np.repeat(np.arange(rows), most)
    else:
        row, column = (axis.ravel() for axis in np.indices((rows, mentors)))
    keep = value[row, column] > above
    row, column = row[keep], column[keep]
    return numbers[row], column.astype(np.int64), scores[row, column].astype(np.int64)


def _joined(shape: tuple[int, int], parts: list[tuple[Ints, Ints, Ints]]) -> Edges:
    """Edges in the order of their mentees, each once."""
    mentee, mentor, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    _, first = np.unique(mentee * shape[1] + mentor, return_index=True)
    return Edges(shape, mentee[first], mentor[first], score[first])
