"""The assignment: most matched first, then the worst-off as well off as possible, then the greatest total."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from matching.certificate import Certificate, certificate
from matching.edges import Edges, allowed_edges
from matching.evening import evened
from matching.fairness import fairest
from matching.flow import NOBODY, Cover, Flow, saturate
from matching.generation import Best, Generation
from matching.problem import MAX_SCORE, AssignmentProblem, InfeasibleMinimum, Ints
from matching.progress import Progress, part, silent
from matching.transport import Prices, Transport, greatest_total, most_even_load

FAIR = ("matched", "worst", "total")
PLAIN = ("matched", "total")
#: Above this many equally good pairs the load is left as it came: the even spread is a courtesy, not a stage.
SPREAD_EDGES = 50_000
#: In a large problem so many of them are looked at, as many of each mentee.
SPREAD_LARGE = 400_000
#: Up to this many pairs every stage works on all of them at once.
SMALL_CELLS = 20_000


@dataclass(frozen=True, eq=False)
class AssignmentResult:
    """mentor: (n,) column of each mentee's mentor, -1 = nobody. matched: how many have one. worst: the lowest
    score of a made pair, -1 when there is none. total: the sum of their scores. bound: no assignment as good
    in the earlier stages has a greater total. proved: every stage is proved optimal. certificate: plain JSON
    for `verify`."""

    mentor: Ints
    matched: int
    worst: int
    total: int
    bound: int
    proved: bool
    certificate: Certificate


@dataclass(frozen=True, eq=False)
class _Fair:
    """Outcome of the fairness stage: the edges that remain, a witness, and the cover that stops a better
    worst."""

    edges: Edges
    witness: Flow
    cover: Cover | None


def assign(
    problem: AssignmentProblem,
    objective: tuple[str, ...] = FAIR,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> AssignmentResult:
    """Assign mentees to mentors; the same problem always gives the same result unless `time_limit` ends it.

    objective: ("matched", "worst", "total") or ("matched", "total"), strictly in that order. time_limit:
    seconds; a run that hits it returns its best assignment with `proved` False and an honest `bound`. Among
    equal totals the load is spread evenly over mentors (least sum of squares); no stage above is touched by
    that. Raises ValueError (field named first), InfeasibleMinimum, and whatever `progress` raises.
    """
    stages = tuple(objective)
    if stages not in (FAIR, PLAIN):
        raise ValueError(f"objective: must be {FAIR} or {PLAIN}")
    if time_limit is not None and not time_limit > 0:
        raise ValueError("time_limit: must be more than 0 seconds")
    run = _Run(problem, stages, time_limit, progress or silent)
    is_large = problem.shape[0] * problem.shape[1] > SMALL_CELLS
    return run.large_result() if is_large else run.result()


class _Run:
    """One run: holds what the stages share."""

    def __init__(
        self,
        problem: AssignmentProblem,
        stages: tuple[str, ...],
        time_limit: float | None,
        progress: Progress,
    ) -> None:
        self.problem, self.stages, self.progress = problem, stages, progress
        self.deadline = None if time_limit is None else time.monotonic() + time_limit

    def result(self) -> AssignmentResult:
        self.progress(0.0, "matched")
        edges = allowed_edges(self.problem)
        most = saturate(
            edges, self.problem.capacity, np.zeros_like(self.problem.capacity), self.problem.shape[0]
        )
        fair = self._fairest(edges, most.value)
        self.progress(0.4, "total")
        transport = self._best(fair, most.value)
        worst = _worst(fair.edges, transport.mentor)
        rivals = fair.edges.at_least(worst) if "worst" in self.stages else fair.edges
        bound = transport.prices.bound(rivals, self.problem.capacity, self.problem.least, most.value)
        if bound == _total(rivals, transport.mentor):
            transport = self._spread(rivals, transport, most.value)
        self.progress(1.0, "done")
        return self._report(most, fair, transport, bound)

    def large_result(self) -> AssignmentResult:
        """The same stages by delayed column generation."""
        self.progress(0.0, "matched")
        generation = Generation(self.problem, self._late, part(self.progress, 0.0, 0.3))
        self.progress(0.3, "worst" if "worst" in self.stages else "matched")
        most, found = fairest(generation, "worst" in self.stages)
        best = Best(Transport(most.mentor, Prices.zero(self.problem.shape[1])), 0)
        if most.value:
            self.progress(0.4, "total")
            witness = found.witness.mentor
            best = generation.greatest_total(found.floor, witness, most.value, self._remaining)
            spread = self._spread_generated(generation, best, found.floor, most.value)
            best = Best(spread, best.bound)
        self.progress(1.0, "done")
        fair = _Fair(generation.edges, found.witness, found.cover)
        return self._report(most, fair, best.transport, best.bound, generation.store.fingerprint)

    def _spread_generated(self, generation: Generation, best: Best, floor: int, matched: int) -> Transport:
        transport, total = best.transport, _total(generation.edges, best.transport.mentor)
        if best.bound != total or self._late():
            return transport
        self.progress(0.9, "spread")
        each = max(1, SPREAD_LARGE // self.problem.shape[0])
        tight = generation.tight(transport.prices, floor, each)
        loads = self.problem.capacity, self.problem.least
        return replace(transport, mentor=evened(tight, *loads, transport.prices, transport.mentor))

    def _fairest(self, edges: Edges, matched: int) -> _Fair:
        """Raise the threshold by binary search as long as as many can be matched over the edges that reach
        it."""
        fair = _Fair(edges, self._first(edges, matched), None)
        if "worst" not in self.stages or not matched:
            return fair
        thresholds = np.unique(edges.score)
        low, high = 0, len(thresholds)  # reachable at low, not at high
        while high - low > 1 and not self._late():
            self.progress(0.1 + 0.3 * (1 - (high - low) / len(thresholds)), "worst")
            middle = (low + high) // 2
            above = edges.at_least(int(thresholds[middle]))
            flow = self._meet(above, matched)
            if flow.value == matched:
                low, fair = middle, _Fair(above, flow, fair.cover)
            else:
                high, fair = middle, _Fair(fair.edges, fair.witness, flow.cover)
        if high == len(thresholds):  # nobody has a better pair: the empty cover says so
            fair = _Fair(fair.edges, fair.witness, Cover("capacity", ()))
        return fair if high - low == 1 else _Fair(fair.edges, fair.witness, None)

    def _first(self, edges: Edges, matched: int) -> Flow:
        least = self.problem.least
        if int(least.sum()) > matched:
            raise InfeasibleMinimum(tuple(int(j) for j in np.flatnonzero(least)))
        witness = self._meet(edges, matched)
        if witness.value < matched:
            raise InfeasibleMinimum(self._short_of_minimum(witness))
        return witness

    def _meet(self, edges: Edges, matched: int) -> Flow:
        return saturate(edges, self.problem.capacity, self.problem.least, matched)

    def _short_of_minimum(self, witness: Flow) -> tuple[int, ...]:
        least, covering = self.problem.least, set(witness.cover.mentors)
        return tuple(int(j) for j in np.flatnonzero(least) if int(j) not in covering)

    def _best(self, fair: _Fair, matched: int) -> Transport:
        fallback = Transport(fair.witness.mentor, Prices.zero(self.problem.shape[1]))
        if not matched or self._late():
            return fallback
        capacity, least = self.problem.capacity, self.problem.least
        return greatest_total(fair.edges, capacity, least, matched, self._remaining()) or fallback

    def _spread(self, edges: Edges, transport: Transport, matched: int) -> Transport:
        self.progress(0.9, "spread")
        prices = transport.prices
        equal = int((prices.gains(edges) == prices.best_gain(edges)[edges.mentee]).sum())
        if self._late() or not matched < equal <= SPREAD_EDGES:
            return transport
        capacity, least = self.problem.capacity, self.problem.least
        even = most_even_load(edges, capacity, least, transport, matched, self._remaining())
        same = even is not None and _total(edges, even) == _total(edges, transport.mentor)
        return Transport(even, prices) if even is not None and same else transport

    def _report(
        self, most: Flow, fair: _Fair, transport: Transport, bound: int, fingerprint: str = ""
    ) -> AssignmentResult:
        worst, total = _worst(fair.edges, transport.mentor), _total(fair.edges, transport.mentor)
        proved = bound == total and (fair.cover is not None or "worst" not in self.stages or not most.value)
        proof = certificate(
            fingerprint=fingerprint or self.problem.fingerprint(),
            objective=self.stages,
            mentor=transport.mentor,
            values=(most.value, worst, total),
            matched_cover=most.cover,
            worst_cover=fair.cover,
            prices=transport.prices,
            bound=bound,
            proved=proved,
        )
        return AssignmentResult(transport.mentor, most.value, worst, total, bound, proved, proof)

    def _remaining(self) -> float | None:
        return None if self.deadline is None else max(0.01, self.deadline - time.monotonic())

    def _late(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline


def _scores(edges: Edges, mentor: Ints) -> Ints:
    """Scores of the pairs that were made, in the order of the mentees."""
    scores: Ints = edges.score[mentor[edges.mentee] == edges.mentor]
    return scores


def _worst(edges: Edges, mentor: Ints) -> int:
    return int(_scores(edges, mentor).min(initial=MAX_SCORE)) if bool((mentor >= 0).any()) else NOBODY


def _total(edges: Edges, mentor: Ints) -> int:
    return int(_scores(edges, mentor).sum())
