"""The scores of a large problem, read as seldom as possible: kept in 16 bits where they fit into memory, made
again where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.edges import Edges
from matching.problem import EXCLUDED, AssignmentProblem, Ints, Scores

#: Scores are kept while they take no more than this; above, every pass makes them anew.
KEPT_BYTES = 128 * 1024 * 1024
#: The value of a pair that is not allowed, below the value of every pair that is.
LOWEST = np.int32(-(2**31))
Values = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Look:
    """What a pass with prices found. best: (n,) each mentee's best score minus price, LOWEST without any
    allowed pair. edges: pairs whose value is above the mentee's limit, the best few of each mentee."""

    best: Ints
    edges: Edges


class ScoreStore:
    """Allowed pairs of a problem, block by block. A pair with a mentor without places is not allowed."""

    def __init__(self, problem: AssignmentProblem) -> None:
        self._problem = problem
        self.shape = problem.shape
        self._closed = problem.capacity == 0
        self._blocks: list[tuple[int, Scores]] | None = None
        self._keeps = 2 * problem.shape[0] * problem.shape[1] <= KEPT_BYTES
        self.fingerprint = ""

    def blocks(self) -> Iterator[tuple[int, Scores]]:
        """(first row, scores) with EXCLUDED for what is not allowed; the first pass also takes the
        fingerprint."""
        if self._blocks is not None:
            yield from self._blocks
            return
        digest, kept = self._problem.digest(), []
        for start, scores in self._problem.blocks():
            digest.update(scores.astype("<i2").tobytes())
            if self._closed.any():
                scores = np.where(self._closed, np.int16(EXCLUDED), scores)
            if self._keeps:
                kept.append((start, scores))
            yield start, scores
        self.fingerprint = digest.hexdigest()
        if self._keeps:
            self._blocks = kept

    def best_edges(self, prices: Ints, most: int) -> Edges:
        """About the `most` best pairs of each mentee by score minus price; equal ones are taken from
        different mentors for different mentees."""
        parts = [
            _best_of_block(start, scores, _values(scores, prices, 0), most) for start, scores in self.blocks()
        ]
        return joined(self.shape, parts)

    def look(self, prices: Ints, limit: Ints, floor: int, most: int) -> Look:
        """Pairs with a score of at least `floor` and a value (score minus price) above the mentee's limit."""
        best = np.empty(self.shape[0], dtype=np.int64)
        parts = []
        for start, scores in self.blocks():
            rows = slice(start, start + len(scores))
            values = _values(scores, prices, floor)
            best[rows] = values.max(axis=1)
            above = np.flatnonzero(best[rows] > limit[rows])
            if len(above):
                value = values[above]
                value[value <= limit[rows][above, None]] = LOWEST
                parts.append(_best_of_block(start, scores[above], value, most, above))
        return Look(best, joined(self.shape, parts))


Part = tuple[Ints, Ints, Ints]


def joined(shape: tuple[int, int], parts: list[Part]) -> Edges:
    """Edges from (mentee, mentor, score) arrays."""
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Edges(shape, none, none, none)
    mentee, mentor, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Edges(shape, mentee, mentor, score)


def _values(scores: Scores, prices: Ints, floor: int) -> Values:
    values: Values = np.subtract(scores, prices.astype(np.int32), dtype=np.int32)
    values[scores < floor] = LOWEST
    return values


def _best_of_block(
    start: int, scores: Scores, values: Values, most: int, numbers: Ints | None = None
) -> Part:
    """The best `most` pairs of each row; numbers: the rows' numbers within the block."""
    rows, mentors = values.shape
    numbers = np.arange(rows) if numbers is None else numbers
    at = np.flatnonzero(values.ravel() > LOWEST) if mentors <= most else _above(values, most)
    row, column = at // mentors, at % mentors
    mixed = column ^ _mix(numbers[row] + start, mentors)
    value = values.ravel()[at].astype(np.int64)
    order = np.lexsort((mixed, -value, row))
    row, column = row[order], column[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row, side="left")
    keep = rank < most
    row, column = row[keep], column[keep]
    return numbers[row] + start, column, scores[row, column].astype(np.int64)


def _above(values: Values, most: int) -> Ints:
    """Flat places of candidates: every row's best `most`, and some more. The limit is guessed from a sample
    of the columns, and made exact in the rows where the guess is bad."""
    mentors = values.shape[1]
    step = max(1, mentors // 256)
    sample = values[:, ::step]
    rank = min(sample.shape[1], max(2, round(1.5 * most / step) + 1))
    limit = np.partition(sample, sample.shape[1] - rank, axis=1)[:, sample.shape[1] - rank]
    marked = values >= np.maximum(limit, LOWEST + 1)[:, None]
    count = np.count_nonzero(marked, axis=1)
    for row in np.flatnonzero((count < most) | (count > 6 * most)).tolist():
        own = values[row].astype(np.int64) * 2**20 + (np.arange(mentors) ^ _mix(np.array(row), mentors))
        own[values[row] == LOWEST] = np.iinfo(np.int64).min
        exact = np.partition(own, mentors - most)[mentors - most]
        marked[row] = (own >= exact) & (values[row] > LOWEST)
    return np.flatnonzero(marked.ravel())


def _mix(rows: Ints, mentors: int) -> Ints:
    """A number for each row that changes the order of equal columns."""
    mask = (1 << int(mentors - 1).bit_length()) - 1
    return (rows * 2_654_435_761 >> 7) & mask
