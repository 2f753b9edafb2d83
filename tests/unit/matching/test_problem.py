"""Bad input is refused with the name of its field."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matching


@pytest.mark.parametrize(
    ("scores", "capacity", "minimum", "field"),
    [
        ([[1, 2], [3]], [1, 1], None, "scores"),
        ([[1.0, float("nan")]], [1, 1], None, "scores"),
        ([[1.0, float("inf")]], [1, 1], None, "scores"),
        ([[1.5, 2.0]], [1, 1], None, "scores"),
        ([["one", "two"]], [1, 1], None, "scores"),
        ([[True, False]], [1, 1], None, "scores"),
        ([[10_001, 2]], [1, 1], None, "scores"),
        ([[-2, 2]], [1, 1], None, "scores"),
        ([1, 2], [1, 1], None, "scores"),
        ([[None, 1]], [1, 1], None, "scores"),
        (np.zeros((0, 2), dtype=int), [1, 1], None, "scores: there are no mentees (n = 0)"),
        ([], [], None, "scores"),
        (np.zeros((2, 0), dtype=int), [], None, "scores: there are no mentors (m = 0)"),
        ([[1, 2]], [1, -1], None, "capacity"),
        ([[1, 2]], [1], None, "capacity"),
        ([[1, 2]], [[1, 1]], None, "capacity"),
        ([[1, 2]], [1, float("nan")], None, "capacity"),
        ([[1, 2]], [1, 2**40], None, "capacity"),
        ([[1, 2]], [1, 1], [0, -1], "minimum"),
        ([[1, 2]], [1, 1], [0], "minimum"),
        ([[1, 2]], [1, 1], [0, 2], "minimum"),
    ],
)
def test_bad_input_is_a_value_error_that_begins_with_the_field(
    scores: Any, capacity: Any, minimum: Any, field: str
) -> None:
    with pytest.raises(ValueError, match=f"^{field.split('(')[0]}"):
        matching.AssignmentProblem(scores, capacity, minimum)


def test_a_change_to_the_callers_array_does_not_change_the_problem() -> None:
    scores = np.array([[5, 6]], dtype=np.int32)
    problem = matching.AssignmentProblem(scores, [1, 1])
    before = problem.fingerprint()
    scores[0, 0] = 9
    assert problem.fingerprint() == before


class _Blocks:
    def __init__(self, scores: Any) -> None:
        self.scores = np.array(scores)
        self.shape: tuple[int, int] = (self.scores.shape[0], self.scores.shape[1])

    def block(self, start: int, stop: int) -> Any:
        return self.scores[start:stop]


def test_scores_made_in_blocks_are_the_same_problem_as_a_matrix() -> None:
    scores = [[5, -1, 7], [6, 2, 1]]
    in_blocks = matching.AssignmentProblem(_Blocks(scores), [1, 1, 1])
    whole = matching.AssignmentProblem(scores, [1, 1, 1])
    assert in_blocks.fingerprint() == whole.fingerprint()
    assert matching.verify(whole, matching.assign(in_blocks).certificate).reason == "optimal"


def test_a_block_with_a_bad_score_is_refused_when_it_is_read() -> None:
    problem = matching.AssignmentProblem(_Blocks([[1, 20_000]]), [1, 1])
    with pytest.raises(ValueError, match=r"^scores"):
        matching.assign(problem)


@pytest.mark.parametrize(
    "other", [([[1, 3]], [1, 1], None), ([[1, 2]], [1, 2], None), ([[1, 2]], [1, 1], [1, 0])]
)
def test_every_part_of_a_problem_changes_its_fingerprint(other: Any) -> None:
    first = matching.AssignmentProblem([[1, 2]], [1, 1])
    assert matching.AssignmentProblem(*other).fingerprint() != first.fingerprint()
