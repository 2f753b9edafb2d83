"""Large problems: every stage over few pairs, and what they conclude checked against all pairs.

Prices by ascent choose a small set of pairs; each stage is solved over it. A pass over all pairs then either
finds pairs that contradict the stage's proof, which join the set, or the proof holds for all (delayed column
generation; Dantzig and Wolfe 1960, Gilmore and Gomory 1961).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.ascent import Choices, ascend
from matching.crash import best_matching, regret_greedy, settled_prices
from matching.edges import Edges
from matching.flow import Cover, Flow, saturate
from matching.master import Master, Vertex
from matching.problem import AssignmentProblem, Ints
from matching.store import LOWEST, ScoreStore, joined
from matching.transport import Prices, Transport

#: Pairs of each mentee in the ascent, and in the stages.
ASCENT_EDGES, STAGE_EDGES = 24, 12
FIRST_STEPS, NEXT_STEPS = 120, 60
#: Pairs of a mentee that join at once.
JOINING = 6
#: The start is improved until fewer pairs than this contradict it, but not more often than this.
FEW, STARTS = 1_000, 3
#: What a barred mentor costs: no score makes up for it.
BARRED = 10**6


@dataclass(frozen=True, eq=False)
class Best:
    """An assignment with prices, and their bound over all pairs."""

    transport: Transport
    bound: int


class Generation:
    """The stages of one large problem without minimum loads."""

    def __init__(self, problem: AssignmentProblem, late: Callable[[], bool]) -> None:
        self._capacity, self._late = problem.capacity, late
        self._nothing = np.zeros_like(problem.capacity)
        self._mentees = problem.shape[0]
        self.store = ScoreStore(problem)
        self._edges, self._prices = self._choose()

    @property
    def edges(self) -> Edges:
        """The pairs chosen so far."""
        return self._edges

    def _choose(self) -> tuple[Edges, Ints]:
        edges = self.store.best_edges(self._nothing, ASCENT_EDGES)
        matched = min(len(np.unique(edges.mentee)), int(self._capacity.sum()))
        prices = self._nothing
        for steps, most in ((FIRST_STEPS, ASCENT_EDGES), (NEXT_STEPS, STAGE_EDGES)):
            if not len(edges) or not matched or self._late():
                break
            prices = ascend(Choices.of(edges), self._capacity, matched, prices, steps)
            edges = self.store.best_edges(prices, most)
        return edges, prices

    def most(self) -> Flow:
        """A largest matching, with a cover that holds for all pairs."""
        return self._proved(0, self._mentees)

    def reach(self, floor: int, matched: int) -> Flow:
        """A matching of `matched` mentees over pairs of at least `floor`, or a cover of all such pairs."""
        return self._proved(floor, matched)

    def sparse_reach(self, floor: int, matched: int) -> Flow:
        """The same over the chosen pairs only: its cover proves nothing."""
        return saturate(self._edges.at_least(floor), self._capacity, self._nothing, matched)

    def _proved(self, floor: int, target: int) -> Flow:
        while True:
            flow = self.sparse_reach(floor, target)
            if flow.value == target:
                return flow
            missed = self._outside(flow.cover, floor)
            if not len(missed):
                return flow
            self._join(missed)

    def _outside(self, cover: Cover, floor: int) -> Edges:
        """Pairs beyond a cover, of mentees none of whose chosen pairs are."""
        barred = self._nothing.copy()
        barred[list(cover.mentors)] = BARRED
        near = self._edges.at_least(floor)
        limit = np.full(self._mentees, -BARRED // 2)
        limit[near.mentee[barred[near.mentor] == 0]] = BARRED
        return self.store.look(self._prices + barred, limit, floor, JOINING).edges

    def _join(self, edges: Edges) -> None:
        parts = [(one.mentee, one.mentor, one.score) for one in (self._edges, edges)]
        mentee, mentor, score = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((mentor, mentee))
        fresh = np.r_[True, (np.diff(mentee[order]) != 0) | (np.diff(mentor[order]) != 0)]
        keep = order[fresh]
        self._edges = joined(edges.shape, [(mentee[keep], mentor[keep], score[keep])])

    def greatest_total(
        self, floor: int, witness: Ints, matched: int, remaining: Callable[[], float | None]
    ) -> Best:
        """The greatest total of `matched` pairs of at least `floor`; the witness when time runs out."""
        master: Master | None = None
        best: Best | None = None
        while not self._late():
            master = master or self._master(floor, matched)
            vertex = master.solve(remaining())
            if vertex is None:
                break
            best, missing = self._priced(vertex, floor, matched)
            if not len(missing):
                break
            master.add(missing)
            self._join(missing)
        if best is None:
            best = self._price(self._prices, floor, matched).of(witness)
        return best

    def tight(self, prices: Prices, floor: int, most: int) -> Edges | None:
        """All pairs of at least `floor` that are best for their mentee; None when there are more than
        `most`. They join the chosen pairs."""
        if self._mentees >= most:
            return None
        price = prices.mentor + prices.matched
        best = self.store.look(price, np.full(self._mentees, BARRED), floor, 1).best
        limit = np.where(best >= 0, best - 1, BARRED)
        edges = self.store.look(price, limit, floor, most).edges
        if len(edges) > most:
            return None
        self._join(edges)
        return edges

    def _master(self, floor: int, matched: int) -> Master:
        mentor, prices = None, self._prices
        for _ in range(STARTS):
            edges = self._edges.at_least(floor)
            mentor = best_matching(edges, self._capacity, matched)
            if mentor is None or self._late():
                break
            prices = settled_prices(edges, self._capacity, mentor, prices)
            missing = self._above(edges, mentor, prices, floor)
            self._join(missing)
            if len(missing) < FEW:
                break
        edges = self._edges.at_least(floor)
        if mentor is None:
            mentor = regret_greedy(edges, prices, self._capacity, matched)
        return Master(edges, self._capacity, self._nothing, matched, mentor, prices)

    def _above(self, edges: Edges, mentor: Ints, prices: Ints, floor: int) -> Edges:
        """Pairs that a mentee would rather have at these prices than the own one."""
        own = np.full(self._mentees, BARRED)
        made = mentor[edges.mentee] == edges.mentor
        own[edges.mentee[made]] = edges.score[made] - prices[edges.mentor[made]]
        return self.store.look(prices, own, floor, JOINING).edges

    def _priced(self, vertex: Vertex, floor: int, matched: int) -> tuple[Best, Edges]:
        """A vertex with its bound over all pairs, and the pairs that could better it."""
        priced = self._price(vertex.price, floor, matched, vertex.value)
        return priced.of(vertex.mentor), priced.missing

    def _price(self, price: Ints, floor: int, matched: int, limit: Ints | None = None) -> _Priced:
        needed = int(self._capacity.sum()) == matched
        price = price if needed else np.maximum(price, 0)
        limit = np.full(self._mentees, BARRED) if limit is None else limit
        look = self.store.look(price, limit, floor, JOINING)
        best = np.sort(look.best[look.best > LOWEST])[::-1]
        level = int(best[matched - 1])
        raised = max(0, -int(price.min()))
        prices = Prices(price + raised, self._nothing, level - raised)
        gains = int(np.maximum(best - level, 0).sum())
        bound = gains + int((prices.mentor * self._capacity).sum()) + prices.matched * matched
        return _Priced(prices, bound, look.edges)


@dataclass(frozen=True, eq=False)
class _Priced:
    """Prices with the bound that they give over all pairs; missing: pairs above the limits."""

    prices: Prices
    bound: int
    missing: Edges

    def of(self, mentor: Ints) -> Best:
        return Best(Transport(mentor, self.prices), self.bound)
