"""The scores of a large problem, read as seldom as possible: kept in 16 bits where they fit into memory, made
again where they do not.

A sweep subtracts a price from every score. Scores are at most 10,000, so that while prices are within 10,200
of one another a value, and the mark of a pair that does not count, fit into 16 bits: such a sweep over 25
million pairs takes milliseconds, fifty times less than making the scores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.edges import Edges
from matching.few import Part, few_above, joined
from matching.problem import EXCLUDED, AssignmentProblem, Ints, Scores
from matching.progress import Progress, silent

#: Scores are kept while they take no more than this; above, every sweep makes them anew.
KEPT_BYTES = 1_500 * 1024 * 1024
#: Scores in the sample of rows that the price ascent works on when not all are kept.
SAMPLE_BYTES = 128 * 1024 * 1024
#: Prices further apart than this need values of 32 bits.
SPAN = 10_200
#: What is taken off a pair that does not count: the rest is below every pair that counts, with 3,000 to spare
#: for the noise of the ascent, and has 16 bits still.
_OFF, _OFF_WIDE = 22_500, 2**30
#: The best value of a mentee without any pair that counts, and a limit that no value exceeds.
NOTHING, BEYOND = -(2**62), 10**6
Values = NDArray[np.signedinteger]


@dataclass(frozen=True, eq=False)
class Look:
    """What a sweep with prices found. best: (n,) each mentee's best score minus price, NOTHING without any
    pair that counts. edges: pairs whose value is above the mentee's limit, the best few of each mentee."""

    best: Ints
    edges: Edges


class ScoreStore:
    """Allowed pairs of a problem, block by block; all scores are read once when it is made.

    A pair with a mentor without places is not allowed. top: (n,) each mentee's best score, EXCLUDED without
    any pair. sought: (m,) each mentor's. sample: rows that stand for all, in blocks (rows, m).
    """

    def __init__(self, problem: AssignmentProblem, progress: Progress = silent) -> None:
        """progress: hears of every block of scores that is read."""
        self._problem = problem
        self.shape = problem.shape
        self._closed = np.flatnonzero(problem.capacity == 0)
        self._blocks: list[tuple[int, Scores]] | None = None
        self._keeps = 2 * problem.shape[0] * problem.shape[1] <= KEPT_BYTES
        self.top = np.empty(problem.shape[0], dtype=np.int64)
        self.sought = np.full(problem.shape[1], EXCLUDED, dtype=np.int64)
        self.sample: list[Scores] = []
        self.fingerprint = ""
        self._read(progress)

    def _read(self, progress: Progress) -> None:
        digest, kept = self._problem.digest(), []
        every = -(-2 * self.shape[0] * self.shape[1] // SAMPLE_BYTES)
        for start, given in self._problem.blocks():
            progress(start / self.shape[0], "scores")
            digest.update(np.ascontiguousarray(given, dtype="<i2").data)
            scores = self._opened(given)
            self.top[start : start + len(scores)] = scores.max(axis=1)
            np.maximum(self.sought, scores.max(axis=0), out=self.sought)
            if self._keeps:
                kept.append((start, scores))
            else:
                self.sample.append(scores[-start % every :: every].copy())
        self.fingerprint = digest.hexdigest()
        if self._keeps:
            self._blocks, self.sample = kept, [scores for _, scores in kept]

    def _opened(self, given: Scores) -> Scores:
        """A copy without the mentors that have no place."""
        scores = given.copy()
        scores[:, self._closed] = EXCLUDED
        return scores

    def _all(self) -> Iterator[tuple[int, Scores]]:
        if self._blocks is not None:
            yield from self._blocks
            return
        for start, given in self._problem.blocks():
            yield start, self._opened(given)

    def best_edges(self, prices: Ints, floor: int, most: int) -> Edges:
        """The `most` best pairs of each mentee by score minus price, or nearly so, with a score of at least
        `floor`; equal ones are taken from different mentors for different mentees."""
        return self.look(prices, np.full(self.shape[0], NOTHING), floor, most).edges

    def look(self, prices: Ints, limit: Ints, floor: int, most: int) -> Look:
        """Pairs with a score of at least `floor` and a value (score minus price) above the mentee's limit."""
        sweep = Sweep(prices, floor)
        best = np.empty(self.shape[0], dtype=np.int64)
        parts: list[Part] = []
        for start, scores in self._all():
            rows = slice(start, start + len(scores))
            values = sweep.values(scores)
            top = values.max(axis=1).astype(np.int64)
            best[rows] = np.where(top < sweep.least, NOTHING, top - sweep.shift)
            above = np.flatnonzero(best[rows] > limit[rows])
            if len(above):
                bar = np.maximum(limit[rows][above] + sweep.shift, sweep.least - 1)
                parts.append(few_above(start, above, scores, values, bar, most))
        return Look(best, joined(self.shape, parts))

    def above(self, prices: Ints, limit: Ints, floor: int, most: int) -> Edges:
        """The same pairs, without a look at mentees whose limit is BEYOND."""
        sweep, parts = Sweep(prices, floor), []
        for start, scores in self._all():
            own = limit[start : start + len(scores)]
            rows = np.flatnonzero(own < BEYOND)
            if not len(rows):
                continue
            some, own = scores[rows], own[rows]
            values = sweep.values(some)
            better = np.flatnonzero(values.max(axis=1).astype(np.int64) - sweep.shift > own)
            if len(better):
                bar = np.maximum(own[better] + sweep.shift, sweep.least - 1)
                at, mentor, score = few_above(0, better, some, values, bar, most)
                parts.append((start + rows[at], mentor, score))
        return joined(self.shape, parts)


class Sweep:
    """Score minus price, for block after block. A value is the true one plus `shift`; below `least` stand the
    pairs that do not count. The array that `values` returns is used again by the next call."""

    def __init__(self, prices: Ints, floor: int) -> None:
        self.shift = int(prices.min())
        span = int(prices.max()) - self.shift
        kind: type[np.signedinteger] = np.int16 if span <= SPAN else np.int32
        self._price = (prices - self.shift).astype(kind)
        self._off = kind(-_OFF if kind is np.int16 else -_OFF_WIDE)
        self._floor, self.least = kind(max(floor, 0)), -span
        self._kind = kind
        self._room: Values = np.empty((2, 0), dtype=kind)

    def values(self, scores: Scores) -> Values:
        """Values of a block (rows, m)."""
        if self._room[0].size < scores.size:
            self._room = np.empty((2, scores.size), dtype=self._kind)
        values: Values = self._room[0][: scores.size].reshape(scores.shape)
        hidden = self._room[1][: scores.size].reshape(scores.shape)
        np.subtract(scores, self._floor, out=hidden)  # below the floor: the sign bit, spread over all bits
        np.right_shift(hidden, 8 * hidden.itemsize - 1, out=hidden)
        np.bitwise_and(hidden, self._off, out=hidden)
        np.subtract(scores, self._price, out=values)
        np.add(values, hidden, out=values)
        return values
