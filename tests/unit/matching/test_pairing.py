"""Pairs of people of one list, rounds of them, and their proof."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from matching import pair_verification
from tests.unit.matching.instances import resealed
from tests.unit.matching.mutual import Scores, best, mutual_scores, random_mutual, value

# Two triangles that share nothing, joined by one poor pair: every person alone would choose the triangle.
TRIANGLES = np.array(
    [
        [-1, 900, 900, 5, -1, -1],
        [900, -1, 900, -1, -1, -1],
        [900, 900, -1, -1, -1, -1],
        [5, -1, -1, -1, 800, 800],
        [-1, -1, -1, 800, -1, 800],
        [-1, -1, -1, 800, 800, -1],
    ]
)
RESULT = matching.pair(TRIANGLES)
ODD = matching.pair(random_mutual(2, 9, 0.7))


def test_everybody_is_paired_though_the_triangles_are_worth_more() -> None:
    assert RESULT.groups == ((0, 3), (1, 2), (4, 5))
    assert (RESULT.alone, RESULT.placed, RESULT.total) == ((), 6, 2 * (5 + 900 + 800))
    assert RESULT.proved


def test_of_an_odd_number_three_form_a_triad() -> None:
    scores = np.full((5, 5), 100)
    scores[0, 1] = scores[1, 0] = 700
    result = matching.pair(scores)
    assert sorted(map(len, result.groups)) == [2, 3]
    assert (0, 1) in result.groups
    assert result.proved


@settings(deadline=None, max_examples=60)
@given(mutual_scores())
def test_no_pairing_is_better(scores: Scores) -> None:
    result = matching.pair(scores)
    assert (result.placed, result.total) == best(scores)
    assert value(scores, list(result.groups)) == best(scores)
    everyone = [person for group in result.groups for person in group] + list(result.alone)
    assert sorted(everyone) == list(range(len(scores)))
    assert (result.placed_bound, result.bound) >= (result.placed, result.total)
    if len(scores) % 2 == 0:
        assert result.proved
    verdict = matching.verify_pairs(scores, result.certificate)
    assert (verdict.ok, verdict.reason) == (True, "optimal" if result.proved else "unproved")


@settings(deadline=None, max_examples=8)
@given(
    st.integers(0, 1000),
    st.sampled_from([60, 90]),
    st.sampled_from([0.04, 0.2, 0.8]),
    st.sampled_from([3, 10_000]),
)
def test_hundreds_of_pairs_agree_with_networkx(seed: int, people: int, share: float, most: int) -> None:
    scores = random_mutual(seed, people, share, most)
    graph = networkx.Graph()
    rows, columns = np.nonzero(np.triu(scores >= 0, 1))
    graph.add_weighted_edges_from(
        (one, other, int(scores[one, other]))
        for one, other in zip(rows.tolist(), columns.tolist(), strict=True)
    )
    expected = [(one, other) for one, other in networkx.max_weight_matching(graph, maxcardinality=True)]
    result = matching.pair(scores)
    assert (result.placed, result.total) == value(scores, expected)
    assert matching.verify_pairs(scores, result.certificate).reason == "optimal"


def test_an_odd_number_of_people_is_proved_with_its_triad_in_the_hundreds() -> None:
    scores = random_mutual(1, 101, 0.5)
    result = matching.pair(scores)
    assert (result.placed, sum(len(group) == 3 for group in result.groups)) == (101, 1)
    assert matching.verify_pairs(scores, result.certificate).reason == "optimal"


def test_out_of_time_the_bounds_are_honest() -> None:
    scores = random_mutual(1, 60, 0.5)
    cut, full = matching.pair(scores, time_limit=1e-9), matching.pair(scores)
    assert (cut.proved, cut.placed_bound) == (False, 60)
    assert cut.total <= full.total <= cut.bound
    assert matching.verify_pairs(scores, cut.certificate).reason == "unproved"


@pytest.mark.parametrize(
    ("scores", "field"),
    [
        ([[1]], "scores"),
        ([], "scores"),
        ([[1, 2]], "scores"),
        ([[0, 1], [2, 0]], "scores"),
        ([[0, 1], [1]], "scores"),
        ([[0, float("nan")], [1, 0]], "scores"),
        ([[0, 0.5], [0.5, 0]], "scores"),
        ([[0, 10_001], [10_001, 0]], "scores"),
        ([[0, -2], [-2, 0]], "scores"),
        ([[0, "a"], ["a", 0]], "scores"),
    ],
)
def test_scores_that_are_none_are_refused(scores: Any, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}"):
        matching.pair(scores)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"earlier": [(0, 0)]}, "earlier"),
        ({"earlier": [(0, 2)]}, "earlier"),
        ({"time_limit": 0}, "time_limit"),
    ],
)
def test_arguments_without_sense_are_refused(arguments: Any, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}"):
        matching.pair([[0, 1], [1, 0]], **arguments)


# Rounds


@pytest.mark.parametrize("people", [2, 5, 8, 9])
def test_round_after_round_all_meet_all_and_nobody_twice(people: int) -> None:
    scores = random_mutual(people, people, 1.0)
    met = [
        pair
        for result in matching.pair_rounds(scores)
        for group in result.groups
        for pair in itertools.combinations(group, 2)
    ]
    assert sorted(met) == list(itertools.combinations(range(people), 2))


def test_the_first_rounds_are_the_best_and_know_who_met_before() -> None:
    earlier = [(0, 3), (2, 1)]
    first, second = matching.pair_rounds(TRIANGLES, 2, earlier=earlier)
    assert first.groups == matching.pair(TRIANGLES, earlier=earlier).groups
    met = {pair for result in (first, second) for pair in result.groups}
    assert len(met) == len(first.groups) + len(second.groups)
    assert not met & {(0, 3), (1, 2)}
    made = [pair for group in first.groups for pair in itertools.combinations(group, 2)]
    remaining = matching.after_meeting(TRIANGLES, [*earlier, *made])
    assert matching.verify_pairs(remaining, second.certificate).reason == "optimal"
    with pytest.raises(ValueError, match=r"^rounds"):
        matching.pair_rounds(TRIANGLES, -1)


# The proof


def test_the_prices_of_odd_sets_are_part_of_the_proof() -> None:
    assert RESULT.certificate["total_prices"]["sets"]
    assert matching.verify_pairs(TRIANGLES, RESULT.certificate) == matching.Verification(True, 0, "optimal")


def changed(prices: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return prices | changes


PROOF = RESULT.certificate
PRICES = PROOF["total_prices"]
FORGERIES: list[tuple[str, Any]] = [
    ("version", 2),
    ("input", "0" * 64),
    ("groups", [[0, 3], [1, 2]]),
    ("groups", [[0, 1], [1, 2], [3, 4]]),
    ("groups", [[0, 1, 2], [3, 4, 5]]),
    ("groups", [[0, 4], [1, 2]]),
    ("groups", [[0, 99]]),
    ("placed", 5),
    ("total", PROOF["total"] + 2),
    ("scale", PROOF["scale"] * 2),
    ("scale", 0),
    ("placed_bound", 4),
    ("bound", PROOF["bound"] - 1),
    ("bound", PROOF["bound"] + 1),
    ("proved", False),
    ("placed_prices", changed(PROOF["placed_prices"], placed=-5)),
    ("placed_prices", changed(PROOF["placed_prices"], people=[0] * 6)),
    ("total_prices", changed(PRICES, people=[one - 1 for one in PRICES["people"]])),
    ("total_prices", changed(PRICES, people=PRICES["people"][1:])),
    ("total_prices", changed(PRICES, sets=[])),
    ("total_prices", changed(PRICES, sets=[[[0, 1], 10**9]])),
    ("total_prices", changed(PRICES, sets=[[[0, 1, 1], 10**9]])),
    ("total_prices", changed(PRICES, sets=[[members, price + 10**6] for members, price in PRICES["sets"]])),
    ("total_prices", changed(PRICES, placed=PRICES["placed"] - 1)),
    ("total_prices", changed(PRICES, triad=-1)),
]


def test_the_forgeries_touch_every_field_but_the_checksum() -> None:
    assert {name for name, _ in FORGERIES} == set(PROOF) - {"checksum"}


@pytest.mark.parametrize(("name", "forged"), FORGERIES)
def test_a_changed_field_is_rejected_with_and_without_a_new_checksum(name: str, forged: Any) -> None:
    assert not matching.verify_pairs(TRIANGLES, PROOF | {name: forged}).ok
    assert not matching.verify_pairs(TRIANGLES, resealed(PROOF, **{name: forged})).ok


@pytest.mark.parametrize("name", sorted(set(PROOF) - {"checksum"}))
def test_junk_in_any_field_is_rejected_and_never_raises(name: str) -> None:
    junk: Any
    for junk in (None, [], {}, "x", 1.5, [[1]], [None], 10**400):
        assert not matching.verify_pairs(TRIANGLES, resealed(PROOF, **{name: junk})).ok, junk


def test_other_scores_and_things_that_are_no_certificate_are_rejected() -> None:
    other = TRIANGLES.copy()
    other[0, 1] = other[1, 0] = 901
    assert matching.verify_pairs(other, PROOF).reason == "input"
    junk: Any
    for junk in ({}, None, [], PROOF | {"more": 1}):
        assert matching.verify_pairs(TRIANGLES, junk).reason == "malformed"


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_lower_prices_for_anybody_in_an_odd_number_prove_nothing(data: st.DataObject) -> None:
    scores = random_mutual(2, 9, 0.7)
    prices = ODD.certificate["total_prices"]
    assert matching.verify_pairs(scores, ODD.certificate).ok
    assert ODD.proved
    place = data.draw(st.sampled_from([place for place, price in enumerate(prices["people"]) if price]))
    off = data.draw(st.integers(1, prices["people"][place]))
    people = [price - off * (number == place) for number, price in enumerate(prices["people"])]
    bound = (ODD.certificate["bound"] * ODD.certificate["scale"] - off) // ODD.certificate["scale"]
    for claim in (bound, ODD.certificate["bound"]):
        forged = resealed(ODD.certificate, total_prices=prices | {"people": people}, bound=claim)
        assert not matching.verify_pairs(scores, forged).ok


def test_verification_imports_nothing_of_the_engine() -> None:
    tree = ast.parse(Path(pair_verification.__file__).read_text(encoding="utf-8"))
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in named if name and name.startswith("matching")} == {"matching.verification"}
