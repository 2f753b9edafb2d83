"""Circles of four to six: the best ones where that can be known, honest bounds where not."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import matching
from matching import circles
from matching.circle_terms import CircleTerms
from tests.unit.matching.cast import ALGEBRA, CHEMISTRY, EVENING, MORNING, WRITING

FOURS = matching.CircleRules(sizes=(4,))


def people(count: int, seed: int = 1) -> list[matching.Person]:
    random = np.random.default_rng(seed)
    topics = [ALGEBRA, CHEMISTRY, WRITING, 4, 5]
    return [
        matching.Person(
            10 + number,
            {topics[int(place)]: 1 for place in random.choice(5, 2, replace=False)},
            {topics[int(random.integers(5))]: 2},
            MORNING if random.random() < 0.4 else MORNING | EVENING,
            frozenset({"en"}),
            groups=frozenset({f"group {int(random.integers(3))}"}),
        )
        for number in range(count)
    ]


def best_of_all(everyone: list[matching.Person], rules: matching.CircleRules) -> tuple[int, int]:
    """(placed, units) of the best way to make at most two circles of four."""
    terms = CircleTerms(everyone, rules, ())
    worth = {}
    for rows in itertools.combinations(range(len(everyone)), 4):
        if terms.can_be(np.array([rows]))[0]:
            worth[rows] = sum(int(terms.scores[a, b]) for a, b in itertools.combinations(rows, 2)) * 2 / 3
    two = [(8, worth[a] + worth[b]) for a, b in itertools.combinations(worth, 2) if not set(a) & set(b)]
    found = max(two, default=None) or max(((4, one) for one in worth.values()), default=(0, 0))
    return found[0], int(found[1] + 1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_circles_are_better_among_few_people(seed: int) -> None:
    everyone = people(9, seed)
    result = matching.circle(everyone, FOURS)
    assert (result.placed, result.total) == best_of_all(everyone, FOURS)
    assert (result.method, result.proved, result.bound) == ("exact", True, result.total)


@pytest.mark.parametrize("seed", range(3))
def test_what_the_search_finds_lies_between_a_fair_share_of_the_optimum_and_its_bound(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(10, seed)
    exact = matching.circle(everyone, FOURS)
    monkeypatch.setattr(circles, "EXACT_SETS", 0)
    searched = matching.circle(everyone, FOURS)
    assert (searched.method, exact.method) == ("heuristic", "exact")
    assert searched.placed <= exact.placed <= searched.placed_bound
    assert exact.total <= searched.bound
    if searched.placed == exact.placed:
        assert searched.total <= exact.total


def test_many_people_are_placed_once_each_in_circles_that_can_meet() -> None:
    everyone = {one.id: one for one in people(60)}
    result = matching.circle(list(everyone.values()))
    placed = [person for one in result.circles for person in one]
    assert sorted([*placed, *result.alone]) == sorted(everyone)
    assert (result.placed, result.method) == (60, "heuristic")
    assert 0 < result.total <= result.bound
    for one in result.circles:
        assert len(one) in (4, 5, 6)
        assert len(frozenset.intersection(*(everyone[person].week for person in one))) >= 2


def test_who_cannot_meet_shares_no_circle_and_is_left_alone() -> None:
    everyone = people(8)
    night = matching.Person(1, {ALGEBRA: 1}, {}, frozenset({0, 1, 2}), frozenset({"en"}))
    alien = matching.Person(2, {ALGEBRA: 1}, {}, MORNING, frozenset({"tlh"}))
    result = matching.circle([night, alien, *everyone])
    assert result.alone == (1, 2)
    assert result.proved


def test_excluded_people_are_kept_apart() -> None:
    everyone = people(8)
    rules = matching.CircleRules(excluded=frozenset({(10, 11)}))
    result = matching.circle(everyone, rules)
    assert not any({10, 11} <= set(one) for one in result.circles)
    assert result.placed == 8


def test_later_rounds_know_who_has_met() -> None:
    everyone = [matching.Person(number, {ALGEBRA: 1}, {}, MORNING, frozenset({"en"})) for number in range(16)]
    first, second = matching.circle_rounds(everyone, FOURS, 2)
    again = sum(len(set(one) & set(other)) > 1 for one in first.circles for other in second.circles)
    assert (first.placed, second.placed, again) == (16, 16, 0)


def test_the_order_of_people_changes_nothing() -> None:
    everyone = people(10)
    assert matching.circle(everyone[::-1], FOURS) == matching.circle(everyone, FOURS)


def test_out_of_time_there_is_an_answer_with_a_bound() -> None:
    everyone = people(9)
    cut = matching.circle(everyone, FOURS, time_limit=1e-9)
    assert cut.total <= matching.circle(everyone, FOURS).total <= cut.bound


@pytest.mark.parametrize(
    "rules", [{"topics": -1}, {"times": 10_001}, {"sizes": (3,)}, {"sizes": ()}, {"min_shared_slots": 0}]
)
def test_rules_without_sense_name_their_field(rules: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(rules))}"):
        matching.CircleRules(**rules)


def test_lists_and_limits_without_sense_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^people"):
        matching.circle(people(1))
    with pytest.raises(ValueError, match=r"^people"):
        matching.circle([*people(4), *people(4)])
    with pytest.raises(ValueError, match=r"^time_limit"):
        matching.circle(people(4), time_limit=0)
    with pytest.raises(ValueError, match=r"^rounds"):
        matching.circle_rounds(people(4), rounds=-1)
