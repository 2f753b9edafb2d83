"""The assignment and its reviews as one program: pairs are whole, reviews of a kind flow to experts.

Costs are small whole numbers: what a pair loses at the assignment's prices (by complementary slackness an
assignment's total falls short of the bound by exactly these losses), and `worth` for each review that nobody
does. All is scaled by one more than the number of mentees, so that below both the number of changed pairs
counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.problem import Ints
from matching.program import INFINITY, ArrayProgram, Lines, Optimum
from matching.review_kinds import NONE

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pool:
    """Pairs that may be made: mentee, mentor, loss at the prices, kind of review; each (pairs,). stood:
    whether the pair is in the assignment that is to be bettered."""

    mentee: Ints
    mentor: Ints
    loss: Ints
    kind: Ints
    stood: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.mentee)

    def at(self, places: Ints) -> Pool:
        mentee, mentor, loss, kind = (
            field[places] for field in (self.mentee, self.mentor, self.loss, self.kind)
        )
        return Pool(mentee, mentor, loss, kind, self.stood[places])


@dataclass(frozen=True, eq=False)
class Terms:
    """What every assignment keeps to. gain: (n,) what an unmatched mentee loses. price: (m,) what a free
    place loses. minimum_price: (m,) what a mentee above the minimum load loses. capacity, least: (m,).
    matched: how many. able: (kinds, experts). free: (experts,) reviews each has time for. due: (kinds,) owed
    by pairs that stand already. worth: of a review, in points. spare: whether losses are allowed at all."""

    gain: Ints
    price: Ints
    minimum_price: Ints
    capacity: Ints
    least: Ints
    matched: int
    able: NDArray[np.bool_]
    free: Ints
    due: Ints
    worth: int
    spare: bool

    @property
    def scale(self) -> int:
        return len(self.gain) + 1

    def cost(self, uncovered: int, loss: int, changed: int) -> int:
        return self.scale * (self.worth * uncovered + loss) + changed


class JointProgram:
    """Rows: mentees, mentors, minimum loads, the count, kinds of review, experts."""

    def __init__(self, terms: Terms, pool: Pool, whole: bool = False) -> None:
        self.terms, self.pool = terms, pool
        self.program = ArrayProgram()
        self._minima = np.flatnonzero(terms.least)
        self._kinds, self._experts = np.nonzero(terms.able)
        mentees, mentors, kinds = len(terms.gain), len(terms.price), len(terms.able)
        ends = np.cumsum([mentees, mentors, len(self._minima), 1, kinds, len(terms.free)])
        self._first = dict(
            zip(("mentor", "minimum", "count", "kind", "expert", "end"), ends.tolist(), strict=True)
        )
        self._add_rows()
        self.program.add_columns(self._costs(pool), 1, self._lines(pool), whole=whole)
        self._add_slack()
        self._add_reviews()

    def _add_rows(self) -> None:
        terms, count = self.terms, self._first["end"]
        upper = np.concatenate(
            [
                np.ones(len(terms.gain)),
                terms.capacity,
                terms.least[self._minima],
                [terms.matched],
                terms.due,
                terms.free,
            ]
        )
        lower = upper.astype(np.float64)
        lower[self._first["kind"] :] = -INFINITY
        empty = Lines.sorted_by(np.zeros(0, dtype=int), [], [], count)
        self.program.add_rows(lower, upper, empty)

    def _costs(self, pool: Pool) -> Reals:
        terms = self.terms
        costs = terms.scale * (pool.loss + terms.worth * (pool.kind != NONE)) + ~pool.stood
        return np.asarray(costs, dtype=np.float64)

    def _lines(self, pool: Pool) -> Lines:
        size, column = len(pool), np.arange(len(pool))
        owing = np.flatnonzero(pool.kind != NONE)
        place = np.full(len(self.terms.price), NONE)
        place[self._minima] = np.arange(len(self._minima))
        low = np.flatnonzero(place[pool.mentor] != NONE)
        rows = [
            pool.mentee,
            self._first["mentor"] + pool.mentor,
            self._first["minimum"] + place[pool.mentor[low]],
            np.full(size, self._first["count"]),
            self._first["kind"] + pool.kind[owing],
        ]
        lines = [column, column, low, column, owing]
        factors = [np.ones(len(one)) for one in lines]
        factors[-1] = -factors[-1]
        return Lines.sorted_by(np.concatenate(lines), np.concatenate(rows), np.concatenate(factors), size)

    def _add_slack(self) -> None:
        """Unmatched mentees, free places, and what is above a minimum load; each at its price."""
        terms = self.terms
        above = terms.minimum_price[self._minima]
        for row, price, sign in (
            (np.arange(len(terms.gain)), terms.gain, 1.0),
            (self._first["mentor"] + np.arange(len(terms.price)), terms.price, 1.0),
            (self._first["minimum"] + np.arange(len(self._minima)), above, -1.0),
        ):
            most = np.where((price > 0) & (not terms.spare), 0.0, INFINITY)
            lines = Lines.sorted_by(np.arange(len(row)), row, np.full(len(row), sign), len(row))
            self.program.add_columns(terms.scale * price, most, lines)

    def _add_reviews(self) -> None:
        size = len(self._kinds)
        rows = np.concatenate([self._first["kind"] + self._kinds, self._first["expert"] + self._experts])
        lines = Lines.sorted_by(np.tile(np.arange(size), 2), rows, np.ones(2 * size), size)
        worth = -float(self.terms.scale * self.terms.worth)
        self.program.add_columns(np.full(size, worth), INFINITY, lines)

    def constant(self) -> int:
        """What the reviews of the pairs that stand already add to a value."""
        return self.terms.scale * self.terms.worth * int(self.terms.due.sum())

    def reduced(self, pool: Pool, duals: Reals) -> Reals:
        """(pairs,) what each pair of a pool would at least add to the cost, were it made."""
        row = self._first
        mentor = duals[row["mentor"] : row["minimum"]].copy()
        mentor[self._minima] += duals[row["minimum"] : row["count"]]
        kinds = np.append(duals[row["kind"] : row["expert"]], 0.0)  # the last is for pairs of no kind
        dual = duals[pool.mentee] + mentor[pool.mentor] + duals[row["count"]] - kinds[pool.kind]
        reduced: Reals = self._costs(pool) - dual
        return reduced

    def chosen(self, optimum: Optimum) -> Ints | None:
        """(n,) columns of mentors, -1 = nobody; None when some pair is made in part."""
        values = optimum.values[: len(self.pool)]
        if bool((np.abs(values - np.rint(values)) > 1e-6).any()):
            return None
        mentor = np.full(len(self.terms.gain), NONE, dtype=np.int64)
        made = values > 0.5
        mentor[self.pool.mentee[made]] = self.pool.mentor[made]
        return mentor
