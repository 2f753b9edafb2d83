"""Pairs only inside a group, or only across groups."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import matching
from tests.unit.matching.cast import ALGEBRA, mentee, mentor, score

SAME, DIFFERENT = matching.Rules(groups="same"), matching.Rules(groups="different")
groups = st.frozensets(st.sampled_from(["Lab A", "Lab B", "Tutorial 1"]), max_size=3)


def in_groups(one: matching.Person, *names: str) -> matching.Person:
    return replace(one, groups=frozenset(names))


@given(groups, groups)
def test_sharing_a_group_is_what_the_rule_asks_for_or_what_it_forbids(
    learns: frozenset[str], helps: frozenset[str]
) -> None:
    one = replace(mentee(1, {ALGEBRA: 2}), groups=learns)
    other = replace(mentor(2, {ALGEBRA: 3}), groups=helps)
    share = bool(learns & helps)
    assert (score(one, other, SAME) >= 0) == share
    assert (score(one, other, DIFFERENT) >= 0) == (not share)
    assert score(one, other) >= 0


def test_a_pair_says_which_group_it_shares() -> None:
    one = in_groups(mentee(1, {ALGEBRA: 2}), "Lab A", "Lab C")
    other = in_groups(mentor(2, {ALGEBRA: 3}), "Lab A", "Lab B")
    (pair,) = matching.plan([one], [other], [], SAME).pairs
    assert matching.Reason("shared_groups", {"names": ["Lab A"]}) in pair.reasons


def test_a_pair_across_groups_says_where_each_comes_from() -> None:
    one, other = in_groups(mentee(1, {ALGEBRA: 2}), "Lab A"), in_groups(mentor(2, {ALGEBRA: 3}), "Lab B")
    (pair,) = matching.plan([one], [other], [], DIFFERENT).pairs
    assert matching.Reason("different_groups", {"mentee": ["Lab A"], "mentor": ["Lab B"]}) in pair.reasons


def test_of_somebody_without_a_group_no_group_is_said() -> None:
    one, other = mentee(1, {ALGEBRA: 2}), in_groups(mentor(2, {ALGEBRA: 3}), "Lab B")
    (pair,) = matching.plan([one], [other], [], DIFFERENT).pairs
    assert {reason.kind for reason in pair.reasons} == {
        "shared_topic",
        "shared_time",
        "shared_language",
        "room",
    }


@pytest.mark.parametrize(
    ("rules", "mine", "kind"),
    [(SAME, "Lab A", "no_shared_group"), (DIFFERENT, "Lab B", "only_same_group")],
)
def test_who_is_left_out_because_of_the_rule_hears_so(rules: matching.Rules, mine: str, kind: str) -> None:
    one, other = in_groups(mentee(1, {ALGEBRA: 2}), mine), in_groups(mentor(2, {ALGEBRA: 3}), "Lab B")
    (left,) = matching.plan([one], [other], [], rules).left_out
    assert left.reason == matching.Reason(kind, {"names": [mine]})


def test_the_rule_is_stored_with_the_others() -> None:
    assert matching.Rules.from_json(SAME.to_json()) == SAME
    with pytest.raises(ValueError, match=r"^groups"):
        matching.Rules(groups="none")
