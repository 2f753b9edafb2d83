"""Prices of mentors' places before any solver runs: what makes a small choice of pairs a good one.

Every mentee asks for the pair of greatest score minus price plus noise, the `matched` keenest count, places
that nobody needs ask for the cheapest mentors, and a mentor's price moves with the logarithm of what is asked
by what there is. With this (Gumbel) noise asking is a soft choice, so these are noisy steps of Sinkhorn's
scaling (Cuturi 2013; Galichon and Salanie 2022), and as the noise fades the prices near those of the
assignment problem.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.problem import Ints, Scores
from matching.store import Sweep

Floats = NDArray[np.float64]
#: (every how manyeth row asks, steps, first and last size of the noise, share of each correction)
PLAN = ((4, 16, 400.0, 100.0, 0.7), (1, 12, 100.0, 5.0, 1.0))
#: Noise stays within these, and prices this near to the highest: with both, values have 16 bits.
QUIETEST, LOUDEST, NEAR = -1_000, 3_000, 8_500
SEED = 1
#: Bisections of the level below which places stay empty.
HALVINGS = 16
#: By how much the noise of a row is shifted from that of the row before.
STRIDE = 7


def ascend(
    sample: Sequence[Scores], floor: int, capacity: Ints, least: Ints, matched: int, mentees: int
) -> Ints:
    """Whole prices (m,) near the best for matching `matched` of all `mentees` over pairs of at least `floor`,
    from a sample of their rows. Below 0 only where every place is needed, and where a mentor has to get some
    mentees, whose places up to there never stay empty."""
    market = _Market(sample, floor, capacity / mentees, least / mentees, matched / mentees)
    size, turn = PLAN[-1][3], 0
    for every, steps, first, last, share in PLAN:
        for size in np.geomspace(first, last, steps).tolist():
            market.step(every, turn % every, size, share)
            turn += 1
    prices: Ints = np.rint(market.settled(size)).astype(np.int64)
    return prices


class _Market:
    """Places and matches are counted for one mentee of the sample."""

    def __init__(
        self, sample: Sequence[Scores], floor: int, places: Floats, least: Floats, matched: float
    ) -> None:
        self._sample, self._floor, self._places, self._matched = sample, floor, places, matched
        self._optional = places - least
        self._spare = float(places.sum()) - matched
        self._price = np.zeros(len(places))
        self._random = np.random.default_rng(SEED)
        rows = max(len(scores) for scores in sample)
        self._noise = self._random.gumbel(size=3 * len(places) + STRIDE * rows)

    def step(self, every: int, first: int, size: float, share: float) -> None:
        """Ask every `every`th row and move the prices by `share` of what would even it out."""
        rows = sum(len(scores[first::every]) for scores in self._sample)
        chosen, gain = self._choices(every, first, size)
        asked, places = self._asked(chosen, gain, rows), self._places * rows
        if self._spare * rows >= 1:
            asked += self._optional * rows * _cheap(self._price - self._level(size), size)
        self._price += share * size * np.log((asked + 0.5) / (places + 0.5))
        np.maximum(self._price, self._price.max() - NEAR, out=self._price)

    def _choices(self, every: int, first: int, size: float) -> tuple[Ints, NDArray[np.int16]]:
        """Each asking mentee's choice and its value; only those who have a pair that counts."""
        sweep = Sweep(np.rint(self._price).astype(np.int64), self._floor)
        noise = np.clip(size * self._noise, QUIETEST, LOUDEST).astype(np.int16)
        parts = [self._of_block(sweep, scores[first::every], noise) for scores in self._sample]
        chosen, gain = (np.concatenate(column) for column in zip(*parts, strict=True))
        counts = gain >= sweep.least + QUIETEST
        return chosen[counts], gain[counts]

    def _of_block(
        self, sweep: Sweep, scores: Scores, noise: NDArray[np.int16]
    ) -> tuple[Ints, NDArray[np.int16]]:
        rows, mentors = scores.shape
        values = sweep.values(scores)
        begin = int(self._random.integers(0, len(noise) - mentors - STRIDE * rows + 1))
        windows = np.lib.stride_tricks.sliding_window_view(noise[begin:], mentors)
        values += windows[: STRIDE * rows : STRIDE]
        chosen = values.argmax(axis=1)
        return chosen, values[np.arange(rows), chosen]

    def _asked(self, chosen: Ints, gain: NDArray[np.int16], rows: int) -> Floats:
        """How often each mentor is asked for by those who are matched at these prices."""
        most = self._matched * rows
        if round(most) < len(gain):
            at = len(gain) - max(1, round(most))
            chosen = chosen[gain >= np.partition(gain, at)[at]]
        asked: Floats = np.bincount(chosen, minlength=len(self._price)).astype(np.float64)
        asked *= min(most, len(gain)) / max(1, len(chosen))
        return asked

    def _level(self, size: float) -> float:
        """The price up to which places stay empty, so that the spare ones do."""
        low, high = float(self._price.min()) - 20 * size, float(self._price.max()) + 20 * size
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if float((self._optional * _cheap(self._price - middle, size)).sum()) < self._spare:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def settled(self, size: float) -> Floats:
        """The prices, from 0 on where places stay empty."""
        if self._spare <= 0:
            return self._price
        prices = self._price - self._level(size)
        return np.where(self._optional < self._places, prices, np.maximum(prices, 0))


def _cheap(above: Floats, size: float) -> Floats:
    """Shares of a place that stay empty when its price is this much above the level."""
    shares: Floats = 1 / (1 + np.exp(np.clip(above / size, -50, 50)))
    return shares
