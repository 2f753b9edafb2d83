"""What the engine is asked: scores of mentee x mentor, and how many mentees each mentor takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Scores = NDArray[np.int16]

#: Scores run from 0 to this; EXCLUDED marks a pair that must never be made.
MAX_SCORE = 10_000
EXCLUDED = -1
#: Cells that are looked at together: bounds the memory of every pass over the scores.
BLOCK_CELLS = 1_000_000


@runtime_checkable
class ScoreSource(Protocol):
    """Scores made on demand, so that a large matrix never has to exist."""

    @property
    def shape(self) -> tuple[int, int]: ...

    def block(self, start: int, stop: int) -> Scores:
        """Rows start..stop (exclusive) as an int array of shape (stop - start, m)."""
        ...


class AssignmentProblem:
    """Scores (n mentees, m mentors), places of each mentor, and the least number each must get.

    scores: (n, m) whole numbers 0..10000, -1 for an excluded pair; or an object with `.shape` and
    `.block(start, stop)`, whose blocks are checked when they are read.
    capacity: (m,) whole numbers >= 0. minimum: (m,) whole numbers, 0 <= minimum <= capacity, or None.
    Raises ValueError, its text beginning with the name of the field.
    """

    def __init__(
        self, scores: ArrayLike | ScoreSource, capacity: ArrayLike, minimum: ArrayLike | None = None
    ) -> None:
        self.scores: ScoreSource = scores if isinstance(scores, ScoreSource) else _DenseScores(scores)
        self.shape = _shape(self.scores)
        mentors = self.shape[1]
        self.capacity = _loads("capacity", capacity, mentors)
        self.minimum = None if minimum is None else _loads("minimum", minimum, mentors)
        if self.minimum is not None and bool((self.minimum > self.capacity).any()):
            raise ValueError("minimum: a mentor's minimum is above the mentor's capacity")

    @property
    def least(self) -> Ints:
        """The minimum loads, zeros when none were given; shape (m,)."""
        return np.zeros(self.shape[1], dtype=np.int64) if self.minimum is None else self.minimum

    def blocks(self) -> Iterator[tuple[int, Scores]]:
        """Row blocks (first row, checked scores) in order; each holds at most BLOCK_CELLS cells or one
        row."""
        mentees, mentors = self.shape
        step = max(1, BLOCK_CELLS // mentors)
        for start in range(0, mentees, step):
            stop = min(start + step, mentees)
            yield start, _checked(self.scores.block(start, stop), (stop - start, mentors))

    def fingerprint(self) -> str:
        """SHA-256 (hex) of shape, capacity, minimum and scores (16 bits), as little-endian integers."""
        digest = self.digest()
        for _, scores in self.blocks():
            digest.update(scores.astype("<i2").tobytes())
        return digest.hexdigest()

    def digest(self) -> hashlib._Hash:
        """The fingerprint's beginning: all but the scores, whose rows (16 bits each) follow."""
        digest = hashlib.sha256(b"matching-problem-2")
        digest.update(np.asarray(self.shape, dtype="<i8").tobytes())
        digest.update(self.capacity.astype("<i8").tobytes())
        digest.update(self.least.astype("<i8").tobytes())
        return digest


class InfeasibleMinimum(ValueError):
    """The minimum loads cannot be met; `mentors` are some whose minimum loads together exceed those they can
    take."""

    def __init__(self, mentors: tuple[int, ...]) -> None:
        super().__init__(f"minimum: cannot be met by the mentors in columns {list(mentors)}")
        self.mentors = mentors


class _DenseScores:
    """A whole matrix, copied so that a later change by the caller cannot change the problem."""

    def __init__(self, scores: ArrayLike) -> None:
        whole = _whole_numbers("scores", scores)
        if whole.ndim != 2:
            raise ValueError("scores: must have two dimensions, mentees x mentors")
        if not whole.size:
            raise ValueError(_empty(whole.shape[0]))
        self._scores = _checked(whole, (whole.shape[0], whole.shape[1])).copy()
        self._scores.flags.writeable = False

    @property
    def shape(self) -> tuple[int, int]:
        return self._scores.shape[0], self._scores.shape[1]

    def block(self, start: int, stop: int) -> Scores:
        return self._scores[start:stop]


def _empty(mentees: int) -> str:
    return "scores: there are no mentors (m = 0)" if mentees else "scores: there are no mentees (n = 0)"


def _shape(source: ScoreSource) -> tuple[int, int]:
    mentees, mentors = (int(length) for length in source.shape)
    if mentees < 1 or mentors < 1:
        raise ValueError(_empty(mentees))
    return mentees, mentors


def _whole_numbers(field: str, values: ArrayLike) -> Ints:
    try:
        array = np.asarray(values)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{field}: rows have different lengths or hold no numbers") from error
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind == "f":
        if not bool(np.isfinite(array).all()):
            raise ValueError(f"{field}: holds NaN or infinity")
        if bool((array != np.rint(array)).any()) or bool((np.abs(array) > 2**53).any()):
            raise ValueError(f"{field}: must be whole numbers")
    elif array.dtype.kind not in "iu":
        raise ValueError(f"{field}: rows have different lengths or hold no numbers")
    elif array.dtype.kind == "u" and bool((array > np.iinfo(np.int64).max).any()):
        raise ValueError(f"{field}: a number is too large")
    return array.astype(np.int64)


def _checked(scores: ArrayLike, shape: tuple[int, int]) -> Scores:
    given = np.asarray(scores) if isinstance(scores, np.ndarray) else None
    whole = given if given is not None and given.dtype == np.int16 else _whole_numbers("scores", scores)
    if whole.shape != shape:
        raise ValueError(f"scores: a block has shape {whole.shape} where {shape} was promised")
    if whole.min(initial=0) < EXCLUDED or whole.max(initial=0) > MAX_SCORE:
        raise ValueError(f"scores: must lie within 0..{MAX_SCORE}, or be {EXCLUDED} for an excluded pair")
    return whole.astype(np.int16, copy=False)


def _loads(field: str, values: ArrayLike, mentors: int) -> Ints:
    loads = _whole_numbers(field, values)
    if loads.shape != (mentors,):
        raise ValueError(
            f"{field}: has shape {loads.shape} where ({mentors},) is needed, one number a mentor"
        )
    if bool((loads < 0).any()):
        raise ValueError(f"{field}: must not be negative")
    if bool((loads > np.iinfo(np.int32).max).any()):
        raise ValueError(f"{field}: a number is too large")
    loads.flags.writeable = False
    return loads
