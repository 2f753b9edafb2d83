"""Large problems are solved over few pairs and proved over all: the answers are those of all at once."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from matching import assignment, network, store
from matching import generation as generated
from matching.master import Vertex
from tests.unit.matching.instances import best, loads, problems

SHARES = {"enough": 1.25, "tight": 1.0, "short": 0.7}


@pytest.fixture(scope="module", autouse=True)
def every_problem_is_large() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "SMALL_CELLS", 0)
        yield


def scores_of(kind: str, seed: int, mentees: int, mentors: int) -> np.typing.NDArray[np.int64]:
    random = np.random.default_rng(seed)
    scores = random.integers(0, 10_001, (mentees, mentors))
    if kind == "all alike":
        return np.full_like(scores, 500)
    if kind == "one favourite":
        scores[:, 0] = 10_000
    if kind == "same order":
        scores = random.integers(0, 3, (mentees, 1)) + random.integers(0, 9_000, (1, mentors)) + 0 * scores
    scores[random.random(scores.shape) < 0.6] = -1
    return scores


def problem_of(kind: str, share: str, seed: int, mentees: int = 120) -> matching.AssignmentProblem:
    mentors = mentees // 4
    random = np.random.default_rng(seed + 1)
    drawn = random.integers(0, mentors, round(mentees * SHARES[share]))
    return matching.AssignmentProblem(
        scores_of(kind, seed, mentees, mentors), np.bincount(drawn, minlength=mentors)
    )


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("kind", ["random", "all alike", "one favourite", "same order"])
def test_few_pairs_at_a_time_give_what_all_at_once_give(
    kind: str, share: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = problem_of(kind, share, 7)
    large = matching.assign(problem)
    monkeypatch.setattr(assignment, "SMALL_CELLS", 10**9)
    small = matching.assign(problem)
    assert (large.matched, large.worst, large.total) == (small.matched, small.worst, small.total)
    assert large.proved
    assert matching.verify(problem, large.certificate).reason == "optimal"


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 9_999))
def test_among_equal_totals_the_load_is_as_even_as_all_pairs_at_once_make_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    mentees, mentors = int(random.integers(3, 25)), int(random.integers(2, 8))
    scores = random.integers(0, (2, 3, 20)[seed % 3], (mentees, mentors))
    capacity = random.integers(mentees // mentors + 1, mentees + 1, mentors)
    minimum = random.integers(0, 2, mentors) * (seed % 2)
    problem = matching.AssignmentProblem(scores, capacity, np.minimum(minimum, mentees // mentors))
    large = matching.assign(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "SMALL_CELLS", 10**9)
        small = matching.assign(problem)
    assert (large.matched, large.worst, large.total) == (small.matched, small.worst, small.total)
    squares = [sum(load * load for load in loads(problem, one.mentor)) for one in (large, small)]
    assert squares[0] == squares[1]
    assert matching.verify(problem, large.certificate).reason == "optimal"


@settings(deadline=None, max_examples=100)
@given(problems(most=5))
def test_no_assignment_is_better(problem: matching.AssignmentProblem) -> None:
    result = matching.assign(problem)
    expected = best(problem)
    assert expected is not None
    assert (result.matched, result.worst, result.total) == expected[:3]
    assert matching.verify(problem, result.certificate).reason == "optimal"


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 999), st.sampled_from(list(SHARES)), st.integers(0, 29))
def test_one_place_more_never_makes_it_worse(seed: int, share: str, mentor: int) -> None:
    problem = problem_of("random", share, seed)
    more = problem.capacity.copy()
    more[mentor] += 1
    before, after = (
        matching.assign(problem),
        matching.assign(matching.AssignmentProblem(problem.scores, more)),
    )
    assert (after.matched, after.worst if after.matched == before.matched else 10**6) >= (
        before.matched,
        before.worst,
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 999), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_no_value(seed: int, random: Random) -> None:
    problem = problem_of("random", "short", seed)
    rows, columns = (random.sample(range(size), size) for size in problem.shape)
    scores = problem.scores.block(0, problem.shape[0])
    shuffled = matching.AssignmentProblem(scores[np.ix_(rows, columns)], problem.capacity[columns])
    one, other = matching.assign(problem), matching.assign(shuffled)
    assert (one.matched, one.worst, one.total) == (other.matched, other.worst, other.total)


def test_scores_that_are_not_kept_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of("random", "tight", 3)
    kept = matching.assign(problem)
    monkeypatch.setattr("matching.store.KEPT_BYTES", 0)
    again = matching.assign(problem)
    assert again.certificate == kept.certificate


@pytest.mark.parametrize("share", SHARES)
def test_without_the_network_simplex_method_highs_gets_there(
    share: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = problem_of("random", share, 5)
    expected = matching.assign(problem)
    monkeypatch.setattr(generated, "simplex", lambda: None)
    found = matching.assign(problem)
    assert (found.total, found.proved) == (expected.total, True)


@pytest.mark.parametrize("objective", [("matched", "worst", "total"), ("matched", "total")])
def test_a_run_out_of_time_states_an_honest_bound(objective: tuple[str, ...]) -> None:
    problem = problem_of("random", "enough", 9)
    result = matching.assign(problem, objective, time_limit=1e-9)
    best_result = matching.assign(problem, objective)
    assert result.matched == best_result.matched
    assert result.total <= result.bound
    verdict = matching.verify(problem, result.certificate)
    assert (verdict.ok, verdict.reason) == (True, "unproved")


def test_a_run_can_be_stopped() -> None:
    def progress(_share: float, stage: str) -> None:
        if stage == "worst":
            raise matching.Cancelled

    with pytest.raises(matching.Cancelled):
        matching.assign(problem_of("random", "enough", 2), progress=progress)


def test_a_run_can_be_stopped_while_scores_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.problem.BLOCK_CELLS", 30 * 10)
    heard: list[float] = []

    def progress(share: float, stage: str) -> None:
        if stage == "scores":
            heard.append(share)
        if len(heard) == 4:
            raise matching.Cancelled

    with pytest.raises(matching.Cancelled):
        matching.assign(problem_of("random", "enough", 2), progress=progress)
    assert heard == sorted(set(heard))


def test_the_worst_off_come_down_to_what_a_crowd_leaves_them() -> None:
    """Nobody's best pair says it: six in ten mentees are good for the same two mentors only."""
    random = np.random.default_rng(4)
    scores = random.integers(3_000, 4_000, (100, 30))
    scores[:, :2] = 9_000
    scores[60:] = 9_500
    capacity = np.full(30, 4)
    result = matching.assign(matching.AssignmentProblem(scores, capacity))
    assert (
        matching.verify(matching.AssignmentProblem(scores, capacity), result.certificate).reason == "optimal"
    )
    assert result.matched == 100
    assert 3_000 <= result.worst < 4_000


def test_a_solver_that_contradicts_itself_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of("random", "tight", 8)
    expected = matching.assign(problem)
    solve = network.Network.solve

    def too_high(self: network.Network) -> Vertex | None:
        vertex = solve(self)
        return vertex and replace(vertex, value=vertex.value - 50)

    monkeypatch.setattr(network.Network, "solve", too_high)
    found = matching.assign(problem)
    assert (found.total, found.proved) == (expected.total, True)


@pytest.mark.parametrize("spread", [100, 40_000])
@pytest.mark.parametrize("floor", [0, 6_000])
def test_a_sweep_values_every_pair(spread: int, floor: int) -> None:
    """16 bits where the prices allow it, 32 where not."""
    random = np.random.default_rng(6)
    scores = random.integers(-1, 10_001, (40, 30)).astype(np.int16)
    prices = random.integers(-spread, spread, 30)
    sweep = store.Sweep(prices, floor)
    values = sweep.values(scores)
    counts = scores >= floor
    assert values.dtype == (np.int16 if spread == 100 else np.int32)
    assert (values[counts].astype(np.int64) - sweep.shift == (scores - prices)[counts]).all()
    assert values[counts].min() >= sweep.least > values[~counts].astype(np.int64).max(initial=-(2**31))


def test_the_few_of_each_row_hold_its_best() -> None:
    random = np.random.default_rng(2)
    scores = random.integers(-1, 9, (50, 700)).astype(np.int16)
    problem = matching.AssignmentProblem(scores, np.ones(700))
    edges = store.ScoreStore(problem).best_edges(np.zeros(700, dtype=np.int64), 0, 5)
    count = np.bincount(edges.mentee, minlength=50)
    assert count.max() <= 5
    best = np.zeros(50)
    np.maximum.at(best, edges.mentee, edges.score)
    assert (best == scores.max(axis=1)).all()
    assert len(np.unique(edges.mentor)) > 100  # equal pairs: not the same mentors for all
