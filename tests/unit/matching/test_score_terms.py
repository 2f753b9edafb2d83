"""Goals, wishes for each other and helping each other: the block's points are those of the plain formula."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from tests.unit.matching.cast import ALGEBRA, CHEMISTRY, MORNING, WRITING, mentee, mentor, score

TOPICS = st.dictionaries(st.sampled_from([ALGEBRA, CHEMISTRY, WRITING]), st.integers(1, 3), min_size=1)
GOALS = st.frozensets(st.sampled_from(["career", "exam", "settle-in"]))
MENTEES, MENTORS = range(4), range(2, 7)
WEIGHTS = ("goals", "preferences", "reciprocity")
ONLY_TOPICS = matching.Rules(topics=5, times=0, languages=0)


@st.composite
def people(draw: st.DrawFn, ids: range, others: range) -> list[matching.Person]:
    return [
        matching.Person(
            id=number,
            wants=draw(TOPICS | st.just({})),
            offers=draw(TOPICS),
            week=MORNING,
            languages=frozenset({"en"}),
            goals=draw(GOALS),
            preferences=tuple(draw(st.permutations([ABSENT, *(one for one in others if one != number)])))[
                : draw(st.integers(0, 3))
            ],
            never=draw(st.frozensets(st.sampled_from(others), max_size=2)),
        )
        for number in ids
    ]


ABSENT = 99


def plain(one: matching.Person, other: matching.Person, rules: matching.Rules) -> int:
    """The score, by the words of the documents."""
    shared = one.wants.keys() & other.offers.keys()
    if one.id == other.id or not shared or other.id in one.never or one.id in other.never:
        return -1
    asked = [
        (rules.topics, sum(one.wants[t] * other.offers[t] for t in shared), 3 * sum(one.wants.values())),
        (rules.times, 6, 8),
        (rules.languages, 1, 1),
        (rules.goals, len(one.goals & other.goals), len(one.goals)),
        (rules.preferences, rank(one, other.id) + rank(other, one.id), 6),
        (
            rules.reciprocity,
            sum(other.wants[t] * one.offers[t] for t in other.wants.keys() & one.offers.keys()),
            3 * sum(other.wants.values()) or 1,
        ),
    ]
    weights = sum(weight for weight, _count, _whole in asked)
    return sum(
        10_000 * weight * (min(count, whole) if whole else 1) // (weights * (whole or 1))
        for weight, count, whole in asked
    )


def weighing(name: str) -> matching.Rules:
    more: dict[str, Any] = {name: 5}
    return dataclasses.replace(ONLY_TOPICS, **more)


def rank(one: matching.Person, other: int) -> int:
    if not one.preferences:
        return 3
    return 3 - one.preferences.index(other) if other in one.preferences else 0


@settings(max_examples=80)
@given(people(MENTEES, MENTORS), people(MENTORS, MENTEES), st.tuples(*[st.integers(0, 50)] * 3))
def test_scores_are_those_of_the_plain_formula(
    learners: list[matching.Person], guides: list[matching.Person], weights: tuple[int, int, int]
) -> None:
    more: dict[str, Any] = dict(zip(WEIGHTS, weights, strict=True))
    rules = matching.Rules(**more)
    matrix = matching.score_matrix(learners, guides, rules)
    expected = np.array([[plain(one, other, rules) for other in guides] for one in learners])
    assert np.array_equal(np.vstack([matrix.block(0, 3), matrix.block(3, 4)]), expected)
    for row, column in np.argwhere(expected >= 0):
        assert sum(matrix.parts(int(row), int(column)).values()) == expected[row, column]
    backwards = matching.score_matrix(learners[::-1], guides[::-1], rules)
    assert np.array_equal(backwards.block(0, 4), expected[::-1, ::-1])


def test_a_first_wish_decides_between_two_who_fit_alike() -> None:
    asking = dataclasses.replace(mentee(1, {ALGEBRA: 1}), preferences=(11,))
    guides = [mentor(10, {ALGEBRA: 2}), mentor(11, {ALGEBRA: 2})]
    made = matching.plan([asking], guides, [], matching.Rules(preferences=10))
    assert [pair.mentor for pair in made.pairs] == [11]
    reason = next(one for one in made.pairs[0].reasons if one.kind == "wished")
    assert reason.params == {"by": "mentee", "first": True}


def test_whoever_asks_for_nothing_is_content_with_everybody() -> None:
    one, other = mentee(1, {ALGEBRA: 1}), mentor(2, {ALGEBRA: 3})
    assert score(one, other, weighing("goals")) == score(one, other, weighing("preferences")) == 10_000
    assert score(one, other, weighing("reciprocity")) == 5_000  # a mentor who learns nothing helps one way


def test_reasons_tell_of_what_counts_and_of_nothing_else() -> None:
    one = dataclasses.replace(
        mentee(1, {ALGEBRA: 1}), goals=frozenset({"exam", "career"}), offers={WRITING: 2}, preferences=(2,)
    )
    other = dataclasses.replace(
        mentor(2, {ALGEBRA: 3}), goals=frozenset({"exam"}), wants={WRITING: 1}, preferences=(1,)
    )
    kinds = ("shared_goals", "wished", "mutual_help")
    for weight, kind, params in zip(
        WEIGHTS,
        kinds,
        ({"goals": ["exam"]}, {"by": "both", "first": True}, {"topics": [WRITING]}),
        strict=True,
    ):
        made = matching.plan([one], [other], [], weighing(weight))
        told = {reason.kind: reason.params for reason in made.pairs[0].reasons}
        assert told[kind] == params
        assert not told.keys() & set(kinds) - {kind}


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_whom_one_side_does_not_want_is_never_made_a_pair(side: str) -> None:
    one, other = mentee(1, {ALGEBRA: 1}), mentor(2, {ALGEBRA: 1})
    if side == "mentee":
        one = dataclasses.replace(one, never=frozenset({2}))
    else:
        other = dataclasses.replace(other, never=frozenset({1}))
    made = matching.plan([one], [other], [], matching.Rules())
    assert made.pairs == ()
    assert made.left_out[0].reason.kind == "only_excluded"


@pytest.mark.parametrize("named", [(1,), (2, 2), (2, 3, 4, 5)])
def test_wishes_that_cannot_be_meant_are_refused(named: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^preferences"):
        dataclasses.replace(mentee(1, {ALGEBRA: 1}), preferences=named)


def test_rules_without_them_are_the_text_that_they_always_were() -> None:
    assert not set(WEIGHTS) & json.loads(matching.Rules().to_json()).keys()
    rules = matching.Rules(goals=20, reciprocity=5)
    assert matching.Rules.from_json(rules.to_json()) == rules
