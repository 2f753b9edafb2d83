"""The linear program of a pairing: pairs and triads by their prices, odd sets when they are broken."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.mutual import Mutual
from matching.odd_sets import broken_sets
from matching.pair_certificate import SCALE, PairPrices
from matching.problem import Ints
from matching.program import INFINITY, ArrayProgram, Lines, Optimum
from matching.progress import Progress

#: Pairs of each person to begin with, and to join at once; triads that join at once.
FIRST, JOINING, TRIADS = 10, 4, 200
#: Up to this many people every pair is in from the start.
ALL_PEOPLE = 40
#: A whole-number program takes no more pairs and triads than this.
MOST_WHOLE = 60_000
#: Cost of placing one too few.
BROKEN = 1e8
TOLERANCE = 1e-6
Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pairing:
    """groups: of two or three. value: points they give. prices: bound it."""

    groups: tuple[tuple[int, ...], ...]
    value: int
    prices: PairPrices


class PairProgram:
    """Pairings that place at least `placed` people, with the greatest sum of points. points: (n, n), -1 where
    a pair is excluded; a triad gives half the sum of its three."""

    def __init__(
        self,
        mutual: Mutual,
        points: Ints,
        placed: int,
        deadline: float | None,
        report: Progress,
        earlier: Pairing | None = None,
    ) -> None:
        self._people, self._points, self._placed = mutual.people, points, placed
        self._deadline, self._report, self._earlier = deadline, report, earlier
        self._allowed = mutual.scores >= 0
        order = np.where(self._allowed, points * 20_000 + mutual.scores, -1)
        self._pairs = _begin(order)
        self._triads = np.zeros((0, 3), dtype=np.int64)
        self._sets: list[Ints] = [np.arange(self._people)] if self._people % 2 else []
        if earlier is not None:
            self._take(earlier)
        self._build()

    def _take(self, earlier: Pairing) -> None:
        """The pairs and odd sets of an earlier program, which placed as many."""
        pairs = [group for group in earlier.groups if len(group) == 2]
        triads = [group for group in earlier.groups if len(group) == 3]
        self._pairs = _united(self._pairs, np.array(pairs, dtype=np.int64).reshape(-1, 2))
        self._triads = np.array(triads, dtype=np.int64).reshape(-1, 3)
        own = {tuple(members) for members, _ in earlier.prices.sets} - {tuple(range(self._people))}
        self._sets += [np.array(members) for members in sorted(own)]

    def best(self) -> Pairing:
        """The best pairing with its prices; the best known when time runs out."""
        optimum: Optimum | None = None
        while not self._late():
            self._report(0.3, "pairs")
            latest = self._program.solve(self._remaining())
            if latest is None:
                break
            optimum = latest
            if not self._grow(optimum):
                break
        if optimum is None:
            return self._makeshift()
        prices = self._prices(optimum)
        groups = self._groups(optimum.values)
        if groups is None:
            groups = self._whole(optimum)
        return Pairing(groups, sum(self._worth(group) for group in groups), prices)

    def _makeshift(self) -> Pairing:
        """Without any solution: the earlier pairing, or greedily the best pairs."""
        groups: list[tuple[int, ...]] = list(self._earlier.groups) if self._earlier else []
        free = np.ones(self._people, dtype=bool)
        free[[person for group in groups for person in group]] = False
        order = np.argsort(-self._values(self._pairs), kind="stable")[: None if self._earlier is None else 0]
        for one, other in self._pairs[order].tolist():
            if free[one] and free[other]:
                groups.append((one, other))
                free[[one, other]] = False
        trivial = PairPrices.trivial(self._people, max(0, int(self._points.max())))
        return Pairing(tuple(groups), sum(self._worth(group) for group in groups), trivial)

    # The program: columns are the slack of `placed`, pairs, triads, in the order in which they came.

    def _build(self) -> None:
        self._program = ArrayProgram()
        self._kinds: list[tuple[int, Ints]] = []  # size of the groups, and the groups, of each batch
        self._program.add_columns([BROKEN])
        none = Lines.of([([], [])] * self._people)
        self._program.add_rows(-INFINITY, 1, none)
        self._program.add_rows(self._placed, INFINITY, Lines.of([([0], [1.0])]))
        # Only an odd number of people has a triad.
        self._program.add_rows(-INFINITY, self._people % 2, Lines.of([([], [])]))
        halves = [len(members) // 2 for members in self._sets]
        self._program.add_rows(-INFINITY, halves, Lines.of([([], [])] * len(halves)))
        self._put(self._pairs)
        self._put(self._triads)

    def _put(self, groups: Ints) -> None:
        if not len(groups):
            return
        size = groups.shape[1]
        count = len(groups)
        column = np.repeat(np.arange(count), size)
        lines, rows = [column, np.arange(count)], [groups.ravel(), np.full(count, self._people)]
        factors = [np.ones(len(column)), np.full(count, float(size))]
        if size == 3:
            lines, rows = [*lines, np.arange(count)], [*rows, np.full(count, self._people + 1)]
            factors = [*factors, np.ones(count)]
        for number, members in enumerate(self._sets):
            inside = np.flatnonzero(np.isin(groups, members).sum(axis=1) >= 2)
            lines, rows = [*lines, inside], [*rows, np.full(len(inside), self._people + 2 + number)]
            factors = [*factors, np.ones(len(inside))]
        entries = Lines.sorted_by(np.concatenate(lines), np.concatenate(rows), np.concatenate(factors), count)
        self._program.add_columns(-self._values(groups), lines=entries)
        self._kinds.append((size, groups))

    def _values(self, groups: Ints) -> Reals:
        points = self._points
        first, second = groups[:, 0], groups[:, 1]
        if groups.shape[1] == 2:
            return points[first, second].astype(np.float64)
        third = groups[:, 2]
        three = points[first, second] + points[first, third] + points[second, third]
        return three / 2

    def _add_set(self, members: Ints) -> None:
        columns, start = [], 1
        for _, groups in self._kinds:
            columns.append(start + np.flatnonzero(np.isin(groups, members).sum(axis=1) >= 2))
            start += len(groups)
        inside = np.concatenate(columns)
        line = Lines.sorted_by(0 * inside, inside, np.ones(len(inside)), 1)
        self._program.add_rows(-INFINITY, len(members) // 2, line)
        self._sets.append(members)

    # Growing

    def _grow(self, optimum: Optimum) -> bool:
        """Whether a broken set, a pair or a triad was found that the program lacked."""
        share = self._shares(optimum.values)
        first, second = np.nonzero(np.triu(share))
        known = {tuple(members) for members in self._sets}
        cuts = [
            members
            for members in broken_sets(self._people, first, second, share[first, second])
            if tuple(members) not in known
        ]
        left = self._left(optimum.duals)
        pairs = _best_pairs(np.where(self._allowed, -left, -np.inf), TOLERANCE, JOINING)
        pairs = _fresh(pairs, self._pairs)
        triads = self._new_triads(optimum.duals, left, TOLERANCE, TRIADS) if not len(pairs) else _NO_TRIADS
        for members in cuts:
            self._add_set(members)
        self._put(pairs)
        self._put(triads)
        self._pairs = np.concatenate([self._pairs, pairs])
        self._triads = np.concatenate([self._triads, triads])
        return bool(cuts or len(pairs) or len(triads))

    def _shares(self, values: Reals) -> Reals:
        """(n, n) how much of each pair is made; triads are left out."""
        share, start = np.zeros((self._people, self._people)), 1
        for size, groups in self._kinds:
            if size == 2:
                own = values[start : start + len(groups)]
                share[groups[:, 0], groups[:, 1]] += own
                share[groups[:, 1], groups[:, 0]] += own
            start += len(groups)
        return share

    def _inside(self, duals: Reals) -> Reals:
        """(n, n) what the odd sets take of each pair."""
        inside = np.zeros((self._people, self._people))
        for members, dual in zip(self._sets, duals[self._people + 2 :], strict=False):
            if dual < 0:
                inside[np.ix_(members, members)] -= dual
        return inside

    def _left(self, duals: Reals) -> Reals:
        """(n, n) what each pair pays at these duals beyond its points."""
        own, placed = -duals[: self._people], -duals[self._people]
        left: Reals = own[:, None] + own + 2 * placed + self._inside(duals) - self._points
        return left

    def _new_triads(self, duals: Reals, left: Reals, above: float, most: int) -> Ints:
        """The triads whose points are at least `above` more than they pay; see `pair_verification` for the
        formula."""
        if not self._people % 2:
            return _NO_TRIADS
        sets = [(one, -dual) for one, dual in zip(self._sets, duals[self._people + 2 :], strict=False)]
        sets = [(members, price) for members, price in sets if price > 0]
        single, inside = -duals[self._people + 1], self._inside(duals)
        limit = sum(price for _, price in sets) - 2 * single - 2 * above
        # The set of all people takes the same of every triad.
        single -= 2 * sum(price for members, price in sets if len(members) == self._people)
        parts = [(set(members.tolist()), price) for members, price in sets if len(members) < self._people]
        found, worth = [], []
        for first in range(self._people):
            later = np.arange(first + 1, self._people)
            near = later[self._allowed[first, later] & (left[first, later] < limit)]
            if len(near) < 2:
                continue
            block = np.ix_(near, near)
            lacks = left[first, near][:, None] + left[first, near] + left[block] + inside[block]
            lacks += inside[first, near][:, None] + inside[first, near] + 2 * single
            for members, price in parts:
                if first in members:
                    own = np.array([person in members for person in near.tolist()])
                    lacks -= 4 * price * np.outer(own, own)
            lacks[~self._allowed[block]] = np.inf
            lacks[np.tril_indices(len(near))] = np.inf
            one, other = np.nonzero(lacks < -2 * above)
            found.append(np.column_stack([np.full(len(one), first), near[one], near[other]]))
            worth.append(-lacks[one, other])
        if not found:
            return _NO_TRIADS
        triads, value = np.concatenate(found), np.concatenate(worth)
        return _fresh(triads[np.argsort(-value, kind="stable")[:most]], self._triads)

    # Reading

    def _groups(self, values: Reals) -> tuple[tuple[int, ...], ...] | None:
        """The groups of a whole solution."""
        if bool((np.abs(values - np.rint(values)) > 1e-5).any()):
            return None
        groups, start = [], 1
        for _, batch in self._kinds:
            made = np.flatnonzero(values[start : start + len(batch)] > 0.5)
            groups += [tuple(int(person) for person in batch[place]) for place in made]
            start += len(batch)
        return tuple(tuple(sorted(group)) for group in groups)

    def _worth(self, group: tuple[int, ...]) -> int:
        return round(float(self._values(np.array([group]))[0]))

    def _prices(self, optimum: Optimum) -> PairPrices:
        """Whole prices near the duals that no pair and no triad exceeds."""
        duals = np.rint(-optimum.duals * SCALE).astype(np.int64)
        sets = tuple(
            (tuple(int(person) for person in members), int(price))
            for members, price in zip(self._sets, duals[self._people + 2 :], strict=True)
            if price > 0
        )
        people = np.maximum(duals[: self._people], 0)
        prices = PairPrices(people, sets, max(0, int(duals[self._people + 1])), int(duals[self._people]))
        prices = prices.sufficient(np.where(self._allowed, self._points, -1))
        return self._sufficient_for_triads(prices)

    def _sufficient_for_triads(self, prices: PairPrices) -> PairPrices:
        if not self._people % 2:
            return prices
        duals = np.concatenate([prices.people, [prices.placed, prices.triad]]).astype(np.float64)
        own = dict(prices.sets)
        of_sets = [float(own.get(tuple(int(one) for one in members), 0)) for members in self._sets]
        duals = -np.concatenate([duals, of_sets]) / SCALE
        left = self._left(duals)
        known, self._triads = self._triads, _NO_TRIADS
        worst = self._new_triads(duals, left, TOLERANCE / 10, 1)
        self._triads = known
        if not len(worst):
            return prices
        missing = self._lack(prices, worst[0])
        return PairPrices(prices.people, prices.sets, prices.triad + missing, prices.placed)

    def _lack(self, prices: PairPrices, triad: Ints) -> int:
        """Units that a triad pays too few."""
        pays = int(prices.people[triad].sum()) + 3 * prices.placed + prices.triad
        pays += sum(price for members, price in prices.sets if len(set(members) & set(triad.tolist())) >= 2)
        return max(0, math.ceil(float(self._values(triad[None])[0]) * SCALE) - pays)

    # Where the program ends at a fraction

    def _whole(self, optimum: Optimum) -> tuple[tuple[int, ...], ...]:
        """The best whole solution over the columns so far, then over all that could be part of a better
        one."""
        groups = self._solved_whole()
        value = sum(self._worth(group) for group in groups)
        gap = -optimum.value - value
        if gap >= 1 and not self._late():
            left = self._left(optimum.duals)
            pairs = _best_pairs(np.where(self._allowed, -left, -np.inf), -gap - 0.5, self._people)
            triads = self._new_triads(optimum.duals, left, -gap - 0.5, MOST_WHOLE)
            pairs = _fresh(pairs, self._pairs)
            if len(pairs) + len(triads) <= MOST_WHOLE:
                self._put(pairs)
                self._put(triads)
                groups = max(groups, self._solved_whole(), key=lambda made: sum(map(self._worth, made)))
        return groups

    def _solved_whole(self) -> tuple[tuple[int, ...], ...]:
        kinds, own = self._kinds, self._program
        self._build_whole(kinds)
        optimum = self._program.solve(self._remaining())
        groups = None if optimum is None else self._groups(optimum.values)
        self._program, self._kinds = own, kinds
        return groups if groups is not None else (self._earlier.groups if self._earlier else ())

    def _build_whole(self, kinds: list[tuple[int, Ints]]) -> None:
        self._program, self._kinds = ArrayProgram(), kinds
        self._program.add_columns([BROKEN])
        values = [self._values(groups) for _, groups in kinds]
        size = sum(len(groups) for _, groups in kinds)
        self._program.add_columns(-np.concatenate(values), np.ones(size), whole=True)
        entries = self._entries(kinds)
        halves = [len(members) // 2 for members in self._sets]
        upper = np.array([1.0] * self._people + [INFINITY, self._people % 2, *halves])
        lower = np.full(len(upper), -INFINITY)
        lower[self._people] = self._placed
        self._program.add_rows(lower, upper, entries)

    def _entries(self, kinds: list[tuple[int, Ints]]) -> Lines:
        rows, columns, factors = [np.array([self._people])], [np.array([0])], [np.ones(1)]
        start = 1
        for size, groups in kinds:
            count = np.arange(start, start + len(groups))
            rows += [groups.ravel(), np.full(len(groups), self._people)]
            columns += [np.repeat(count, size), count]
            factors += [np.ones(groups.size), np.full(len(groups), float(size))]
            extra = [(self._people + 1, np.arange(len(groups)))] if size == 3 else []
            extra += [
                (self._people + 2 + number, np.flatnonzero(np.isin(groups, members).sum(axis=1) >= 2))
                for number, members in enumerate(self._sets)
            ]
            for row, inside in extra:
                rows, columns = [*rows, np.full(len(inside), row)], [*columns, count[inside]]
                factors = [*factors, np.ones(len(inside))]
            start += len(groups)
        lines = self._people + 2 + len(self._sets)
        return Lines.sorted_by(np.concatenate(rows), np.concatenate(columns), np.concatenate(factors), lines)

    def _late(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _remaining(self) -> float | None:
        return None if self._deadline is None else max(0.01, self._deadline - time.monotonic())


_NO_TRIADS = np.zeros((0, 3), dtype=np.int64)


def _begin(order: Ints) -> Ints:
    most = len(order) if len(order) <= ALL_PEOPLE else FIRST
    return _best_pairs(order.astype(np.float64), -0.5, most)


def _best_pairs(value: Reals, above: float, most: int) -> Ints:
    """(pairs, 2) the best `most` of each person with a value above a limit; the lower number is first."""
    people = len(value)
    if most < people:
        other = np.argpartition(-value, most - 1, axis=1)[:, :most].ravel()
        one = np.repeat(np.arange(people), most)
    else:
        one, other = (axis.ravel() for axis in np.indices(value.shape))
    keep = value[one, other] > above
    pairs = np.sort(np.column_stack([one[keep], other[keep]]), axis=1)
    return np.unique(pairs, axis=0)


def _united(pairs: Ints, more: Ints) -> Ints:
    return np.concatenate([pairs, _fresh(more, pairs)])


def _fresh(groups: Ints, known: Ints) -> Ints:
    """Those that are not known."""
    if not len(groups) or not len(known):
        return groups
    base = int(max(groups.max(), known.max())) + 1
    powers = base ** np.arange(groups.shape[1])
    return groups[~np.isin(groups @ powers, known @ powers)]
