"""Circles for many people: a heuristic, and a bound of what it may lack.

The heuristic: circles grow one person at a time around whoever has fewest possible partners; then, as long as
one helps, the best exchange of two people (or of one with somebody left out) is made. The bound: in a circle
of k, two people share at most 1 / (k - 1) <= 1/3 of their attention, and nobody has more than 1 in all; the
linear program of that (a fractional b-matching) is bounded by any prices u of attention:
sum u + sum over pairs of max(0, 2 score - u - u') / 3.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.circle_terms import UNITS, CircleTerms
from matching.problem import Ints
from matching.program import INFINITY, ArrayProgram, Lines

#: Pairs of each person in the linear program of the bound.
NEAR = 30
#: Exchanges that are tried in order of their gain before the search gives up.
TRIED = 300
NO_CIRCLE = -1


def searched(terms: CircleTerms, late: Callable[[], bool]) -> list[tuple[int, ...]]:
    """Circles (sorted rows) of the sizes of the rules."""
    search = _Search(terms)
    search.grow()
    while not late() and search.improve():
        pass
    return search.circles()


class _Search:
    def __init__(self, terms: CircleTerms) -> None:
        self._terms, self._people = terms, len(terms.scores)
        self._gains = np.where(terms.scores >= 0, terms.scores, -(10**6))
        np.fill_diagonal(self._gains, 0)
        self._members: list[list[int]] = []

    def grow(self) -> None:
        left = list(range(self._people))
        partners = (self._terms.scores >= 0).sum(axis=1)
        for size in self._sizes():
            circle: list[int] = []
            for start in sorted(left, key=lambda person: (partners[person], person))[:20]:
                circle = self._around(start, left, size)
                if len(circle) == size:
                    break
            if len(circle) in self._terms.rules.sizes:
                self._members.append(circle)
                left = [person for person in left if person not in circle]
        self._add_left(left)

    def _sizes(self) -> list[int]:
        """As many circles as can be, of the smallest sizes."""
        sizes = sorted(self._terms.rules.sizes)
        count = self._people // sizes[0]
        own = [sizes[0]] * count
        for _ in range(sizes[-1] - sizes[0]):
            for number in range(count):
                bigger = own[number] + 1
                if sum(own) < self._people and bigger in sizes:
                    own[number] = bigger
        return own

    def _around(self, start: int, left: list[int], size: int) -> list[int]:
        circle, others = [start], [person for person in left if person != start]
        while len(circle) < size and others:
            new = np.array([[*circle, person] for person in others])
            others = [person for person, can in zip(others, self._terms.can_be(new), strict=True) if can]
            if others:
                keen = self._gains[np.ix_(others, circle)].sum(axis=1)
                chosen = others[int(keen.argmax())]
                circle.append(chosen)
                others.remove(chosen)
        return circle

    def _add_left(self, left: list[int]) -> None:
        for person in left:
            for circle in sorted(self._members, key=lambda one: (len(one), one)):
                if len(circle) + 1 in self._terms.rules.sizes and self._can([*circle, person]):
                    circle.append(person)
                    break

    def _can(self, circle: list[int]) -> bool:
        return bool(self._terms.can_be(np.array([circle]))[0])

    def improve(self) -> bool:
        """Make the best exchange that can be made; False when none helps."""
        place = np.full(self._people, NO_CIRCLE)
        for number, circle in enumerate(self._members):
            place[circle] = number
        if not self._members:
            return False
        gain = self._exchange_gains(place)
        order = np.argsort(-gain, axis=None, kind="stable")[:TRIED]
        for one, other in zip(*np.unravel_index(order, gain.shape), strict=True):
            if gain[one, other] <= 0:
                return False
            if self._exchange(int(one), int(other), place):
                return True
        return False

    def _exchange_gains(self, place: Ints) -> Ints:
        """(n, n) units gained when two people change places."""
        inside = np.zeros((self._people, len(self._members) + 1), dtype=np.int64)
        share = np.zeros(len(self._members) + 1, dtype=np.int64)
        for number, circle in enumerate(self._members):
            inside[:, number] = self._gains[:, circle].sum(axis=1)
            share[number] = 2 * UNITS // (len(circle) - 1)
        # The last column is nowhere: worth nothing.
        own = inside[np.arange(self._people), place]
        there = inside[:, place]  # what each row would have in each column's place
        change = (there.T - self._gains - own[:, None]) * share[place][:, None]
        gain: Ints = change + change.T
        gain[place[:, None] == place] = 0
        return np.triu(gain)

    def _exchange(self, one: int, other: int, place: Ints) -> bool:
        new = []
        for person, incoming in ((one, other), (other, one)):
            if place[person] != NO_CIRCLE:
                circle = [incoming if member == person else member for member in self._members[place[person]]]
                if not self._can(circle):
                    return False
                new.append((int(place[person]), circle))
        for number, circle in new:
            self._members[number] = circle
        return True

    def circles(self) -> list[tuple[int, ...]]:
        return [tuple(sorted(circle)) for circle in self._members]


def attention_bound(terms: CircleTerms) -> int:
    """No circles of these people are worth more, in units."""
    scores, people = terms.scores, len(terms.scores)
    near = np.argpartition(-scores, min(NEAR, people) - 1, axis=1)[:, :NEAR]
    pairs = np.column_stack([np.repeat(np.arange(people), near.shape[1]), near.ravel()])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    pairs = pairs[scores[pairs[:, 0], pairs[:, 1]] >= 0]
    most = 1 / (min(terms.rules.sizes) - 1)
    prices = np.zeros(people)
    if len(pairs):
        program = ArrayProgram()
        program.add_columns(-2.0 * scores[pairs[:, 0], pairs[:, 1]], most)
        columns = np.arange(len(pairs))
        rows = Lines.sorted_by(
            pairs.T.ravel(), np.concatenate([columns, columns]), np.ones(2 * len(pairs)), people
        )
        program.add_rows(-INFINITY, 1, rows)
        optimum = program.solve()
        if optimum is not None:
            prices = np.maximum(0, -optimum.duals)
    # Whole prices, rounded up, so that the bound is exact whatever the solver did.
    price = np.ceil(prices * UNITS - 1e-6).astype(np.int64)
    left = np.where(scores >= 0, 2 * UNITS * scores - price[:, None] - price, 0)
    over = int(np.triu(np.maximum(left, 0), 1).sum())
    return int(price.sum()) + -(-over // (min(terms.rules.sizes) - 1))
