"""Circles of four to six people of one list.

While there are at most `EXACT_SETS` sets of these sizes (24 people for all three), every one that can be is
priced, and the circles are those of a linear program over them; where that ends at a fraction, of a
whole-number program over all that could still close the gap. Above, see `circle_search`.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from matching.circle_search import attention_bound, searched
from matching.circle_terms import UNITS, CircleRules, CircleTerms
from matching.people import Person
from matching.problem import Ints
from matching.program import INFINITY, ArrayProgram, Lines, Optimum
from matching.progress import Progress, silent

EXACT_SETS = 200_000
#: Circles that join the linear program at once, and that a whole-number program takes at most.
JOINING, MOST_WHOLE = 2_000, 60_000
PAD = -1
Reals = NDArray[np.float64]
#: Circles as rows, and a bound of the value that was asked for.
Circles = tuple[list[tuple[int, ...]], int]


@dataclass(frozen=True)
class CircleResult:
    """circles: sorted ids, in order. alone: ids of those in none. placed: how many are in one. total: the sum
    over them of their mean score with the others, in whole points. placed_bound, bound: nothing places more,
    and nothing that places as many is worth more. method: "exact" or "heuristic". proved: both bounds are
    reached."""

    circles: tuple[tuple[int, ...], ...]
    alone: tuple[int, ...]
    placed: int
    total: int
    placed_bound: int
    bound: int
    method: Literal["exact", "heuristic"]
    proved: bool


def circle(
    people: Sequence[Person],
    rules: CircleRules | None = None,
    *,
    earlier: Collection[tuple[int, int]] = (),
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> CircleResult:
    """Put as many people as possible into circles; among those ways take the greatest total.

    The order of people does not matter. earlier: pairs of ids who were in one circle or pair before; see
    `CircleRules` for what that costs. time_limit: seconds; what is found by then is returned with its bounds.
    Raises ValueError naming people or time_limit, and whatever `progress` raises.
    """
    if time_limit is not None and not time_limit > 0:
        raise ValueError("time_limit: must be more than 0 seconds")
    rules, report = rules or CircleRules(), progress or silent
    deadline = None if time_limit is None else time.monotonic() + time_limit
    people = sorted(people, key=lambda person: person.id)
    report(0.0, "scores")
    terms = CircleTerms(people, rules, earlier)
    sets = sum(math.comb(len(people), size) for size in rules.sizes)
    report(0.2, "circles")
    found = _Exact(terms, deadline, report).best() if sets <= EXACT_SETS else None
    result = found or _searched(terms, deadline)
    report(1.0, "done")
    return _named(people, result)


def circle_rounds(
    people: Sequence[Person],
    rules: CircleRules | None = None,
    rounds: int = 1,
    *,
    earlier: Collection[tuple[int, int]] = (),
    time_limit: float | None = None,
) -> tuple[CircleResult, ...]:
    """Rounds of circles, each aware of who has met in those before. time_limit: seconds for each round."""
    if rounds < 0:
        raise ValueError("rounds: must not be negative")
    met, found = set(earlier), []
    for _ in range(rounds):
        found.append(circle(people, rules, earlier=met, time_limit=time_limit))
        met |= {pair for made in found[-1].circles for pair in itertools.combinations(made, 2)}
    return tuple(found)


def _named(people: Sequence[Person], result: CircleResult) -> CircleResult:
    circles = tuple(sorted(tuple(people[row].id for row in one) for one in result.circles))
    inside = {person for one in circles for person in one}
    alone = tuple(person.id for person in people if person.id not in inside)
    return CircleResult(
        circles,
        alone,
        result.placed,
        result.total,
        result.placed_bound,
        result.bound,
        result.method,
        result.proved,
    )


def _result(
    terms: CircleTerms,
    circles: Sequence[tuple[int, ...]],
    placed_bound: int,
    bound: int,
    method: Literal["exact", "heuristic"],
) -> CircleResult:
    units = sum(int(terms.worth(np.array([one]))[0]) for one in circles)
    placed = sum(map(len, circles))
    is_proved = placed == placed_bound and units == bound
    total, most = units // UNITS, units // UNITS if units == bound else -(-bound // UNITS)
    return CircleResult(tuple(circles), (), placed, total, placed_bound, most, method, is_proved)


def _searched(terms: CircleTerms, deadline: float | None) -> CircleResult:
    def late() -> bool:
        return deadline is not None and time.monotonic() >= deadline

    circles = searched(terms, late)
    units = sum(int(terms.worth(np.array([one]))[0]) for one in circles)
    bound = max(units, attention_bound(terms))
    return _result(terms, circles, _placeable(terms), bound, "heuristic")


def _placeable(terms: CircleTerms) -> int:
    """No more people than this fit into circles: those with enough partners, as far as the sizes go."""
    sizes = terms.rules.sizes
    able = int(((terms.scores >= 0).sum(axis=1) >= min(sizes) - 1).sum())
    reach = {0}
    for count in range(1, able + 1):
        if any(count - size in reach for size in sizes):
            reach.add(count)
    return max(reach)


class _Exact:
    """All circles that can be; columns are generated from them by their prices."""

    def __init__(self, terms: CircleTerms, deadline: float | None, report: Progress) -> None:
        self._terms, self._deadline, self._report = terms, deadline, report
        self._people = len(terms.scores)
        self._pool, self._worth = self._all()
        self._size = (self._pool != PAD).sum(axis=1)

    def _all(self) -> tuple[Ints, Ints]:
        """(circles, largest size) of rows, filled up with PAD; and their worth in units."""
        sizes = sorted(set(self._terms.rules.sizes))
        pool, worth = [np.zeros((0, sizes[-1]), dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for size in sizes:
            for chunk in _chunks(self._people, size):
                circles = chunk[self._terms.can_be(chunk)]
                padded = np.full((len(circles), sizes[-1]), PAD)
                padded[:, :size] = circles
                pool.append(padded)
                worth.append(self._terms.worth(circles))
        return np.concatenate(pool), np.concatenate(worth)

    def best(self) -> CircleResult | None:
        """None when time runs out before anything is found."""
        if not len(self._pool):
            return _result(self._terms, (), 0, 0, "exact")
        most = self._staged(self._size.astype(np.float64), 0)
        if most is None:
            return None
        circles, placed_bound = most
        placed = sum(map(len, circles))
        best = self._staged(self._worth.astype(np.float64), placed)
        if best is None:
            return _result(self._terms, circles, placed_bound, attention_bound(self._terms), "exact")
        return _result(self._terms, best[0], placed_bound, best[1], "exact")

    def _staged(self, value: Reals, placed: int) -> Circles | None:
        """Circles of greatest value that place at least `placed`, and a bound."""
        columns = self._first(value)
        while True:
            optimum = self._solved(columns, value, placed, whole=False)
            if optimum is None:
                return None
            left = self._left(optimum.duals, value)
            missing = np.flatnonzero(left > 1e-6)
            missing = np.setdiff1d(missing[np.argsort(-left[missing], kind="stable")[:JOINING]], columns)
            if not len(missing):
                break
            columns = np.concatenate([columns, missing])
        bound = math.floor(-optimum.value + 1e-4)
        if bool((np.abs(optimum.values - np.rint(optimum.values)) < 1e-6).all()):
            return self._chosen(columns, optimum), bound
        return self._whole(columns, value, placed, bound, left)

    def _whole(
        self,
        columns: Ints,
        value: Reals,
        placed: int,
        bound: int,
        left: Reals,
    ) -> Circles | None:
        self._report(0.6, "circles")
        found = self._solved(columns, value, placed, whole=True)
        if found is None:
            columns = np.arange(len(value))
            found = self._solved(columns, value, placed, whole=True)
            return None if found is None else (self._chosen(columns, found), math.floor(-found.bound + 1e-4))
        gap = bound - -found.value
        near = np.flatnonzero(left >= -gap - 0.5)  # nothing else can be part of anything better
        if gap < 1 or len(near) > MOST_WHOLE:
            return self._chosen(columns, found), bound
        better = self._solved(near, value, placed, whole=True)
        if better is None or better.value > found.value:
            return self._chosen(columns, found), bound
        own = max(round(-better.value), math.floor(-better.bound + 1e-4))
        return self._chosen(near, better), min(bound, own)

    def _first(self, value: Reals) -> Ints:
        """The best circles of each person."""
        order = np.argsort(-value, kind="stable")
        member = self._pool[order]
        return np.unique(
            np.concatenate([order[(member == person).any(axis=1)][:20] for person in range(self._people)])
        )

    def _solved(self, columns: Ints, value: Reals, placed: int, whole: bool) -> Optimum | None:
        program = ArrayProgram()
        program.add_columns(-value[columns], 1, whole=whole)
        own = self._pool[columns]
        at, place = np.nonzero(own != PAD)
        people = Lines.sorted_by(own[at, place], at, np.ones(len(at)), self._people)
        program.add_rows(-INFINITY, 1, people)
        everyone = Lines.sorted_by(0 * columns, np.arange(len(columns)), self._size[columns], 1)
        program.add_rows(placed, INFINITY, everyone)
        if not whole:  # a way out, so that the first columns need not reach what all together do
            program.add_columns([1e9], lines=Lines.of([([self._people], [1.0])]))
        return program.solve(None if self._deadline is None else self._deadline - time.monotonic())

    def _left(self, duals: Reals, value: Reals) -> Reals:
        price = np.append(duals[: self._people], 0.0)  # PAD reads the last one
        left: Reals = value + price[self._pool].sum(axis=1)
        left += duals[self._people] * self._size
        return left

    def _chosen(self, columns: Ints, optimum: Optimum) -> list[tuple[int, ...]]:
        made = columns[optimum.values[: len(columns)] > 0.5]
        return [tuple(int(row) for row in one if row != PAD) for one in self._pool[made]]


def _chunks(people: int, size: int, most: int = 200_000) -> Iterator[Ints]:
    """All sets of a size, (sets, size), some at a time."""
    sets = itertools.combinations(range(people), size)
    while chunk := list(itertools.islice(sets, most)):
        yield np.array(chunk, dtype=np.int64)
