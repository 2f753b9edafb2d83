"""Scores between people of one list, the same both ways: what pairs and circles are made from."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.problem import EXCLUDED, MAX_SCORE, Ints


@dataclass(frozen=True, eq=False)
class Mutual:
    """scores: (n, n) int16, symmetric, -1 where two must not be in one group and on the diagonal."""

    scores: NDArray[np.int16]

    @staticmethod
    def of(scores: ArrayLike, earlier: Collection[tuple[int, int]] = ()) -> Mutual:
        """Checked scores without the pairs that met before. Raises ValueError naming scores or earlier."""
        whole = _square(scores).copy()
        np.fill_diagonal(whole, EXCLUDED)
        if whole.min() < EXCLUDED or whole.max() > MAX_SCORE:
            raise ValueError(f"scores: must lie within 0..{MAX_SCORE}, or be {EXCLUDED} for an excluded pair")
        if not np.array_equal(whole, whole.T):
            raise ValueError("scores: must be the same both ways")
        mutual = Mutual(whole.astype(np.int16))
        for one, other in earlier:
            if not (0 <= one < len(whole) and 0 <= other < len(whole) and one != other):
                raise ValueError(f"earlier: pairs must be two different numbers from 0 to {len(whole) - 1}")
        return mutual.without(earlier)

    @property
    def people(self) -> int:
        return len(self.scores)

    @property
    def allowed(self) -> int:
        """How many pairs are allowed."""
        return int((self.scores >= 0).sum()) // 2

    def without(self, pairs: Iterable[tuple[int, int]]) -> Mutual:
        """The same without these pairs."""
        scores = self.scores.copy()
        for one, other in pairs:
            scores[one, other] = scores[other, one] = EXCLUDED
        return Mutual(scores)

    @property
    def points(self) -> Ints:
        """(n, n) what a pair gives to its two people together, -1 where it is excluded."""
        scores = self.scores.astype(np.int64)
        return np.where(scores >= 0, 2 * scores, EXCLUDED)

    def urgent_points(self) -> Ints:
        """The same, but whoever has most people left to meet outweighs every score."""
        left = (self.scores >= 0).sum(axis=1)
        most = (left == left.max()).astype(np.int64)
        bonus = 2 * MAX_SCORE * self.people * (most[:, None] + most)
        return np.where(self.scores >= 0, self.points + bonus, EXCLUDED)

    def fingerprint(self) -> str:
        """SHA-256 (hex) of n and the scores, as little-endian integers."""
        digest = hashlib.sha256(b"matching-mutual-1")
        digest.update(np.array([self.people], dtype="<i8").tobytes())
        digest.update(self.scores.astype("<i2").tobytes())
        return digest.hexdigest()


def _square(scores: ArrayLike) -> Ints:
    try:
        array = np.asarray(scores)
    except (ValueError, TypeError) as error:
        raise ValueError("scores: rows have different lengths or hold no numbers") from error
    if array.dtype.kind not in "iuf":
        raise ValueError("scores: rows have different lengths or hold no numbers")
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError("scores: must be as many rows as columns, one for each person")
    if len(array) < 2:
        raise ValueError("scores: fewer than two people")
    if array.dtype.kind == "f":
        if not bool(np.isfinite(array).all()):
            raise ValueError("scores: holds NaN or infinity")
        if bool((array != np.rint(array)).any()):
            raise ValueError("scores: must be whole numbers")
    if bool((np.abs(array.astype(np.float64)) > 2**31).any()):
        raise ValueError("scores: a number is too large")
    return array.astype(np.int64)
