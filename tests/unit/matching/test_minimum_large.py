"""Minimum loads of large problems: few pairs at a time give what all pairs at once give, with a proof."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from matching import assignment
from matching import generation as generated
from tests.unit.matching.instances import best, loads, problems, resealed

FAIR, PLAIN = ("matched", "worst", "total"), ("matched", "total")
Values = tuple[int, int, int] | None


@pytest.fixture(scope="module", autouse=True)
def every_problem_is_large() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "SMALL_CELLS", 0)
        yield


def problem_of(
    seed: int, mentees: int, mentors: int, excluded: float = 0.6, kind: str = "some"
) -> matching.AssignmentProblem:
    """kind: minimum loads of none, some or all mentors, or of as much as everybody has places (tight)."""
    random = np.random.default_rng(seed)
    scores = random.integers(0, (10_001, 5, 60)[seed % 3], (mentees, mentors))
    scores[random.random(scores.shape) < excluded] = -1
    share = 1.0 if kind == "tight" else (1.0, 1.3, 0.8)[seed % 3]
    capacity = np.bincount(random.integers(0, mentors, round(mentees * share)), minlength=mentors)
    minimum = {
        "none": np.zeros_like(capacity),
        "some": np.minimum(capacity, random.integers(0, 3, mentors)),
        "all": np.minimum(capacity, 1),
        "tight": capacity,
    }[kind]
    return matching.AssignmentProblem(scores, capacity, minimum)


def values(problem: matching.AssignmentProblem, objective: tuple[str, ...]) -> Values:
    """None where the minimum loads cannot be met; else (matched, worst where it counts, total), proved."""
    try:
        result = matching.assign(problem, objective)
    except matching.InfeasibleMinimum:
        return None
    assert matching.verify(problem, result.certificate).reason == "optimal"
    load = np.array(loads(problem, result.mentor))
    assert (load >= problem.least).all()
    assert (load <= problem.capacity).all()
    return result.matched, result.worst if "worst" in objective else 0, result.total


def at_once(problem: matching.AssignmentProblem, objective: tuple[str, ...]) -> Values:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "SMALL_CELLS", 10**9)
        return values(problem, objective)


@pytest.mark.parametrize("objective", [FAIR, PLAIN])
@settings(deadline=None, max_examples=60)
@given(problems(most=5, minimum=True))
def test_no_assignment_within_the_loads_is_better(
    objective: tuple[str, ...], problem: matching.AssignmentProblem
) -> None:
    found, expected = values(problem, objective), best(problem, fair=objective == FAIR)
    assert found == (expected and expected[:3])


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 999),
    st.integers(2, 60),
    st.integers(1, 15),
    st.sampled_from(["some", "all", "tight"]),
    st.sampled_from([FAIR, PLAIN]),
)
def test_few_pairs_at_a_time_give_what_all_at_once_give(
    seed: int, mentees: int, mentors: int, kind: str, objective: tuple[str, ...]
) -> None:
    problem = problem_of(seed, mentees, mentors, kind=kind)
    assert values(problem, objective) == at_once(problem, objective)


@pytest.mark.parametrize("objective", [FAIR, PLAIN])
def test_thousands_of_people_get_what_all_pairs_at_once_give(objective: tuple[str, ...]) -> None:
    problem = problem_of(3, 2_000, 500, excluded=0.99)
    found = values(problem, objective)
    assert found is not None
    assert found == at_once(problem, objective)


def test_a_minimum_of_nobody_changes_nothing() -> None:
    nobody = problem_of(6, 120, 30, kind="none")
    without = matching.AssignmentProblem(nobody.scores, nobody.capacity)
    assert matching.assign(nobody).certificate == matching.assign(without).certificate


@pytest.mark.parametrize("kind", ["some", "tight"])
def test_highs_gets_there_without_the_network_simplex_method(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = problem_of(6, 120, 30, kind=kind)
    expected = values(problem, FAIR)
    monkeypatch.setattr(generated, "simplex", lambda: None)
    assert expected is not None
    assert values(problem, FAIR) == expected


@pytest.mark.parametrize(
    ("scores", "capacity", "minimum", "mentors"),
    [
        ([[5, -1], [5, -1]], [2, 2], [0, 1], (1,)),
        ([[5, 5]], [2, 2], [1, 1], (0, 1)),
        ([[-1, 5, 5], [5, -1, -1]], [2, 2, 2], [0, 1, 1], (1, 2)),
        ([[-1, -1]], [2, 2], [1, 0], (0,)),
        # As many places as minimum loads, but fewer can be matched: the third mentor has no place.
        ([[0, -1, 1], [-1, 0, 0], [2, -1, -1]], [1, 2, 0], [1, 2, 0], (0, 1)),
    ],
)
def test_minimum_loads_that_cannot_be_met_name_the_mentors(
    scores: list[list[int]], capacity: list[int], minimum: list[int], mentors: tuple[int, ...]
) -> None:
    problem = matching.AssignmentProblem(scores, capacity, minimum)
    for objective in (FAIR, PLAIN):
        with pytest.raises(matching.InfeasibleMinimum, match=r"^minimum") as caught:
            matching.assign(problem, objective)
        assert caught.value.mentors == mentors


def test_a_mentor_whom_nobody_wants_gets_the_one_who_loses_least_and_the_proof_says_at_what_price() -> None:
    random = np.random.default_rng(2)
    scores = random.integers(5_000, 10_001, (60, 15))
    scores[:, 3] = random.integers(0, 500, 60)
    problem = matching.AssignmentProblem(scores, [6] * 15, [0, 0, 0, 2] + [0] * 11)
    fair = matching.assign(problem)
    assert loads(problem, fair.mentor)[3] == 2
    assert fair.certificate["worst_cover"]["kind"] == "minimum"
    proof = matching.assign(problem, PLAIN).certificate
    assert proof["mentor"].count(3) == 2
    assert proof["minimum_prices"][3] > 4_000
    assert matching.verify(problem, proof).reason == "optimal"
    for change in (-2_000, 500):
        forged = list(proof["minimum_prices"])
        forged[3] += change
        assert not matching.verify(problem, resealed(proof, minimum_prices=forged)).ok
    lower = matching.AssignmentProblem(scores, problem.capacity, [0, 0, 0, 1] + [0] * 11)
    assert matching.verify(lower, proof).reason == "input"


@pytest.mark.parametrize("objective", [FAIR, PLAIN])
def test_a_run_out_of_time_keeps_the_minimum_and_states_an_honest_bound(objective: tuple[str, ...]) -> None:
    problem = problem_of(7, 120, 30)
    result = matching.assign(problem, objective, time_limit=1e-9)
    verdict = matching.verify(problem, result.certificate)
    assert (verdict.ok, verdict.reason) == (True, "unproved")
    assert result.total <= result.bound
