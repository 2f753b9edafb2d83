"""Why not that person, who would rather, and what would place those left out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from tests.unit.matching.instances import best, dense, loads, problems


def test_forcing_a_pair_names_its_cost_who_moves_and_the_full_mentor() -> None:
    problem = matching.AssignmentProblem([[900, 300], [800, 600], [-1, 500]], [1, 2])
    result = matching.assign(problem, ("matched", "total"))
    assert result.mentor.tolist() == [0, 1, 1]
    forced = matching.force(problem, result, 1, 0, ("matched", "total"))
    assert forced == matching.Forced(matched=0, worst=-200, total=-400, changed=(0,), full=True)


def test_a_pair_that_must_not_be_made_has_no_cost() -> None:
    problem = matching.AssignmentProblem([[900, -1, 5]], [1, 1, 0])
    result = matching.assign(problem)
    assert matching.force(problem, result, 0, 1) is None
    assert matching.force(problem, result, 0, 2) is None


@pytest.mark.parametrize(("row", "column", "field"), [(1, 0, "mentee"), (0, -1, "mentor")])
def test_somebody_outside_the_problem_is_refused(row: int, column: int, field: str) -> None:
    problem = matching.AssignmentProblem([[900]], [1])
    with pytest.raises(ValueError, match=f"^{field}"):
        matching.force(problem, matching.assign(problem), row, column)


def test_a_pair_is_made_even_where_leaving_the_mentee_out_would_pay() -> None:
    problem = matching.AssignmentProblem([[500], [900]], [1])
    forced = matching.force(problem, matching.assign(problem), 0, 0)
    assert forced == matching.Forced(matched=0, worst=-400, total=-400, changed=(1,), full=True)


@pytest.mark.parametrize("objective", [("matched", "worst", "total"), ("matched", "total")])
@settings(deadline=None, max_examples=40)
@given(problems(most=4), st.data())
def test_no_assignment_with_the_pair_is_better(
    objective: tuple[str, ...], problem: matching.AssignmentProblem, data: st.DataObject
) -> None:
    result = matching.assign(problem, objective)
    row, column = (data.draw(st.integers(0, size - 1)) for size in problem.shape)
    forced = matching.force(problem, result, row, column, objective)
    found = best(problem, fair="worst" in objective, made=(row, column))
    assert (forced is None) == (found is None)
    if forced is not None and found is not None:
        worst = result.worst + forced.worst if "worst" in objective else 0
        assert (result.matched + forced.matched, worst, result.total + forced.total) == found[:3]


@given(problems())
def test_blocking_pairs_are_those_found_one_by_one(problem: matching.AssignmentProblem) -> None:
    mentor = matching.assign(problem).mentor
    scores, load = dense(problem), loads(problem, mentor)
    own = [scores[row, column] if column >= 0 else -1 for row, column in enumerate(mentor)]
    found = 0
    for row, column in itertools.product(*map(range, problem.shape)):
        held = [own[other] for other in range(problem.shape[0]) if mentor[other] == column]
        weakest = -1 if load[column] < problem.capacity[column] else min(held, default=10**6)
        found += bool(scores[row, column] > own[row] and scores[row, column] > weakest)
    assert matching.blocking_pairs(problem, mentor) == found
