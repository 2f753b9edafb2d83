"""Prices of mentors' places by ascent: what makes a small choice of pairs a good one, before any solver runs.

In each step every mentee asks for the pair of greatest score minus price, the `matched` keenest count, and
the price of a mentor rises or falls with what is asked beyond the places (subgradient steps on the Lagrangian
dual of the assignment problem; Held, Wolfe and Crowder 1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.edges import Edges
from matching.problem import Ints

FIRST_STEP, LAST_STEP = 400.0, 4.0
#: Prices move no further than this from where they began: beyond, other pairs would be among the best.
REACH = 2_000


@dataclass(frozen=True, eq=False)
class Choices:
    """Edges as a table: mentor and score of each mentee's choices, (n, k); a missing one scores -inf."""

    mentor: NDArray[np.int32]
    score: NDArray[np.float32]

    @staticmethod
    def of(edges: Edges) -> Choices:
        """Edges must be in the order of their mentees."""
        rank = np.arange(len(edges)) - np.searchsorted(edges.mentee, edges.mentee, side="left")
        shape = (edges.shape[0], int(rank.max(initial=0)) + 1)
        mentor = np.zeros(shape, dtype=np.int32)
        score = np.full(shape, -np.inf, dtype=np.float32)
        mentor[edges.mentee, rank], score[edges.mentee, rank] = edges.mentor, edges.score
        return Choices(mentor, score)


def ascend(choices: Choices, capacity: Ints, matched: int, start: Ints, steps: int) -> Ints:
    """Whole prices (m,) near the best, begun at `start`; they may be below 0 where every place is needed."""
    places = capacity.astype(np.float32)
    needed = int(capacity.sum()) <= matched
    price = start.astype(np.float32)
    best, best_bound = price, np.inf
    low = start.astype(np.float32) - REACH if needed else np.zeros(len(price), dtype=np.float32)
    high = start.astype(np.float32) + REACH
    rows = np.arange(len(choices.score))
    for size in np.geomspace(FIRST_STEP, LAST_STEP, steps, dtype=np.float32):
        value = choices.score - price[choices.mentor]
        chosen = value.argmax(axis=1)
        gain = value[rows, chosen]
        keen = _keenest(gain, matched)
        bound = float(gain[keen].sum(dtype=np.float64) + (places * price).sum(dtype=np.float64))
        if bound < best_bound:
            best, best_bound = price, bound
        asked = np.bincount(choices.mentor[keen, chosen[keen]], minlength=len(places))
        price = price + size * (asked - places) / (asked + places + 1)
        price = np.clip(price, low, high)
    prices: Ints = np.rint(best).astype(np.int64)
    return prices


def _keenest(gain: NDArray[np.float32], matched: int) -> Ints:
    some = np.flatnonzero(np.isfinite(gain))
    if matched >= len(some):
        return some
    order = np.argpartition(-gain[some], matched - 1)[:matched]
    return some[order]
