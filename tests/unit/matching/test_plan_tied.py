"""A plan in which some pairs are decided beforehand, and some mentees belong together or apart."""

from __future__ import annotations

import pytest

import matching
from tests.unit.matching.cast import ALGEBRA, CHEMISTRY, EVENING, mentee, mentor

RULES = matching.Rules()
MENTEES = [mentee(number, {ALGEBRA: 1 + number % 3}) for number in (1, 2, 3, 4)]
MENTORS = [mentor(10, {ALGEBRA: 3}, capacity=2), mentor(11, {ALGEBRA: 1}), mentor(12, {ALGEBRA: 2})]


def tied(
    locks: tuple[tuple[int, int], ...] = (),
    together: tuple[tuple[int, int], ...] = (),
    apart: tuple[tuple[int, int], ...] = (),
    *quotas: matching.GroupQuota,
) -> matching.TiedPlan:
    return matching.plan_tied(MENTEES, MENTORS, [], RULES, matching.Ties(locks, together, apart, quotas))


def partners(plan: matching.TiedPlan) -> dict[int, int]:
    return {pair.mentee: pair.mentor for pair in plan.pairs}


def test_without_ties_it_is_the_plan_with_its_certificate() -> None:
    plan, free = matching.plan(MENTEES, MENTORS, [], RULES), tied()
    assert free.pairs == plan.pairs
    assert isinstance(free.result, matching.AssignmentResult)
    assert free.result.certificate == plan.result.certificate


def test_a_locked_pair_is_made_and_the_rest_is_proved_around_it() -> None:
    plan = tied(locks=((1, 11),))
    assert partners(plan)[1] == 11
    assert len(plan.pairs) == 4
    assert plan.free == 3
    assert isinstance(plan.result, matching.AssignmentResult)
    people = matching.freed(MENTEES, MENTORS, matching.Ties(locks=((1, 11),)))
    assert matching.verify(matching.people_problem(*people, RULES), plan.result.certificate).ok
    room = {pair.mentee: pair.reasons[-1].params for pair in plan.pairs}
    assert room[1] == {"taken": 1, "places": 1}


def test_when_all_is_decided_nothing_is_left_to_prove() -> None:
    locks = ((1, 10), (2, 10), (3, 11), (4, 12))
    plan = tied(locks=locks)
    assert tuple(partners(plan).items()) == locks
    assert (plan.free, plan.result) == (0, None)


def test_couples_share_a_mentor_or_never_do() -> None:
    assert partners(tied(together=((1, 4),)))[1] == partners(tied(together=((1, 4),)))[4] == 10
    plan = tied(apart=((1, 4),))
    assert partners(plan)[1] != partners(plan)[4]
    assert isinstance(plan.result, matching.RuledResult)
    assert plan.result.proved


def test_so_many_of_a_group_get_a_mentor_and_the_locked_count() -> None:
    two = matching.GroupQuota("Lab A", frozenset({2, 3, 4}), 0, 1)
    assert sorted(partners(tied((), (), (), two))) in ([1, 2], [1, 3], [1, 4])
    locked = tied(((2, 11),), (), (), two)
    assert partners(locked) == {1: 10, 2: 11}
    assert {one.reason.kind for one in locked.left_out} == {"tied"}
    all_of_them = matching.GroupQuota("Lab A", frozenset({2, 3, 4}), 3)
    fewer = [mentor(10, {ALGEBRA: 3}, capacity=2)]
    with pytest.raises(matching.ImpossibleRules) as caught:
        matching.plan_tied(MENTEES, fewer, [], RULES, matching.Ties(quotas=(all_of_them,)))
    assert caught.value.broken == ("Lab A",)


def test_who_stays_out_for_a_couple_hears_that() -> None:
    mentors = [mentor(10, {ALGEBRA: 3}), mentor(11, {ALGEBRA: 3}, EVENING)]
    ties = matching.Ties(together=((1, 2),))
    plan = matching.plan_tied(MENTEES[:2], mentors, [], RULES, ties)
    assert {one.person: one.reason.kind for one in plan.left_out} == {1: "together", 2: "together"}
    mentors = [mentor(10, {ALGEBRA: 3}, capacity=2)]
    plan = matching.plan_tied(MENTEES[:2], mentors, [], RULES, matching.Ties(apart=((1, 2),)))
    assert [one.reason.kind for one in plan.left_out] == ["apart"]
    chemists = [*MENTEES[:2], mentee(3, {CHEMISTRY: 1})]
    plan = matching.plan_tied(chemists, mentors, [], RULES, ties)
    assert {one.person: one.reason.kind for one in plan.left_out} == {3: "no_shared_topic"}


@pytest.mark.parametrize(
    ("ties", "field"),
    [
        ({"locks": ((1, 11), (2, 11))}, "locks"),
        ({"locks": ((1, 10), (1, 11))}, "locks"),
        ({"locks": ((9, 11),)}, "locks"),
        ({"locks": ((1, 9),)}, "locks"),
        ({"together": ((1, 9),)}, "together"),
        ({"apart": ((1, 1),)}, "apart"),
    ],
)
def test_ties_that_cannot_be_name_their_field(
    ties: dict[str, tuple[tuple[int, int], ...]], field: str
) -> None:
    with pytest.raises(ValueError, match=f"^{field}:"):
        tied(**ties)


def test_more_locks_of_a_group_than_may_be_matched_are_named() -> None:
    group = matching.GroupQuota("Lab A", frozenset({1, 2, 3}), 0, 1)
    with pytest.raises(matching.ImpossibleRules) as raised:
        tied(((1, 10), (2, 10)), (), (), group)
    assert raised.value.broken == ("Lab A",)
