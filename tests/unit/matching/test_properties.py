"""What holds of every assignment, on the small path (all pairs at once) and the large one (few at a time)
alike; docs/architecture.md lists which test shows which property."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

import networkx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

import matching
from matching import assignment
from tests.unit.matching.instances import (
    change_number,
    dense,
    loads,
    numbers,
    problems,
    random_problem,
    resealed,
)

FAIR, PLAIN = ("matched", "worst", "total"), ("matched", "total")


@pytest.fixture(scope="module", params=["small", "large"], autouse=True)
def path(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "SMALL_CELLS", 10**9 if request.param == "small" else 0)
        yield request.param


def answer(problem: matching.AssignmentProblem, objective: tuple[str, ...]) -> matching.AssignmentResult:
    """Instances whose minimum loads cannot be met are passed over."""
    try:
        return matching.assign(problem, objective)
    except matching.InfeasibleMinimum:
        assume(False)
        raise


@pytest.mark.parametrize("objective", [FAIR, PLAIN])
@settings(deadline=None, max_examples=40)
@given(problems(most=10, minimum=True))
def test_loads_and_exclusions_hold_and_as_many_as_can_be_are_matched(
    objective: tuple[str, ...], problem: matching.AssignmentProblem
) -> None:
    result = answer(problem, objective)
    made = [int(dense(problem)[row, column]) for row, column in enumerate(result.mentor) if column >= 0]
    load = np.array(loads(problem, result.mentor))
    assert (load <= problem.capacity).all()
    assert (load >= problem.least).all()
    assert min(made, default=0) >= 0
    assert result.matched == len(made) == most_matched(problem)


def most_matched(problem: matching.AssignmentProblem) -> int:
    """By networkx, with a node for each place."""
    graph = networkx.Graph()
    rows = [("mentee", row) for row in range(problem.shape[0])]
    graph.add_nodes_from(rows)
    for row, column in np.argwhere(dense(problem) >= 0).tolist():
        graph.add_edges_from(
            (("mentee", row), (column, place)) for place in range(int(problem.capacity[column]))
        )
    return len(networkx.bipartite.maximum_matching(graph, top_nodes=rows)) // 2


@settings(deadline=None, max_examples=40)
@given(problems(most=8), st.data())
def test_a_place_more_never_makes_it_worse(problem: matching.AssignmentProblem, data: st.DataObject) -> None:
    more = problem.capacity.copy()
    more[data.draw(st.integers(0, problem.shape[1] - 1))] += 1
    roomier = matching.AssignmentProblem(problem.scores, more)
    for objective in (FAIR, PLAIN):
        before, after = matching.assign(problem, objective), matching.assign(roomier, objective)
        assert in_order(after, objective) >= in_order(before, objective)


@settings(deadline=None, max_examples=40)
@given(problems(most=8, minimum=True), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_no_value(problem: matching.AssignmentProblem, random: Random) -> None:
    rows, columns = (random.sample(range(size), size) for size in problem.shape)
    moved = matching.AssignmentProblem(
        dense(problem)[np.ix_(rows, columns)], problem.capacity[columns], problem.least[columns]
    )
    for objective in (FAIR, PLAIN):
        one, other = answer(problem, objective), answer(moved, objective)
        assert in_order(one, objective) == in_order(other, objective)


def in_order(result: matching.AssignmentResult, objective: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(getattr(result, stage) for stage in objective)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_total_is_that_of_scipys_assignment_with_a_column_for_every_place(seed: int) -> None:
    problem = random_problem(seed, mentees=160, mentors=40, places=3)
    result = matching.assign(problem, PLAIN)
    # An unmatched mentee costs more than all scores together, so scipy too matches most first.
    slots = np.repeat(np.where(dense(problem) < 0, -(10**7), dense(problem)), problem.capacity, axis=1)
    rows, columns = linear_sum_assignment(slots, maximize=True)
    made = slots[rows, columns]
    assert (result.matched, result.total) == (int((made >= 0).sum()), int(made[made >= 0].sum()))


# Certificates: every number in them, however deep, is changed.


@settings(deadline=None, max_examples=100)
@given(problems(most=5, minimum=True), st.data())
def test_a_certificate_with_a_changed_number_is_believed_only_where_all_it_states_is_true(
    problem: matching.AssignmentProblem, data: st.DataObject
) -> None:
    objective = data.draw(st.sampled_from([FAIR, PLAIN]))
    proof = answer(problem, objective).certificate
    assert is_true(problem, proof)
    forged = copy.deepcopy(proof)
    place = data.draw(st.sampled_from(list(numbers(forged))))
    change = data.draw(st.sampled_from([-10_000, -2, -1, 1, 2, 10_000]))
    change_number(forged, place, change)
    assert not matching.verify(problem, forged).ok
    assert matching.verify(problem, resealed(forged)).ok == is_true(problem, forged)


def test_each_number_of_a_certificate_is_under_its_checksum() -> None:
    problem = matching.AssignmentProblem(
        [[900, 100, -1], [800, 700, 50], [600, -1, -1], [-1, -1, 40]], [1, 2, 1], [0, 1, 0]
    )
    proof = matching.assign(problem).certificate
    places = list(numbers(proof))
    assert {place[0] for place in places} >= {
        "mentor",
        "prices",
        "minimum_prices",
        "matched_price",
        "version",
    }
    for place in places:
        for change in (-1, 1):
            forged = copy.deepcopy(proof)
            change_number(forged, place, change)
            assert not matching.verify(problem, forged).ok, place


def is_true(problem: matching.AssignmentProblem, proof: dict[str, Any]) -> bool:
    """Everything that a certificate of good form states, reckoned one by one without arrays."""
    mentees, mentors = problem.shape
    scores = dense(problem).tolist()
    capacity, least = problem.capacity.tolist(), problem.least.tolist()
    fair = proof["objective"] == list(FAIR)
    if not (proof["version"] == 1 and all(-1 <= column < mentors for column in proof["mentor"])):
        return False
    if min(*proof["prices"], *proof["minimum_prices"]) < 0:
        return False
    covers = [proof["matched_cover"], *([proof["worst_cover"]["mentors"]] if proof["worst_cover"] else [])]
    if any(len(set(cover)) < len(cover) or not set(cover) <= set(range(mentors)) for cover in covers):
        return False
    allowed = [
        [(column, score) for column, score in enumerate(row) if score >= 0 and capacity[column]]
        for row in scores
    ]
    pairs = [dict(allowed[row]).get(column, -1) for row, column in enumerate(proof["mentor"]) if column >= 0]
    load = loads(problem, proof["mentor"])
    if -1 in pairs or any(not a <= b <= c for a, b, c in zip(least, load, capacity, strict=True)):
        return False
    if (proof["matched"], proof["worst"], proof["total"]) != (len(pairs), min(pairs, default=-1), sum(pairs)):
        return False

    def outside(cover: list[int], above: int) -> int:
        return sum(any(score > above and column not in cover for column, score in row) for row in allowed)

    cover = proof["matched_cover"]
    if outside(cover, -1) + sum(capacity[column] for column in cover) != proof["matched"]:
        return False
    if proof["worst_cover"] is not None:
        kind, cover = proof["worst_cover"]["kind"], proof["worst_cover"]["mentors"]
        rooms, needed = (capacity, proof["matched"]) if kind == "capacity" else (least, sum(least))
        if outside(cover, proof["worst"]) + sum(rooms[column] for column in cover) >= needed:
            return False
    floor = max(0, proof["worst"]) if fair else 0
    price = [
        a - b + proof["matched_price"] for a, b in zip(proof["prices"], proof["minimum_prices"], strict=True)
    ]
    gains = sum(
        max([0, *(score - price[column] for column, score in row if score >= floor)]) for row in allowed
    )
    bound = gains + proof["matched_price"] * proof["matched"]
    bound += sum(a * b for a, b in zip(proof["prices"], capacity, strict=True))
    bound -= sum(a * b for a, b in zip(proof["minimum_prices"], least, strict=True))
    tight = bound == proof["total"] and (proof["worst_cover"] is not None or not fair or not pairs)
    return bound == proof["bound"] and tight == proof["proved"] and len(proof["mentor"]) == mentees
