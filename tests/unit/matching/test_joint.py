"""The assignment and its reviews chosen together: against brute force, and what it promises."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import matching
from matching import joint
from matching.reasons import shared_topics
from matching.review_kinds import leading_topics
from tests.unit.matching.cast import MORNING

PLAIN = ("matched", "total")
TOPICS = st.integers(0, 3)
LEVELS = st.dictionaries(TOPICS, st.integers(1, 3), min_size=1, max_size=2)


@dataclass(frozen=True)
class Case:
    """Rows of mentees 0, 1, ..., of mentors 100, 101, ..., and experts 200, 201, ..."""

    reviewers: matching.Reviewers
    least: tuple[int, ...] | None = None
    """Minimum loads of the mentors."""

    @property
    def problem(self) -> matching.AssignmentProblem:
        free = matching.people_problem(self.reviewers.mentees, self.reviewers.mentors, matching.Rules())
        return matching.AssignmentProblem(free.scores, free.capacity, self.least)

    def choose(self, result: matching.AssignmentResult | None = None) -> matching.Joint:
        problem = self.problem
        return matching.choose_jointly(problem, result or matching.assign(problem), self.reviewers)


def person(number: int, levels: dict[int, int], places: int | None = None) -> matching.Person:
    week, codes = MORNING, frozenset({"en"})
    if places is None:
        return matching.Person(number, levels, {}, week, codes)
    return matching.Person(number, {}, levels, week, codes, places)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    mentees = [person(number, draw(LEVELS)) for number in range(draw(st.integers(1, 4)))]
    mentors = [
        person(100 + number, draw(LEVELS), draw(st.integers(0, 2)))
        for number in range(draw(st.integers(1, 3)))
    ]
    experts = [
        matching.Expert(
            200 + number,
            frozenset(draw(st.sets(TOPICS, min_size=1, max_size=2))),
            draw(st.sampled_from([0.5, 1.0])),
            frozenset(draw(st.sets(st.integers(0, 4), max_size=1))),
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    untrained = frozenset(draw(st.sets(st.integers(100, 102), max_size=1)))
    policy = matching.ReviewPolicy(frozenset({0, 1}), untrained, every=draw(st.booleans()))
    worth = draw(st.sampled_from([0, 0, 300, 2_000]))
    asked = matching.Reviewers(mentees, mentors, experts, policy, weeks=1, worth=worth)
    least = tuple(min(one.capacity, draw(st.integers(0, 1))) for one in mentors)
    return Case(asked, draw(st.sampled_from([None, least])))


def cheapest(case: Case, result: matching.AssignmentResult) -> int:
    """By trying every assignment: the least of worth x uncovered + points given up."""
    reviewers, problem = case.reviewers, case.problem
    scores = np.vstack([block for _, block in problem.blocks()]).astype(int)
    floor = max(0, result.worst) if "worst" in result.certificate["objective"] else 0
    costs = []
    for columns in itertools.product(range(-1, problem.shape[1]), repeat=problem.shape[0]):
        mentor = np.array(columns)
        row = np.flatnonzero(mentor >= 0)
        made = scores[row, mentor[row]]
        load = np.bincount(mentor[row], minlength=problem.shape[1])
        if len(row) != result.matched or made.min(initial=floor) < floor:
            continue
        lost = result.total - int(made.sum())
        if (load > problem.capacity).any() or (load < problem.least).any():
            continue
        if (made < 0).any() or (lost and not reviewers.worth):
            continue
        costs.append(reviewers.uncovered(mentor)[0] * (reviewers.worth or 1) + lost)
    return min(costs)


@settings(max_examples=150)
@given(cases(), st.sampled_from([PLAIN, ("matched", "worst", "total")]))
def test_no_assignment_within_the_promise_is_better(case: Case, objective: tuple[str, ...]) -> None:
    try:
        result = matching.assign(case.problem, objective)
    except matching.InfeasibleMinimum:
        reject()
    found = case.choose(result)
    assert found.before is not None
    assert found.uncovered is not None
    cost = found.uncovered * (case.reviewers.worth or 1) + found.given_up
    assert (cost, found.gap) == (cheapest(case, result), 0)
    assert found.given_up <= case.reviewers.worth * (found.before - found.uncovered)
    assert found.result.matched == result.matched
    assert objective == PLAIN or found.result.worst == result.worst
    assert found.result.total == result.total - found.given_up
    check = matching.verify(case.problem, found.result.certificate)
    assert (check.ok, check.gap) == (True, found.given_up)
    assert found.result.certificate["mentor"] == found.result.mentor.tolist()


def two_by_two(worth: int = 0) -> Case:
    """Mentee 0 with mentor 100 and mentee 1 with mentor 101 work on topics of one expert, the other two pairs
    on those of the other; each expert has one half hour."""
    mentees = [person(0, {11: 1, 21: 1}), person(1, {22: 1, 12: 1})]
    mentors = [person(100, {11: 1, 22: 1}, 1), person(101, {21: 1, 12: 1}, 1)]
    experts = [matching.Expert(200, frozenset({11, 12}), 0.5), matching.Expert(201, frozenset({21, 22}), 0.5)]
    policy = matching.ReviewPolicy(every=True)
    return Case(matching.Reviewers(mentees, mentors, experts, policy, weeks=1, worth=worth))


@pytest.mark.parametrize("worth", [0, 500])
def test_where_the_relaxation_has_half_pairs_a_whole_choice_is_still_proved(
    monkeypatch: pytest.MonkeyPatch, worth: int
) -> None:
    whole: list[int] = []
    solve = joint._Run._whole
    monkeypatch.setattr(joint._Run, "_whole", lambda *given: whole.append(1) or solve(*given))  # type: ignore[func-returns-value]
    found = two_by_two(worth).choose()
    assert (found.way, found.before, found.uncovered, found.changed, found.gap) == ("joint", 1, 1, 0, 0)
    assert whole == [1]


def crossing(count: int, levels: Sequence[int] = (2, 2), worth: int = 0) -> Case:
    """Learners who all want topics 1 and 2; half of the mentors offer 1, of high risk and without an expert,
    half offer 2."""
    mentees = [person(number, {1: 1, 2: 1}) for number in range(count)]
    mentors = [person(100 + number, {1 + number % 2: levels[number % 2]}, 1) for number in range(2 * count)]
    policy = matching.ReviewPolicy(frozenset({1}))
    return Case(matching.Reviewers(mentees, mentors, [], policy, weeks=2, worth=worth))


def test_equal_plans_are_searched_and_only_as_many_pairs_change_as_have_to() -> None:
    case = crossing(6)
    result = matching.assign(case.problem)
    found = case.choose(result)
    assert found.before
    assert (found.uncovered, found.given_up, found.changed) == (0, 0, found.before)
    assert matching.verify(case.problem, found.result.certificate).reason == "optimal"


def test_points_are_given_up_only_as_far_as_a_review_is_worth_them() -> None:
    for worth, given_up, uncovered in ((999, 0, 4), (1_000, 0, 4), (1_001, 4_000, 0)):
        case = crossing(4, (3, 2), worth=worth)
        found = case.choose(matching.assign(case.problem, PLAIN))
        assert (found.given_up, found.uncovered, found.gap) == (given_up, uncovered, 0)
        assert found.result.proved == (not given_up)
        assert matching.verify(case.problem, found.result.certificate).gap == given_up


@pytest.mark.parametrize(("worth", "given_up"), [(0, 0), (999, 0), (1_001, 1_000)])
def test_a_place_that_others_wanted_costs_its_price_when_it_is_left_free(worth: int, given_up: int) -> None:
    mentees = [person(number, {1: 1, 2: 1}) for number in range(2)]
    mentors = [person(100, {1: 3}, 1), person(101, {2: 2}, 2)]
    policy = matching.ReviewPolicy(frozenset({1}))
    case = Case(matching.Reviewers(mentees, mentors, [], policy, worth=worth))
    found = case.choose(matching.assign(case.problem, PLAIN))
    assert (found.given_up, found.uncovered, found.gap) == (given_up, 0 if given_up else 1, 0)


def test_no_review_is_worth_a_weaker_weakest_fit() -> None:
    found = crossing(4, (3, 2), worth=10_000).choose()
    assert (found.given_up, found.uncovered, found.gap) == (0, 4, 0)


def test_pairs_are_joined_by_price_and_the_order_of_people_does_not_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = crossing(12, (3, 2), worth=5_000)
    result = matching.assign(case.problem, PLAIN)
    whole = case.choose(result)
    monkeypatch.setattr(joint, "FIRST", 14)
    monkeypatch.setattr(joint, "JOINING", 5)
    few = case.choose(result)
    assert few.changed
    assert [few.uncovered, few.given_up, few.gap] == [whole.uncovered, whole.given_up, 0]
    reviewers = case.reviewers
    plans = [
        matching.plan(
            mentees, mentors, [], matching.Rules(), policy=reviewers.policy, worth=5_000, objective=PLAIN
        )
        for mentees, mentors in (
            (reviewers.mentees, reviewers.mentors),
            (reviewers.mentees[::-1], reviewers.mentors[::-1]),
        )
    ]
    assert plans[0].pairs == plans[1].pairs
    assert plans[0].joint.given_up == whole.given_up


def test_pairs_that_stand_beside_take_their_reviews_out_of_the_experts_time() -> None:
    mentees = [person(0, {1: 1, 2: 1})]
    mentors = [person(100, {1: 2}, 1), person(101, {2: 2}, 1)]
    expert = matching.Expert(200, frozenset({1}), 0.5)
    policy = matching.ReviewPolicy(frozenset({1}))
    alone = matching.Reviewers(mentees, mentors, [expert], policy, weeks=1)
    standing = replace(alone, standing=[(person(1, {1: 1}), person(102, {1: 2}, 1))])
    first = np.array([0])
    assert alone.uncovered(first) == (0, 1)
    assert standing.uncovered(first) == (1, 2)
    found = Case(standing).choose()
    assert (found.result.mentor.tolist(), found.uncovered) == ([1], 0)


def test_above_the_largest_size_the_reviews_follow_the_assignment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joint, "MOST_PAIRS", 3)
    case = crossing(4)
    result = matching.assign(case.problem)
    found = case.choose(result)
    assert (found.way, found.result, found.uncovered) == ("too many", result, None)
    monkeypatch.setattr(joint, "MOST_PAIRS", 4)
    monkeypatch.setattr(joint, "MOST_CANDIDATES", 3)
    assert case.choose(result).way == "too many"


def test_without_owed_reviews_or_with_all_covered_nothing_is_solved() -> None:
    case = crossing(3)
    none = Case(replace(case.reviewers, policy=matching.ReviewPolicy()))
    assert none.choose().way == "nothing owed"
    expert = matching.Expert(200, frozenset({1}), 8.0)
    assert Case(replace(case.reviewers, experts=[expert])).choose().way == "all covered"


def test_whoever_watches_can_stop_it_within_a_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.program.WATCH_EVERY", 0.0)

    def stop(fraction: float, _stage: str) -> None:
        if fraction == joint.SOLVING:
            raise matching.Cancelled

    case = crossing(30, (3, 2), worth=5_000)
    result = matching.assign(case.problem, PLAIN)
    with pytest.raises(matching.Cancelled):
        matching.choose_jointly(case.problem, result, case.reviewers, progress=stop)


def test_what_time_did_not_suffice_for_is_left_as_it_was_with_an_honest_gap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matching.program.ArrayProgram.solve", lambda *_given, **_named: None)
    case = crossing(4)
    result = matching.assign(case.problem)
    found = case.choose(result)
    assert (found.way, found.result, found.gap) == ("joint", result, found.before)


def test_bad_input_names_its_field() -> None:
    reviewers = crossing(1).reviewers
    with pytest.raises(ValueError, match=r"^worth"):
        replace(reviewers, worth=-1)
    with pytest.raises(ValueError, match=r"^weeks"):
        replace(reviewers, weeks=0)


@settings(max_examples=40)
@given(st.lists(LEVELS, min_size=1, max_size=4), st.lists(LEVELS, min_size=1, max_size=4))
def test_the_leading_topic_is_the_one_that_the_pair_is_told(
    wants: list[dict[int, int]], offers: list[dict[int, int]]
) -> None:
    mentees = [person(number, levels) for number, levels in enumerate(wants)]
    mentors = [person(100 + number, levels, 1) for number, levels in enumerate(offers)]
    row, column = (axis.ravel() for axis in np.indices((len(mentees), len(mentors))))
    topics = leading_topics(mentees, mentors, row, column).tolist()
    told = [(shared_topics(mentees[i], mentors[j]) or [-1])[0] for i, j in zip(row, column, strict=True)]
    assert topics == told
