"""Experts' checkpoints: who reviews which pair, and when."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from matching.solver import LinearProgram

RISKY, CALM, OTHER = 1, 2, 3


class Due(NamedTuple):
    mentee: int
    mentor: int
    topic: int


def expert(
    number: int, *topics: int, hours: float = 1.0, not_with: frozenset[int] = frozenset()
) -> matching.Expert:
    return matching.Expert(number, frozenset(topics), hours, not_with)


def due(count: int, topic: int = RISKY) -> list[Due]:
    return [Due(number, 100 + number, topic) for number in range(count)]


def missing(slot: matching.ReviewSlot) -> tuple[str, dict[str, object]]:
    assert slot.missing_reason is not None
    assert (slot.expert, slot.week) == (None, None)
    return slot.missing_reason.kind, dict(slot.missing_reason.params)


def test_only_pairs_on_a_risky_topic_owe_a_checkpoint() -> None:
    slots = matching.review([Due(1, 2, RISKY), Due(3, 4, CALM)], [expert(9, RISKY, CALM)], {RISKY})
    assert [(slot.mentee, slot.expert) for slot in slots] == [(1, 9)]
    assert matching.review([Due(3, 4, CALM)], [expert(9, CALM)], {RISKY}) == ()


def test_reviews_are_spread_evenly_over_experts_and_lie_in_the_middle_weeks() -> None:
    slots = matching.review(
        due(6), [expert(8, RISKY, hours=5), expert(9, RISKY, hours=0.5)], {RISKY}, weeks=5
    )
    assert Counter(slot.expert for slot in slots) == {8: 3, 9: 3}
    assert [slot.week for slot in slots if slot.expert == 8] == [3, 3, 3]
    assert [slot.week for slot in slots if slot.expert == 9] == [3, 2, 4]


def test_of_two_middle_weeks_the_earlier_is_taken() -> None:
    (slot,) = matching.review(due(1), [expert(9, RISKY)], {RISKY}, weeks=12)
    assert slot.week == 6


def test_covering_more_pairs_comes_before_an_even_spread() -> None:
    pairs = [Due(1, 11, RISKY), Due(2, 12, RISKY), Due(3, 13, OTHER), Due(4, 14, OTHER)]
    experts = [expert(8, RISKY, OTHER, hours=0.5), expert(9, RISKY, hours=1)]
    slots = matching.review(pairs, experts, {RISKY, OTHER}, weeks=2)
    assert [slot.expert for slot in slots] == [9, 9, 8, 8]


def test_a_checkpoint_that_nobody_can_do_says_why() -> None:
    conflicted = [expert(8, RISKY, not_with=frozenset({1})), expert(2, RISKY)]
    (nobody,) = matching.review([Due(1, 2, OTHER)], conflicted, {OTHER})
    (conflict,) = matching.review([Due(1, 2, RISKY)], conflicted, {RISKY})
    assert missing(nobody) == ("no_qualified_expert", {"topic": OTHER})
    assert missing(conflict) == ("experts_in_conflict", {"topic": RISKY, "experts": 2})


def test_too_few_hours_are_stated_as_reviews_and_places() -> None:
    slots = matching.review(due(5), [expert(9, RISKY, hours=0.5)], {RISKY}, weeks=3)
    uncovered = [slot for slot in slots if slot.expert is None]
    assert len(uncovered) == 2
    assert {str(missing(slot)) for slot in uncovered} == {
        str(("no_expert_hours", {"topic": RISKY, "reviews": 5, "places": 3}))
    }


def test_hours_that_are_promised_already_are_not_given_twice() -> None:
    busy = matching.Expert(9, frozenset({RISKY}), 1.0, promised={2: 2, 1: 1})
    slots = matching.review(due(4), [busy], {RISKY}, weeks=3)
    assert sorted(slot.week for slot in slots if slot.week is not None) == [1, 3, 3]
    assert missing(next(slot for slot in slots if slot.expert is None))[1]["places"] == 3


def test_when_the_solver_does_not_finish_as_many_are_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LinearProgram, "solve", lambda *_: None)
    slots = matching.review(due(5), [expert(8, RISKY), expert(9, RISKY)], {RISKY}, weeks=1)
    assert Counter(slot.expert for slot in slots) == {8: 2, 9: 2, None: 1}


def test_without_experts_every_checkpoint_is_named() -> None:
    assert [missing(slot)[0] for slot in matching.review(due(2), [], {RISKY})] == ["no_qualified_expert"] * 2


@st.composite
def _cases(draw: st.DrawFn) -> tuple[list[Due], list[matching.Expert], int]:
    people, topics = st.integers(0, 5), st.sampled_from([RISKY, OTHER])
    pairs = draw(st.lists(st.builds(Due, people, st.integers(6, 9), topics), max_size=5, unique=True))
    build = st.builds(
        matching.Expert,
        st.just(0),
        st.frozensets(topics),
        st.sampled_from([0.0, 0.4, 0.5, 1.0]),
        st.frozensets(people, max_size=2),
        st.dictionaries(st.integers(1, 2), st.integers(0, 2)),
    )
    drawn = draw(st.lists(build, max_size=3))
    experts = [
        matching.Expert(number, one.topics, one.hours_per_week, one.not_with, one.promised)
        for number, one in zip((5, 20, 21), drawn, strict=False)
    ]
    return pairs, experts, draw(st.integers(1, 4))


@settings(deadline=None, max_examples=150)
@given(_cases())
def test_hours_topics_and_conflicts_hold_and_nothing_better_exists(
    case: tuple[list[Due], list[matching.Expert], int],
) -> None:
    pairs, experts, weeks = case
    slots = matching.review(pairs, experts, {RISKY, OTHER}, weeks=weeks)
    known = {one.id: one for one in experts}
    given_out = Counter((slot.expert, slot.week) for slot in slots if slot.expert is not None)
    for slot in slots:
        assert (slot.expert is None) == (slot.week is None) == (slot.missing_reason is not None)
        if slot.expert is not None and slot.week is not None:
            one = known[slot.expert]
            assert slot.topic in one.topics
            assert not {slot.mentee, slot.mentor} & (one.not_with | {one.id})
            assert 1 <= slot.week <= weeks
    for (number, week), count in given_out.items():
        assert number is not None
        assert week is not None
        hours = known[number].hours_per_week - known[number].promised.get(week, 0) / 2
        assert count / 2 <= hours
    load = Counter(slot.expert for slot in slots if slot.expert is not None)
    middle = sum(abs(2 * slot.week - weeks - 1) for slot in slots if slot.week is not None)
    reached = (load.total(), -sum(count * count for count in load.values()), -middle)
    assert reached == _best(pairs, experts, weeks)


def _best(pairs: list[Due], experts: list[matching.Expert], weeks: int) -> tuple[int, int, int]:
    """Most covered, least sum of squared loads, least distance from the middle, by trying everything."""
    able = [
        [None, *(one.id for one in experts if one.may_review(pair.mentee, pair.mentor, pair.topic))]
        for pair in pairs
    ]
    free = {
        one.id: sorted(
            abs(2 * week - weeks - 1) for week in range(1, weeks + 1) for _ in range(one.free_reviews(week))
        )
        for one in experts
    }
    found = []
    for choice in itertools.product(*able):
        load = Counter(number for number in choice if number is not None)
        if all(count <= len(free[number]) for number, count in load.items()):
            distance = sum(sum(free[number][:count]) for number, count in load.items())
            found.append((load.total(), -sum(count * count for count in load.values()), -distance))
    return max(found)


@pytest.mark.parametrize("hours", [-1, 200, float("nan"), float("inf")])
def test_hours_that_no_week_has_are_refused(hours: float) -> None:
    with pytest.raises(ValueError, match=r"^hours_per_week"):
        expert(1, RISKY, hours=hours)


def test_a_promise_in_no_week_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^promised"):
        matching.Expert(1, frozenset({RISKY}), 1.0, promised={0: 1})


def test_the_same_expert_twice_and_a_window_without_weeks_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^experts"):
        matching.review(due(1), [expert(9, RISKY)] * 2, {RISKY})
    with pytest.raises(ValueError, match=r"^weeks"):
        matching.review(due(1), [expert(9, RISKY)], {RISKY}, weeks=0)


def test_an_expert_who_is_away_does_no_review_in_those_weeks() -> None:
    one = matching.Expert(9, frozenset({RISKY}), 0.5, away=frozenset({2, 3}))
    slots = matching.review(due(3), [one], {RISKY}, weeks=4)
    assert sorted(slot.week for slot in slots if slot.week is not None) == [1, 4]
    (gap,) = matching.review_gaps(slots, [one], weeks=4)
    assert (gap.expert, gap.reviews, gap.weekly) == (9, 1, 1)
    gone = matching.Expert(9, frozenset({RISKY}), 0.5, away=frozenset({1}))
    (gap,) = matching.review_gaps(matching.review(due(1), [gone], {RISKY}, weeks=1), [gone], weeks=1)
    assert gap.expert is None
