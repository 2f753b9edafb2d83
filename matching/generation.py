"""Large problems: every stage over few pairs, and what they conclude checked against all pairs.

Prices by ascent choose a small set of pairs; each stage is solved over it. A sweep over all pairs then either
finds pairs that contradict the stage's proof, which join the set, or the proof holds for all (delayed column
generation; Dantzig and Wolfe 1960, Gilmore and Gomory 1961).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.ascent import ascend
from matching.crash import regret_greedy
from matching.edges import Edges
from matching.few import joined
from matching.flow import Flow, saturate
from matching.master import Master, Vertex
from matching.network import Network, simplex
from matching.problem import EXCLUDED, AssignmentProblem, Ints
from matching.progress import Progress, silent
from matching.store import BEYOND, NOTHING, ScoreStore
from matching.transport import Prices, Transport

#: Pairs of each mentee that are chosen, and that join at once.
CHOSEN, JOINING = 12, 6


@dataclass(frozen=True, eq=False)
class Best:
    """An assignment with prices, and their bound over all pairs."""

    transport: Transport
    bound: int


class Generation:
    """The pairs chosen so far, and the stages of one large problem over them."""

    def __init__(
        self, problem: AssignmentProblem, late: Callable[[], bool], progress: Progress = silent
    ) -> None:
        self.capacity, self.least, self.late = problem.capacity, problem.least, late
        self.nothing = np.zeros_like(problem.capacity)
        self.mentees = problem.shape[0]
        self.store = ScoreStore(problem, progress)
        self.edges = joined(problem.shape, [])
        self._prices, self._chosen_at = self.nothing, EXCLUDED

    def choose(self, floor: int, matched: int) -> None:
        """Add pairs of at least `floor` that are good at prices near the best, which are found once."""
        if floor == self._chosen_at:
            return
        if self._chosen_at == EXCLUDED and not self.late():
            loads = self.capacity, self.least
            self._prices = ascend(self.store.sample, floor, *loads, matched, self.mentees)
        self._chosen_at = floor
        self.join(self.store.best_edges(self._prices, floor, CHOSEN))

    def flow(self, floor: int, matched: int, least: Ints) -> Flow:
        """Match up to `matched` mentees over the chosen pairs of at least `floor`, with these minimum
        loads."""
        return saturate(self.edges.at_least(floor), self.capacity, least, matched)

    def above(self, barred: Ints, limit: Ints, floor: int) -> Edges:
        """Pairs that are good at the prices so far, and above the limits when `barred` is taken off too."""
        return self.store.above(self._prices + barred, limit, floor, JOINING)

    def join(self, edges: Edges) -> None:
        """Add pairs to those that are chosen."""
        parts = [(one.mentee, one.mentor, one.score) for one in (self.edges, edges)]
        mentee, mentor, score = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(mentee * edges.shape[1] + mentor, kind="stable")
        fresh = np.r_[True, (np.diff(mentee[order]) != 0) | (np.diff(mentor[order]) != 0)][: len(order)]
        keep = order[fresh]
        self.edges = joined(edges.shape, [(mentee[keep], mentor[keep], score[keep])])

    def greatest_total(
        self, floor: int, witness: Ints, matched: int, remaining: Callable[[], float | None]
    ) -> Best:
        """The greatest total of `matched` pairs of at least `floor`; the witness, whose pairs are among the
        chosen ones, when time runs out."""
        self.choose(floor, matched)
        best = self._by_network(floor, matched) or self._by_simplex(floor, matched, remaining)
        return best or self._price(self._prices, floor, matched).of(witness)

    def _by_network(self, floor: int, matched: int) -> Best | None:
        """None when the network simplex method is not there, or did not end well."""
        best: Best | None = None
        if simplex() is None:
            return None
        loads = self.capacity, self.least
        network = Network(self.edges.at_least(floor), *loads, matched, self._prices)
        while not self.late():
            vertex = network.solve()
            if vertex is None:
                return None
            found, missing = self._priced(vertex, floor, matched)
            if int((vertex.mentor >= 0).sum()) == matched:
                best = found
                if not len(missing):
                    break
            elif not len(missing):
                network.lower()
            known = len(self.edges)
            self.join(missing)
            if len(missing) and len(self.edges) == known:  # it contradicts itself
                return None
            network.add(missing)
        return best

    def _by_simplex(self, floor: int, matched: int, remaining: Callable[[], float | None]) -> Best | None:
        """The same by HiGHS."""
        best: Best | None = None
        edges = self.edges.at_least(floor)
        start = regret_greedy(edges, self._prices, self.capacity, matched)
        master = Master(edges, self.capacity, self.least, matched, start, self._prices)
        while not self.late():
            vertex = master.solve(remaining())
            if vertex is None:
                break
            best, missing = self._priced(vertex, floor, matched)
            if not len(missing):
                break
            master.add(missing)
            self.join(missing)
        return best

    def tight(self, prices: Prices, floor: int, each: int) -> Edges:
        """Pairs of at least `floor` that are best for their mentee, up to `each` of everybody. They join the
        chosen pairs."""
        price = prices.mentor - prices.minimum + prices.matched
        best = self.store.look(price, np.full(self.mentees, BEYOND), floor, 1).best
        limit = np.where(best >= 0, best - 1, BEYOND)
        edges = self.store.look(price, limit, floor, each).edges
        self.join(edges)
        return edges

    def _priced(self, vertex: Vertex, floor: int, matched: int) -> tuple[Best, Edges]:
        """A vertex with its bound over all pairs, and the pairs that could better it."""
        priced = self._price(vertex.price, floor, matched, vertex.value)
        return priced.of(vertex.mentor), priced.missing

    def _price(self, price: Ints, floor: int, matched: int, limit: Ints | None = None) -> _Priced:
        needed = int(self.capacity.sum()) == matched
        # Below 0 where more come than would by themselves: everywhere, or to those with a minimum.
        price = np.where(needed | (self.least > 0), price, np.maximum(price, 0))
        limit = np.full(self.mentees, BEYOND) if limit is None else limit
        look = self.store.look(price, limit, floor, JOINING)
        best = np.sort(look.best[look.best > NOTHING])[::-1]
        level = int(best[matched - 1])
        raised = max(0, -int(price.min())) if needed else 0
        price = price + raised
        prices = Prices(np.maximum(price, 0), np.maximum(-price, 0), level - raised)
        gains = int(np.maximum(best - level, 0).sum())
        loads = int((prices.mentor * self.capacity).sum()) - int((prices.minimum * self.least).sum())
        return _Priced(prices, gains + loads + prices.matched * matched, look.edges)


@dataclass(frozen=True, eq=False)
class _Priced:
    """Prices with the bound that they give over all pairs; missing: pairs above the limits."""

    prices: Prices
    bound: int
    missing: Edges

    def of(self, mentor: Ints) -> Best:
        return Best(Transport(mentor, self.prices), self.bound)
