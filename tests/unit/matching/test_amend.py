"""A new assignment that disturbs as few people as possible."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from matching import tied
from tests.unit.matching.instances import dense, loads, problems, random_problem


def disturbed(problem: matching.AssignmentProblem, before: list[int], after: list[int]) -> int:
    scores = dense(problem)
    able = [
        column >= 0 and scores[row, column] >= 0 and problem.capacity[column] > 0
        for row, column in enumerate(before)
    ]
    return sum(could and old != new for could, old, new in zip(able, before, after, strict=True))


def every_assignment(problem: matching.AssignmentProblem) -> list[tuple[list[int], int, int]]:
    """(mentor, matched, total) of each one within the places."""
    scores, found = dense(problem), []
    for mentor in itertools.product(range(-1, problem.shape[1]), repeat=problem.shape[0]):
        made = [int(scores[row, column]) for row, column in enumerate(mentor) if column >= 0]
        load = loads(problem, mentor)
        if -1 not in made and all(own <= most for own, most in zip(load, problem.capacity, strict=True)):
            found.append((list(mentor), len(made), sum(made)))
    return found


@settings(deadline=None, max_examples=40)
@given(problems(most=4), st.data())
def test_no_amendment_is_better_in_the_order_of_the_goals(
    problem: matching.AssignmentProblem, data: st.DataObject
) -> None:
    mentees, mentors = problem.shape
    column = st.integers(-1, mentors - 1)
    before = data.draw(st.lists(column, min_size=mentees, max_size=mentees))
    found = [
        (new, len_, total, disturbed(problem, before, new)) for new, len_, total in every_assignment(problem)
    ]
    amended = matching.amend(problem, before)
    value = (amended.matched, -amended.disturbed, amended.total)
    assert value == max((matched, -moved, total) for _, matched, total, moved in found)
    assert amended.disturbed == disturbed(problem, before, amended.mentor.tolist())
    assert amended.proved

    least = min(moved for *_, moved in found)
    most = data.draw(st.integers(0, mentees))
    if most < least:
        with pytest.raises(matching.TooFewChanges, match=r"^most_changes") as caught:
            matching.amend(problem, before, most_changes=most)
        assert caught.value.needed == least
        return
    bounded = matching.amend(problem, before, most_changes=most)
    assert bounded.disturbed <= most
    best = max((matched, total) for _, matched, total, moved in found if moved <= most)
    assert (bounded.matched, bounded.total, bounded.proved) == (*best, True)


def test_every_change_is_named_with_its_kind() -> None:
    problem = matching.AssignmentProblem([[900, -1, -1], [-1, 50, -1], [800, 10, 20]], [0, 1, 1])
    amended = matching.amend(problem, [0, -1, 1])
    assert amended.mentor.tolist() == [-1, 1, 2]
    assert amended.changes == (
        matching.Change(0, 0, -1, "lost"),
        matching.Change(1, -1, 1, "placed"),
        matching.Change(2, 1, 2, "moved"),
    )
    assert (amended.matched, amended.worst, amended.total, amended.disturbed) == (2, 20, 70, 1)


def test_a_lock_stands_with_its_reason_and_others_make_room() -> None:
    problem = matching.AssignmentProblem([[900, 800], [900, 800]], [1, 1])
    lock = matching.Lock(1, 0, "they began a project")
    amended = matching.amend(problem, [0, -1], locks=[lock])
    assert amended.mentor.tolist() == [1, 0]
    assert amended.locks == (lock,)
    assert [change.kind for change in amended.changes] == ["moved", "placed"]


@pytest.mark.parametrize(
    ("locks", "message"),
    [
        ([(0, 0), (0, 1)], "^locks"),
        ([(9, 0)], "^locks"),
        ([(0, -1)], "^locks"),
        ([(1, 0)], r"^rules.*locks"),
        ([(0, 0), (2, 0)], r"^rules.*locks"),
    ],
)
def test_locks_that_cannot_hold_are_refused(locks: list[tuple[int, int]], message: str) -> None:
    problem = matching.AssignmentProblem([[1, 1], [-1, 1], [1, 1]], [1, 2])
    with pytest.raises(ValueError, match=message):
        matching.amend(problem, [-1, -1, -1], locks=[matching.Lock(*lock) for lock in locks])


@pytest.mark.parametrize("before", [[0], [0, 5], [0, -2], [0.5, 1.0], [[0, 1]]])
def test_an_earlier_assignment_of_other_people_is_refused(before: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^before"):
        matching.amend(matching.AssignmentProblem([[1, 1], [1, 1]], [1, 1]), before)


def test_a_minimum_load_that_no_one_left_can_meet_is_named() -> None:
    problem = matching.AssignmentProblem([[5, -1], [5, -1]], [2, 1], [0, 1])
    with pytest.raises(matching.ImpossibleRules) as caught:
        matching.amend(problem, [0, 0])
    assert caught.value.broken == ("minimum",)


@pytest.mark.parametrize("most_changes", [None, 3])
def test_few_pairs_at_a_time_find_what_all_at_once_find(
    monkeypatch: pytest.MonkeyPatch, most_changes: int | None
) -> None:
    before = matching.assign(random_problem(3, mentees=60, mentors=20, places=3)).mentor
    scores = dense(random_problem(3, mentees=60, mentors=20, places=3))
    problem = matching.AssignmentProblem(scores, np.r_[0, 2, [3] * 18])
    whole = matching.amend(problem, before, most_changes=most_changes)
    monkeypatch.setattr(tied, "ALL_CELLS", 0)
    monkeypatch.setattr(tied, "FIRST", 2)
    few = matching.amend(problem, before, most_changes=most_changes)
    for name in ("matched", "disturbed", "total", "proved"):
        assert getattr(few, name) == getattr(whole, name) or (most_changes and name == "disturbed")
    assert few.proved


def test_couples_disturb_no_more_than_they_must() -> None:
    scores = [[900, 800, 100], [900, 800, 100], [100, 100, 100]]
    problem = matching.AssignmentProblem(scores, [2, 2, 1])
    apart = matching.amend(problem, [0, 0, 2], apart=[(0, 1)])
    assert apart.disturbed == 1
    assert apart.mentor[0] != apart.mentor[1]
    together = matching.amend(problem, [0, 1, 2], together=[(0, 1)])
    assert together.disturbed == 1
    assert together.mentor[0] == together.mentor[1]


def test_it_can_be_stopped_in_the_midst_of_a_stage() -> None:
    heard: list[tuple[float, str]] = []

    def stop_at_the_second_beat(fraction: float, stage: str) -> None:
        heard.append((fraction, stage))
        if heard.count((0.0, "matched")) == 3:
            raise matching.Cancelled

    problem = random_problem(1, 30, 10, 2)
    with pytest.raises(matching.Cancelled):
        matching.amend(problem, [-1] * 30, progress=stop_at_the_second_beat)
    heard.clear()
    with pytest.raises(matching.Cancelled):
        matching.assign_within(problem, matching.SideRules(), progress=stop_at_the_second_beat)
