"""The transport problem over a choice of pairs that grows, by the network simplex method.

`ot` (Python Optimal Transport; Bonneel et al. 2011, on LEMON's network simplex) takes it as arrays and begins
at the prices that it is given: 75,000 pairs take it a tenth of a second, HiGHS' simplex method some twenty
times that. All costs and amounts are whole numbers, and the caller checks the answer over all pairs, so
nothing rests on its word. Only this file knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from matching.edges import Edges
from matching.few import joined
from matching.flow import NOBODY
from matching.master import Vertex
from matching.problem import MAX_SCORE, Ints

#: How far below every made pair somebody who is left out is valued; more when too few are matched.
LOW, LOWER = 2_000, 4
#: Pivots before it gives up: some hundred times what was ever seen.
PIVOTS = 10_000_000
_OPTIMAL = 1


@cache
def simplex() -> Callable[..., Any] | None:
    """The solver, None where it is not installed; imported when first needed, since that takes a while."""
    try:
        from ot.lp.emd_wrap import emd_c_sparse
    except ImportError:
        return None
    solver: Callable[..., Any] = emd_c_sparse
    return solver


class Network:
    """Begun with pairs and prices; then `add` and `solve` in turn.

    Suppliers: each mentee one, and a keeper who fills the places that stay empty. Takers: each open mentor
    his places, and nobody, for those who are left out. Beyond what must be left, keeper and nobody deal with
    one another. A mentor with a minimum is filled by a keeper of the own, who has only the places above it,
    and hands what is not used to a hub; the keeper of all fills the hub. So no more than these stay empty.
    There is a solution where there is one that honours the minimum loads. No cost is below 0: the solver
    takes the greatest for the size of what is impossible.
    """

    def __init__(self, edges: Edges, capacity: Ints, least: Ints, matched: int, prices: Ints) -> None:
        mentees, mentors = edges.shape
        self._edges, self._matched = edges, matched
        self._open = np.flatnonzero(capacity)
        self._column = np.full(mentors, -1, dtype=np.int64)
        self._column[self._open] = np.arange(len(self._open))
        free = self._open[least[self._open] == 0]
        kept = np.flatnonzero((least > 0) & (capacity > least))
        self._free, self._kept = self._column[free], self._column[kept]
        optional = (capacity - least)[kept].astype(np.float64)
        common = float(capacity.sum() - matched + mentees)
        self._supply = np.concatenate([np.ones(mentees), [common], optional])
        places, hub = capacity[self._open].astype(np.float64), [optional.sum()][: len(kept)]
        self._demand = np.concatenate([places, [float(2 * mentees - matched)], hub])
        prices = prices - min(0, int(prices[free].min(initial=0)))
        gain = np.full(mentees, -(2**40))
        np.maximum.at(gain, edges.mentee, edges.score - prices[edges.mentor])
        reached = np.sort(gain[gain > -(2**40)])[::-1]
        level = int(reached[min(matched, len(reached)) - 1])
        self._left_out = level - LOW
        value = np.maximum(gain, self._left_out).astype(np.float64)
        self._duals = (
            np.concatenate([MAX_SCORE - value, [0.0], np.minimum(prices[kept], 0)]),
            np.concatenate([-prices[self._open].astype(np.float64), np.zeros(1 + len(hub))]),
        )

    def add(self, edges: Edges) -> None:
        """More pairs; ones that are in already must not come again."""
        parts = [(one.mentee, one.mentor, one.score) for one in (self._edges, edges)]
        self._edges = joined(edges.shape, parts)

    def lower(self) -> None:
        """Make leaving somebody out dearer: too few were matched."""
        self._left_out -= LOWER * (abs(self._left_out) + LOW)

    def solve(self) -> Vertex | None:
        """The optimum over the pairs so far, which may match too few; None when there was none."""
        solver = simplex()
        assert solver is not None
        tails, heads, costs = self._arcs()
        sources, targets, _, _, *duals, code = solver(
            self._supply, self._demand, tails, heads, costs, PIVOTS, *self._duals
        )
        if code != _OPTIMAL:
            return None
        self._duals = (duals[0], duals[1])
        return self._vertex(sources.astype(np.int64), targets.astype(np.int64))

    def _arcs(self) -> tuple[np.typing.NDArray[np.uint64], ...]:
        mentees, mentors = self._edges.shape[0], len(self._open)
        everyone, keepers = np.arange(mentees), np.arange(mentees + 1, len(self._supply))
        # The common keeper deals with whom nobody else keeps: free mentors, nobody, and the hub.
        common = np.concatenate([self._free, np.arange(mentors, len(self._demand))])
        hub = np.full(len(keepers), mentors + 1)
        tails = (self._edges.mentee, everyone, np.full(len(common), mentees), keepers, keepers)
        heads = (self._column[self._edges.mentor], np.full(mentees, mentors), common, self._kept, hub)
        dear = np.full(mentees, MAX_SCORE - self._left_out)
        costs = (MAX_SCORE - self._edges.score, dear, np.zeros(len(common) + 2 * len(keepers)))
        return (
            np.concatenate(tails).astype(np.uint64),
            np.concatenate(heads).astype(np.uint64),
            np.concatenate(costs).astype(np.float64),
        )

    def _vertex(self, sources: Ints, targets: Ints) -> Vertex:
        mentees, mentors = self._edges.shape[0], len(self._open)
        made = (sources < mentees) & (targets < mentors)
        mentor = np.full(mentees, NOBODY, dtype=np.int64)
        mentor[sources[made]] = self._open[targets[made]]
        rows, columns = (np.rint(dual).astype(np.int64) for dual in self._duals)
        price = np.empty(len(self._column), dtype=np.int64)
        price[self._open] = -rows[mentees] - columns[:mentors]
        price[self._column < 0] = int(price[self._open].min())
        return Vertex(mentor, MAX_SCORE + rows[mentees] - rows[:mentees], price)
