"""A cohort in mid-life: running pairs stand, and those who wait are placed around them."""

from __future__ import annotations

import pytest

import matching
from tests.unit.matching.cast import ALGEBRA, EVENING, MORNING, WRITING, mentee, mentor

RULES = matching.Rules(high_risk=frozenset({ALGEBRA}))
#: 1 and 2 run with 10 and 11; 3 wants what only 10 offers, 2 could be with either.
MENTEES = [mentee(1, {ALGEBRA: 2, WRITING: 1}), mentee(2, {WRITING: 2}), mentee(3, {ALGEBRA: 3})]
MENTORS = [mentor(10, {ALGEBRA: 3, WRITING: 1}), mentor(11, {WRITING: 3}, capacity=2)]
BEFORE = {1: 10, 2: 11}


def told(plan: matching.AmendedPlan) -> list[tuple[int, int | None, int | None, str]]:
    return [(one.mentee, one.before, one.after, one.kind) for one in plan.changes]


def test_one_moves_so_that_another_has_somebody_and_only_new_pairs_are_told() -> None:
    expert = matching.Expert(30, frozenset({ALGEBRA}), 2)
    plan = matching.plan_amended(MENTEES, MENTORS, [expert], RULES, BEFORE)
    assert told(plan) == [(1, 10, 11, "moved"), (3, None, 10, "placed")]
    assert [(pair.mentee, pair.mentor) for pair in plan.pairs] == [(1, 11), (3, 10)]
    assert [need.pair.mentee for need in plan.needs] == [3]
    assert plan.pairs[0].reasons[-1].params == {"taken": 2, "places": 2}
    assert (plan.left_out, plan.amended.disturbed, plan.amended.proved) == ((), 1, True)


def test_within_fewer_changes_somebody_waits_and_hears_why() -> None:
    plan = matching.plan_amended(MENTEES, MENTORS, [], RULES, BEFORE, most_changes=0)
    assert told(plan) == []
    assert [(one.person, one.reason.kind) for one in plan.left_out] == [(3, "undisturbed")]


def test_a_better_fit_alone_disturbs_nobody_however_many_may_change() -> None:
    crossed = {1: 11, 2: 10}
    assert told(matching.plan_amended(MENTEES[:2], MENTORS, [], RULES, crossed, most_changes=2)) == []
    problem = matching.people_problem(MENTEES[:2], MENTORS, RULES)
    assert matching.amend(problem, [1, 0], most_changes=2).disturbed > 0


def test_a_pair_that_shares_nothing_any_more_goes_on_unless_it_is_ruled_out() -> None:
    changed = [mentee(1, {ALGEBRA: 2}, EVENING), *MENTEES[1:]]
    apart = matching.plan_amended(changed[:2], MENTORS, [], RULES, BEFORE)
    assert told(apart) == []
    ruled = matching.Rules(excluded=frozenset({(1, 10)}))
    assert told(matching.plan_amended(MENTEES[:2], MENTORS, [], ruled, BEFORE)) == [(1, 10, 11, "lost")]


def test_locks_and_couples_hold() -> None:
    kept = matching.plan_amended(MENTEES, MENTORS, [], RULES, BEFORE, matching.Ties(locks=((1, 10),)))
    assert told(kept) == []
    together = matching.Ties(together=((1, 2),))
    assert told(matching.plan_amended(MENTEES[:2], MENTORS, [], RULES, BEFORE, together)) == [
        (1, 10, 11, "moved")
    ]


def test_who_is_not_among_the_people_is_named() -> None:
    with pytest.raises(ValueError, match=r"^before:"):
        matching.plan_amended(MENTEES, MENTORS, [], RULES, {1: 12})
    places = [mentor(10, {ALGEBRA: 3}, MORNING, capacity=0), MENTORS[1]]
    crowded = {1: 11, 2: 11, 3: 11}
    with pytest.raises(matching.TooFewChanges):
        matching.plan_amended(MENTEES, places, [], RULES, crowded, most_changes=0)
