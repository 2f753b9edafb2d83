"""What a pair scores, and when it must not be made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import matching
from tests.unit.matching.cast import ALGEBRA, CHEMISTRY, EVENING, MORNING, WRITING, mentee, mentor, score


def test_a_perfect_pair_scores_ten_thousand() -> None:
    week = frozenset(range(8))
    assert score(mentee(1, {ALGEBRA: 3}, week), mentor(2, {ALGEBRA: 3}, week)) == 10_000


def test_the_parts_of_a_score_are_those_of_the_worked_example() -> None:
    # Wishes 3 and 1 could earn 3*3 + 1*3 = 12; algebra at level 2 earns 3*2 = 6: half of 6,000.
    # Six of eight half hours: three quarters of 3,000. One of two languages: half of 1,000.
    one = mentee(1, {ALGEBRA: 3, WRITING: 1}, MORNING, "en", "ar")
    other = mentor(2, {ALGEBRA: 2, CHEMISTRY: 3}, MORNING, "en")
    matrix = matching.score_matrix([one], [other], matching.Rules())
    assert matrix.parts(0, 0) == {"topics": 3_000, "times": 2_250, "languages": 500, "earlier": 0}
    assert matrix.block(0, 1).tolist() == [[5_750]]


@pytest.mark.parametrize(
    "other",
    [
        mentor(2, {CHEMISTRY: 3}),
        mentor(2, {ALGEBRA: 3}, EVENING),
        mentor(2, {ALGEBRA: 3}, frozenset({18})),
        mentor(2, {ALGEBRA: 3}, MORNING, "fr"),
        mentor(2, {}),
        mentor(1, {ALGEBRA: 3}),
    ],
    ids=["topic", "time", "half an hour", "language", "no offers", "own mentor"],
)
def test_a_pair_that_lacks_something_is_excluded(other: matching.Person) -> None:
    assert score(mentee(1, {ALGEBRA: 3}), other) == -1


def test_the_rules_exclude_a_pair_in_one_direction_only() -> None:
    one = matching.Person(1, {ALGEBRA: 1}, {ALGEBRA: 1}, MORNING, frozenset({"en"}))
    other = matching.Person(2, {ALGEBRA: 1}, {ALGEBRA: 1}, MORNING, frozenset({"en"}))
    rules = matching.Rules(excluded=frozenset({(1, 2)}))
    assert score(one, other, rules) == -1
    assert score(other, one, rules) > 0


def test_an_earlier_pair_loses_the_penalty_but_not_more_than_it_has() -> None:
    one, other = mentee(1, {ALGEBRA: 3}), mentor(2, {ALGEBRA: 1})
    fresh = score(one, other)
    again = matching.Rules(earlier=frozenset({(1, 2)}))
    assert score(one, other, again) == fresh - again.earlier_penalty
    assert score(one, other, matching.Rules(earlier=frozenset({(1, 2)}), earlier_penalty=10_000)) == 0


def test_a_weight_of_nothing_leaves_its_part_out() -> None:
    rules = matching.Rules(topics=0, times=1, languages=0, enough_shared_slots=6)
    assert score(mentee(1, {ALGEBRA: 1}), mentor(2, {ALGEBRA: 1}), rules) == 10_000


@given(
    st.lists(st.dictionaries(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=8),
    st.lists(st.dictionaries(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=8),
    st.integers(1, 8),
)
def test_blocks_are_rows_of_the_whole_and_parts_add_up(
    wants: list[dict[int, int]], offers: list[dict[int, int]], cut: int
) -> None:
    mentees = [mentee(i, wish) for i, wish in enumerate(wants)]
    mentors = [mentor(100 + i, offer) for i, offer in enumerate(offers)]
    rules = matching.Rules(earlier=frozenset({(0, 100)}))
    matrix = matching.score_matrix(mentees, mentors, rules)
    whole = matrix.block(0, len(mentees))
    cut = min(cut, len(mentees))
    assert np.array_equal(np.vstack([matrix.block(0, cut), matrix.block(cut, len(mentees))]), whole)
    assert whole.dtype == np.int16
    for row, column in np.argwhere(whole >= 0):
        assert sum(matrix.parts(int(row), int(column)).values()) == whole[row, column]


@pytest.mark.parametrize(
    ("mentees", "mentors", "field"),
    [
        ([], [mentor(2, {1: 1})], "mentees"),
        ([mentee(1, {1: 1})], [], "mentors"),
        ([mentee(1, {1: 1})] * 2, [mentor(2, {1: 1})], "mentees"),
        ([mentee(1, {1: 1})], [mentor(2, {1: 1})] * 2, "mentors"),
    ],
)
def test_nobody_and_twice_the_same_person_are_refused(mentees: Any, mentors: Any, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}"):
        matching.score_matrix(mentees, mentors, matching.Rules())


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("wants", {"wants": {1: 4}}),
        ("offers", {"offers": {1: 0}}),
        ("week", {"week": frozenset({336})}),
        ("capacity", {"capacity": -1}),
        ("minimum", {"minimum": 2}),
    ],
)
def test_a_person_out_of_range_is_refused(field: str, values: dict[str, Any]) -> None:
    person: dict[str, Any] = {
        "id": 1,
        "wants": {},
        "offers": {},
        "week": frozenset(),
        "languages": frozenset(),
    }
    with pytest.raises(ValueError, match=f"^{field}"):
        matching.Person(**(person | values))
