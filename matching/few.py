"""The few best pairs of each row of a block, without sorting the block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.edges import Edges
from matching.problem import Ints, Scores

#: Mentees, mentors and scores of some pairs; shape (e,) each.
Part = tuple[Ints, Ints, Ints]
#: Columns from which a row's limit is guessed.
SAMPLE = 320
#: Equal values are told apart by up to this much, so that not all of a row pass the limit together.
APART = 31
#: By how much the sequence that does so is shifted from row to row.
STRIDE = 7


def joined(shape: tuple[int, int], parts: list[Part]) -> Edges:
    """Edges from (mentee, mentor, score) arrays."""
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Edges(shape, none, none, none)
    mentee, mentor, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Edges(shape, mentee, mentor, score)


def few_above(
    start: int, rows: Ints, scores: Scores, values: NDArray[np.signedinteger], bar: Ints, most: int
) -> Part:
    """About the `most` best pairs of each of these rows whose value is above the row's bar, the best among
    them. start: the mentee of the block's first row. scores, values: the whole block (b, m)."""
    mentors = scores.shape[1]
    values = values[rows] if len(rows) < len(values) else values
    marked = values > bar[:, None].astype(values.dtype)
    if mentors > most:
        blurred = values + _spread(len(rows), mentors)
        limit = np.minimum(_guess(blurred, most), values.max(axis=1))
        marked &= blurred >= limit[:, None]
    at = np.flatnonzero(marked)
    row, column = at // mentors, at % mentors
    keep = _first_of_row(row, values.ravel()[at].astype(np.int64), _mixed(rows[row] + start, column), most)
    row, column = row[keep], column[keep]
    return rows[row] + start, column, scores[rows[row], column].astype(np.int64)


def _guess(values: NDArray[np.signedinteger], most: int) -> NDArray[np.signedinteger]:
    """A limit that some more than `most` values of each row reach, guessed from a sample of the columns."""
    step = max(1, values.shape[1] // SAMPLE)
    sample = np.sort(values[:, ::step], axis=1)
    rank = min(sample.shape[1], max(2 if step > 1 else 1, -(-most // step) + (1 if step > 1 else 0)))
    limit: NDArray[np.signedinteger] = sample[:, -rank]
    return limit


def _spread(rows: int, columns: int) -> NDArray[np.int16]:
    """Numbers 0..APART (rows, columns), each row beginning elsewhere in one sequence; read only."""
    sequence = ((np.arange(columns + STRIDE * rows) * 2_654_435_761 >> 11) & APART).astype(np.int16)
    return np.lib.stride_tricks.sliding_window_view(sequence, columns)[: STRIDE * rows : STRIDE]


def _mixed(mentee: Ints, mentor: Ints) -> Ints:
    """A number below 2**20 that puts equal mentors in another order for each mentee."""
    mixed: Ints = (mentor ^ (mentee * 2_654_435_761 >> 7)) & (2**20 - 1)
    return mixed


def _first_of_row(row: Ints, value: Ints, mixed: Ints, most: int) -> Ints:
    """Places of the `most` greatest values of each row, in the order of rows and values."""
    order = np.lexsort((mixed, -value, row))
    rank = np.arange(len(row)) - np.searchsorted(row, row, side="left")
    first: Ints = order[rank < most]
    return first
