"""Decisions about people that contradict each other, against trying out every assignment."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.rooms.rounds.contradiction import consistent, contradicted
from lti_tool.rooms.rounds.kept import Kept, apply, ties_of
from matching import Rules

LEARNERS, MENTORS = (1, 2, 3), (11, 12, 13, 14, 15)

learners, mentors = st.sampled_from(LEARNERS), st.sampled_from(MENTORS[:3])
about_both = st.builds(Kept, st.just(1), st.sampled_from(["pair", "never"]), learners, mentors)
couples = st.tuples(learners, learners).filter(lambda two: two[0] < two[1])
about_learners = st.builds(
    lambda kind, two: Kept(1, kind, *two), st.sampled_from(["together", "apart"]), couples
)
decisions = st.lists(st.one_of(about_both, about_learners), max_size=5)


def holds(one: Kept, mentor: dict[int, int]) -> bool:
    first, other = mentor[one.first], mentor.get(one.second, one.second)
    return (first == other) == (one.kind in {"pair", "together"})


@settings(deadline=None, max_examples=150)
@given(decisions)
def test_they_are_consistent_where_some_assignment_keeps_all(decided: list[Kept]) -> None:
    every = (dict(zip(LEARNERS, chosen, strict=True)) for chosen in product(MENTORS, repeat=3))
    possible = any(all(holds(one, mentor) for one in decided) for mentor in every)
    assert consistent(decided) == possible


@settings(deadline=None, max_examples=100)
@given(decisions.filter(consistent), st.one_of(about_both, about_learners))
def test_what_stands_in_the_way_is_named(known: list[Kept], new: Kept) -> None:
    other = contradicted(known, new)
    assert (other is None) == consistent([*known, new])
    assert other is None or other in known


def test_who_is_to_be_with_somebody_locked_gets_the_same_lock_and_others_keep_away() -> None:
    decided = [Kept(7, "pair", 1, 11), Kept(8, "together", 2, 1), Kept(9, "apart", 2, 3)]
    rules = Rules(excluded=frozenset({(1, 11), (3, 12)}))  # the first two were a pair before
    applied = apply(decided, rules, frozenset(LEARNERS), frozenset(MENTORS), {})
    assert applied.kept == (*decided, Kept(8, "pair", 2, 11))
    assert applied.rules.excluded == {(3, 11), (3, 12)}
    ties = ties_of(applied.kept)
    assert (ties.locks, ties.couples) == (((1, 11), (2, 11)), False)


def test_what_concerns_nobody_of_the_round_is_passed_over() -> None:
    decided = [Kept(1, "pair", 4, 11), Kept(2, "never", 1, 19), Kept(3, "apart", 1, 4)]
    assert apply(decided, Rules(), frozenset(LEARNERS), frozenset(MENTORS), {}).kept == ()
    beside = apply(decided, Rules(), frozenset(LEARNERS), frozenset(MENTORS), {4: 12})
    assert beside.kept == (Kept(3, "never", 1, 12),)
    assert beside.rules.excluded == {(1, 12)}
