"""Who is assigned to whom: the strict order of the stages, bounds, and stopping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

import matching
from matching.solver import LinearProgram
from tests.unit.matching.instances import best, dense, loads, problems, random_problem

PLAIN = ("matched", "total")


def test_one_more_match_comes_before_any_score() -> None:
    problem = matching.AssignmentProblem([[10_000, 1], [9_000, -1]], [1, 1])
    result = matching.assign(problem)
    assert result.mentor.tolist() == [1, 0]
    assert (result.matched, result.worst, result.total) == (2, 1, 9_001)


def test_the_worst_off_come_before_the_total_unless_fairness_is_left_out() -> None:
    problem = matching.AssignmentProblem([[9_000, 3_000], [5_000, 100]], [1, 1])
    assert matching.assign(problem).mentor.tolist() == [1, 0]
    uneven = matching.AssignmentProblem([[9_000, 3_000], [3_100, 2_000]], [1, 1])
    fair, plain = matching.assign(uneven), matching.assign(uneven, PLAIN)
    assert (fair.worst, fair.total) == (3_000, 6_100)
    assert (plain.worst, plain.total) == (2_000, 11_000)


def test_a_full_mentor_is_passed_over_and_the_mentee_left_with_nobody() -> None:
    result = matching.assign(matching.AssignmentProblem([[50], [70], [60]], [2]))
    assert result.mentor.tolist() == [-1, 0, 0]
    assert (result.matched, result.worst, result.total, result.bound) == (2, 60, 130, 130)


def test_with_no_place_at_all_nobody_is_matched_and_that_is_proved() -> None:
    problem = matching.AssignmentProblem([[50, -1], [70, -1]], [0, 3])
    result = matching.assign(problem)
    assert result.mentor.tolist() == [-1, -1]
    assert (result.matched, result.worst, result.total, result.proved) == (0, -1, 0, True)
    assert matching.verify(problem, result.certificate).reason == "optimal"


def test_among_equal_totals_no_mentor_is_filled_while_another_idles() -> None:
    result = matching.assign(matching.AssignmentProblem(np.full((6, 3), 500), [6, 6, 6]))
    assert sorted(result.mentor.tolist()) == [0, 0, 1, 1, 2, 2]


def test_minimum_loads_are_met_at_the_cost_of_the_total() -> None:
    scores = [[900, 100], [900, 200], [900, 300]]
    free = matching.assign(matching.AssignmentProblem(scores, [3, 3]))
    bound = matching.assign(matching.AssignmentProblem(scores, [3, 3], minimum=[0, 1]))
    assert (free.total, bound.total) == (2_700, 2_100)
    assert bound.mentor.tolist() == [0, 0, 1]
    assert bound.proved


@pytest.mark.parametrize(
    ("scores", "minimum", "mentors"),
    [
        ([[5, -1], [5, -1]], [0, 1], (1,)),
        ([[5, 5]], [1, 1], (0, 1)),
        ([[-1, 5, 5], [5, -1, -1]], [0, 1, 1], (1, 2)),
    ],
)
def test_minimum_loads_that_cannot_be_met_name_the_mentors(
    scores: list[list[int]], minimum: list[int], mentors: tuple[int, ...]
) -> None:
    problem = matching.AssignmentProblem(scores, [2] * len(minimum), minimum)
    with pytest.raises(matching.InfeasibleMinimum, match=r"^minimum") as caught:
        matching.assign(problem)
    assert caught.value.mentors == mentors


@pytest.mark.parametrize("objective", [(), ("total",), ("worst", "matched", "total"), ("matched", "worst")])
def test_an_unknown_order_of_stages_is_refused(objective: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"^objective"):
        matching.assign(matching.AssignmentProblem([[1]], [1]), objective)


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_time_limit_that_is_no_time_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match=r"^time_limit"):
        matching.assign(matching.AssignmentProblem([[1]], [1]), time_limit=limit)


@settings(deadline=None, max_examples=120)
@given(problems(minimum=True))
def test_no_assignment_is_better_in_the_order_of_the_stages(problem: matching.AssignmentProblem) -> None:
    expected = best(problem)
    if expected is None:
        with pytest.raises(matching.InfeasibleMinimum):
            matching.assign(problem)
        return
    result = matching.assign(problem)
    evenness = -sum(load * load for load in loads(problem, result.mentor))
    assert (result.matched, result.worst, result.total, evenness) == expected
    assert result.proved


@settings(deadline=None, max_examples=100)
@given(problems())
def test_without_the_fairness_stage_no_total_is_greater(problem: matching.AssignmentProblem) -> None:
    result = matching.assign(problem, PLAIN)
    evenness = -sum(load * load for load in loads(problem, result.mentor))
    assert (result.matched, 0, result.total, evenness) == best(problem, fair=False)
    assert result.proved


@settings(deadline=None, max_examples=100)
@given(problems(most=12))
def test_places_and_exclusions_hold_and_the_numbers_are_those_of_the_pairs(
    problem: matching.AssignmentProblem,
) -> None:
    result = matching.assign(problem)
    made = [int(dense(problem)[row, column]) for row, column in enumerate(result.mentor) if column >= 0]
    assert all(
        load <= places for load, places in zip(loads(problem, result.mentor), problem.capacity, strict=True)
    )
    assert -1 not in made
    assert (result.matched, result.worst, result.total) == (len(made), min(made, default=-1), sum(made))


def test_the_same_problem_gives_the_same_bytes() -> None:
    problem = random_problem(7, mentees=60, mentors=15, places=5)
    assert matching.assign(problem).certificate == matching.assign(problem).certificate


def test_progress_rises_through_the_stages_to_one() -> None:
    heard: list[tuple[float, str]] = []
    problem = random_problem(5, mentees=30, mentors=10, places=3)
    matching.assign(problem, progress=lambda share, stage: heard.append((share, stage)))
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert heard[0] == (0.0, "matched")
    assert heard[-1] == (1.0, "done")
    assert {"worst", "total"} <= {stage for _, stage in heard}


@pytest.mark.parametrize("stop_at", ["matched", "worst", "total"])
def test_a_progress_callable_can_stop_the_run_at_every_stage(stop_at: str) -> None:
    heard: list[str] = []

    def progress(_share: float, stage: str) -> None:
        heard.append(stage)
        if stage == stop_at:
            raise matching.Cancelled

    with pytest.raises(matching.Cancelled):
        matching.assign(random_problem(5, mentees=30, mentors=10, places=3), progress=progress)
    assert heard[-1] == stop_at


def test_when_the_solver_does_not_finish_the_fair_matching_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(9, mentees=40, mentors=10, places=5)
    full = matching.assign(problem)
    monkeypatch.setattr(LinearProgram, "solve", lambda *_: None)
    cut = matching.assign(problem, time_limit=60)
    assert (cut.matched, cut.worst, cut.proved) == (full.matched, full.worst, False)
    assert cut.total < full.total <= cut.bound
    assert matching.verify(problem, cut.certificate).reason == "unproved"


@pytest.mark.parametrize("objective", [("matched", "worst", "total"), PLAIN])
def test_a_run_out_of_time_still_matches_most_and_states_an_honest_bound(objective: tuple[str, ...]) -> None:
    problem = random_problem(9, mentees=200, mentors=50, places=5)
    full = matching.assign(problem, objective)
    cut = matching.assign(problem, objective, time_limit=1e-9)
    assert (cut.matched, cut.proved) == (full.matched, False)
    assert cut.total < full.total <= full.bound <= cut.bound or cut.worst < full.worst
    verdict = matching.verify(problem, cut.certificate)
    assert (verdict.ok, verdict.reason, verdict.gap) == (True, "unproved", cut.bound - cut.total)
