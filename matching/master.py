"""The linear program over a choice of pairs that grows: the heart of delayed column generation.

Rows: a mentee has one pair or is unmatched; a mentor's load is between minimum and capacity; exactly n -
matched are unmatched. The last row has an expensive way out, so that every start is feasible. All of it is a
network, so optimal vertices and prices are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.crash import spanning_tree
from matching.edges import Edges
from matching.few import joined
from matching.flow import NOBODY
from matching.problem import Ints
from matching.solver import NetworkProgram

#: First cost of matching one too few; raised until nobody is.
SHORT = 100_000


@dataclass(frozen=True, eq=False)
class Vertex:
    """An optimum over the edges so far. mentor: (n,). value: (n,) a mentee's dual, price: (m,) a mentor's
    (any sign where there are minimum loads)."""

    mentor: Ints
    value: Ints
    price: Ints


class Master:
    """Begun with edges, an assignment over them and prices; then `add` and `solve` in turn."""

    def __init__(
        self, edges: Edges, capacity: Ints, minimum: Ints, matched: int, mentor: Ints, prices: Ints
    ) -> None:
        mentees, mentors = edges.shape
        self._edges, self._mentees, self._mentors = edges, mentees, mentors
        self._left_out = mentees - matched
        one = np.ones(mentees, dtype=np.int64)
        rest = np.array([self._left_out])
        self._program = NetworkProgram(
            np.concatenate([one, np.where(minimum > 0, minimum, -np.inf), rest]),
            np.concatenate([one, capacity, rest]),
        )
        self._short = SHORT
        pool = mentees + mentors
        rows = np.column_stack([np.arange(mentees), np.full(mentees, pool)])
        self._program.add_columns(0 * one, rows, np.ones_like(rows))
        self._program.add_columns(np.array([SHORT]), np.array([[pool, pool]]), np.array([[-1, 0]]))
        self._put(edges)
        self._program.start_from(*self._basis(capacity, mentor, prices))

    def _put(self, edges: Edges) -> None:
        rows = np.column_stack([edges.mentee, edges.mentor + self._mentees])
        self._program.add_columns(-edges.score, rows, np.ones_like(rows))

    def _basis(self, capacity: Ints, mentor: Ints, prices: Ints) -> tuple[np.typing.NDArray[np.bool_], ...]:
        """Arcs: mentee - pool, pool - root, edges, mentor - root."""
        mentees, mentors, edges = self._mentees, self._mentors, self._edges
        pool, root = mentees + mentors, mentees + mentors + 1
        gains = edges.score - prices[edges.mentor]
        best = np.full(mentees, -(10**6))
        np.maximum.at(best, edges.mentee, gains)
        nobody = mentor == NOBODY
        level = int(best[~nobody].min(initial=0)) if self._left_out else -(10**5)
        load = np.bincount(mentor[~nobody], minlength=mentors)
        made = mentor[edges.mentee] == edges.mentor
        slack = np.concatenate(
            [
                np.where(nobody, -1, np.abs(best - level)),
                [-1 if int(nobody.sum()) > self._left_out else self._short],
                np.where(made, -1, best[edges.mentee] - gains),
                np.where(load < capacity, -1, np.abs(prices - min(0, int(prices.min())))),
            ]
        )
        tails = np.concatenate([np.arange(mentees), [pool], edges.mentee, np.arange(mentees, pool)])
        heads = np.concatenate(
            [np.full(mentees, pool), [root], edges.mentor + mentees, np.full(mentors, root)]
        )
        tree = spanning_tree(tails, heads, np.maximum(slack, -1) + 1, root + 1)
        rows = np.zeros(root, dtype=bool)
        rows[mentees:pool] = tree[-mentors:]
        return tree[:-mentors], rows

    def add(self, edges: Edges) -> None:
        """New edges; ones that are in already must not come again."""
        self._put(edges)
        parts = [(one.mentee, one.mentor, one.score) for one in (self._edges, edges)]
        self._edges = joined(edges.shape, parts)

    @property
    def size(self) -> int:
        return len(self._edges)

    def solve(self, time_limit: float | None) -> Vertex | None:
        """The optimum, None when time ran out."""
        while (solution := self._program.solve(time_limit)) is not None:
            if solution.values[self._mentees] < 0.5:
                break
            self._short *= 10
            self._program.change_cost(self._mentees, self._short)
        if solution is None:
            return None
        chosen = solution.values[self._mentees + 1 :] > 0.5
        mentor = np.full(self._mentees, NOBODY, dtype=np.int64)
        mentor[self._edges.mentee[chosen]] = self._edges.mentor[chosen]
        duals = -np.rint(solution.duals).astype(np.int64)
        return Vertex(mentor, duals[: self._mentees], duals[self._mentees : -1])
