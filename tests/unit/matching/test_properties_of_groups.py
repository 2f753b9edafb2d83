"""What holds of every pairing of one list, and of circles; docs/architecture.md lists the properties."""

from __future__ import annotations

import json
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from tests.unit.matching.instances import change_number, numbers, resealed
from tests.unit.matching.mutual import Scores, best, mutual_scores
from tests.unit.matching.test_circles import people


@settings(deadline=None, max_examples=60)
@given(mutual_scores(most=6), st.data())
def test_a_pairing_with_a_changed_number_is_believed_only_where_it_is_the_best(
    scores: Scores, data: st.DataObject
) -> None:
    proof = matching.pair(scores).certificate
    forged = json.loads(json.dumps(proof))
    place = data.draw(st.sampled_from(list(numbers(forged))))
    change_number(forged, place, data.draw(st.sampled_from([-(10**6), -2, -1, 1, 2, 10**6])))
    assert not matching.verify_pairs(scores, forged).ok
    verdict = matching.verify_pairs(scores, resealed(forged))
    if verdict.ok:
        placed, total = best(scores)
        assert place[0] in {"groups", "placed_prices", "total_prices"}
        assert (forged["placed"], forged["total"]) == (placed, total)
        assert (forged["placed_bound"], forged["bound"]) >= (placed, total)


@settings(deadline=None, max_examples=30)
@given(mutual_scores(), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_no_value_of_a_pairing_and_one_more_hinders_nobody(
    scores: Scores, random: Random
) -> None:
    order = random.sample(range(len(scores)), len(scores))
    one, moved = matching.pair(scores), matching.pair(scores[np.ix_(order, order)])
    assert (one.placed, one.total) == (moved.placed, moved.total)
    if len(scores) > 2 and len(scores) % 2:
        # Without the last person there are only pairs, which all stay possible.
        assert matching.pair(scores[:-1, :-1]).placed <= one.placed


@pytest.mark.parametrize("method", ["exact", "heuristic"])
@pytest.mark.parametrize("seed", [3, 4])
def test_circles_hold_their_sizes_and_exclusions_whatever_the_order(
    method: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if method == "heuristic":
        monkeypatch.setattr("matching.circles.EXACT_SETS", 0)
    everyone = people(10, seed)
    apart = frozenset({(10, 11), (12, 13), (14, 19)})
    rules = matching.CircleRules(sizes=(4, 5), excluded=apart)
    result = matching.circle(everyone, rules)
    placed = [person for one in result.circles for person in one]
    assert sorted([*placed, *result.alone]) == [one.id for one in everyone]
    assert {len(one) for one in result.circles} <= {4, 5}
    assert not any(set(pair) <= set(one) for one in result.circles for pair in apart)
    assert (result.placed_bound, result.bound) >= (result.placed, result.total)
    shuffled = Random(seed).sample(everyone, len(everyone))
    assert matching.circle(shuffled, rules) == result
