"""The pairs that may be made, as three parallel arrays: the form in which every stage takes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.problem import AssignmentProblem, Ints, Scores


@dataclass(frozen=True, eq=False)
class Edges:
    """Allowed pairs in row order: mentee, mentor and score, each of shape (e,); shape is (n, m)."""

    shape: tuple[int, int]
    mentee: Ints
    mentor: Ints
    score: Ints

    def __len__(self) -> int:
        return len(self.score)

    def at_least(self, threshold: int) -> Edges:
        """Only the pairs with that score or better."""
        return self.where(self.score >= threshold)

    def where(self, keep: np.typing.NDArray[np.bool_]) -> Edges:
        """Only the pairs marked True."""
        return Edges(self.shape, self.mentee[keep], self.mentor[keep], self.score[keep])


def allowed_edges(problem: AssignmentProblem) -> Edges:
    """Every pair that is not excluded and whose mentor has a place."""
    has_place = problem.capacity > 0
    parts = [_block_edges(start, scores, has_place) for start, scores in problem.blocks()]
    mentee, mentor, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Edges(problem.shape, mentee, mentor, score)


def _block_edges(
    start: int, scores: Scores, has_place: np.typing.NDArray[np.bool_]
) -> tuple[Ints, Ints, Ints]:
    rows, columns = np.nonzero((scores >= 0) & has_place)
    return rows + start, columns, scores[rows, columns].astype(np.int64)
