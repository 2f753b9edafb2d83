"""The last two stages as linear programs: the greatest total, then the most even load among equal totals.

Both are network flows with a fixed number of matched mentees, so their vertices are whole numbers (total
unimodularity; Schrijver, Combinatorial Optimization, 2003, section 13) and the variables stay continuous.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.edges import Edges
from matching.flow import NOBODY
from matching.problem import Ints
from matching.solver import LinearProgram, Solution


@dataclass(frozen=True, eq=False)
class Prices:
    """Dual prices in score points. mentor: (m,) >= 0, a place of the mentor. minimum: (m,) >= 0, what the
    mentor's minimum load costs. matched: what one more matched mentee is worth (any sign)."""

    mentor: Ints
    minimum: Ints
    matched: int

    @staticmethod
    def zero(mentors: int) -> Prices:
        return Prices(np.zeros(mentors, dtype=np.int64), np.zeros(mentors, dtype=np.int64), 0)

    def gains(self, edges: Edges) -> Ints:
        """Score minus price of every edge; shape (e,)."""
        return edges.score - self.mentor[edges.mentor] + self.minimum[edges.mentor] - self.matched

    def best_gain(self, edges: Edges) -> Ints:
        """Each mentee's best gain, 0 when none is positive; shape (n,)."""
        best = np.zeros(edges.shape[0], dtype=np.int64)
        np.maximum.at(best, edges.mentee, self.gains(edges))
        return best

    def bound(self, edges: Edges, capacity: Ints, minimum: Ints, matched: int) -> int:
        """No assignment of `matched` mentees over these edges within these loads has a greater total (weak
        duality)."""
        loads = int((self.mentor * capacity).sum()) - int((self.minimum * minimum).sum())
        return int(self.best_gain(edges).sum()) + loads + self.matched * matched


@dataclass(frozen=True, eq=False)
class Transport:
    """An assignment (n,) with -1 for nobody, and the prices that bound it."""

    mentor: Ints
    prices: Prices


def greatest_total(
    edges: Edges, capacity: Ints, minimum: Ints, matched: int, time_limit: float | None
) -> Transport | None:
    """Match exactly `matched` mentees with the greatest total score; None when time ran out first."""
    program = LinearProgram("total")
    pairs = program.add_variables(-edges.score)
    for mentee_edges in _groups(edges.mentee):
        program.add_row([pairs[e] for e in mentee_edges], "<=", 1)
    place_row: dict[int, int] = {}
    minimum_row: dict[int, int] = {}
    for mentor_edges in _groups(edges.mentor):
        mentor, columns = int(edges.mentor[mentor_edges[0]]), [pairs[e] for e in mentor_edges]
        place_row[mentor] = program.add_row(columns, "<=", int(capacity[mentor]))
        if minimum[mentor]:
            minimum_row[mentor] = program.add_row(columns, ">=", int(minimum[mentor]))
    matched_row = program.add_row(list(pairs), "==", matched)
    solution = program.solve(time_limit)
    if solution is None:
        return None
    prices = Prices(
        _prices(solution, place_row, len(capacity), -1),
        _prices(solution, minimum_row, len(capacity), +1),
        -round(float(solution.duals[matched_row])),
    )
    assigned = _assignment(edges, solution)
    return Transport(assigned, prices) if int((assigned >= 0).sum()) == matched else None


def most_even_load(
    edges: Edges, capacity: Ints, minimum: Ints, transport: Transport, matched: int, time_limit: float | None
) -> Ints | None:
    """Among all assignments with the same optimal total, the one with the least sum of squared loads.

    By complementary slackness the optimal assignments are those over edges of best gain, in which every
    mentee with a positive gain is matched and every mentor with a price is full (or at the minimum). The k-th
    mentee of a mentor costs 2k - 1, so that k of them cost k squared: convex, hence still a network.
    """
    prices, best = transport.prices, transport.prices.best_gain(edges)
    tight = edges.where(prices.gains(edges) == best[edges.mentee])
    program = LinearProgram("spread")
    pairs = program.add_variables(np.zeros(len(tight)))
    for mentee_edges in _groups(tight.mentee):
        must = bool(best[tight.mentee[mentee_edges[0]]])
        program.add_row([pairs[e] for e in mentee_edges], "==" if must else "<=", 1)
    for mentor_edges in _groups(tight.mentor):
        mentor = int(tight.mentor[mentor_edges[0]])
        least = int(capacity[mentor] if prices.mentor[mentor] else minimum[mentor])
        most = int(minimum[mentor] if prices.minimum[mentor] else capacity[mentor])
        _add_load(program, [pairs[e] for e in mentor_edges], least, most)
    program.add_row(list(pairs), "==", matched)
    solution = program.solve(time_limit)
    return None if solution is None else _assignment(tight, solution)


def _add_load(program: LinearProgram, columns: list[int], least: int, most: int) -> None:
    steps = min(most, len(columns))
    places = program.add_variables(2 * k - 1 for k in range(1, steps + 1))
    for place in places:
        program.add_row([place], "<=", 1)
    program.add_row([*columns, *places], "==", 0, [1.0] * len(columns) + [-1.0] * steps)
    if least:
        program.add_row(columns, ">=", least)


def _groups(keys: Ints) -> Iterator[Ints]:
    """Positions of equal keys together, in the order of the keys."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order])) + 1
    return (group for group in np.split(order, starts) if len(group))


def _prices(solution: Solution, rows: dict[int, int], mentors: int, sign: int) -> Ints:
    prices = np.zeros(mentors, dtype=np.int64)
    for mentor, row in rows.items():
        prices[mentor] = max(0, round(sign * float(solution.duals[row])))
    return prices


def _assignment(edges: Edges, solution: Solution) -> Ints:
    chosen = solution.values[: len(edges)] > 0.5
    mentor = np.full(edges.shape[0], NOBODY, dtype=np.int64)
    mentor[edges.mentee[chosen]] = edges.mentor[chosen]
    return mentor
