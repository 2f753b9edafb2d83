"""Rules are stored as JSON and read back."""

from __future__ import annotations

import json
from typing import Any

import pytest

import matching

RULES = matching.Rules(
    topics=1,
    min_shared_slots=3,
    excluded=frozenset({(1, 2), (3, 4)}),
    earlier=frozenset({(5, 6)}),
    high_risk=frozenset({9, 7}),
)


def test_rules_come_back_from_their_json() -> None:
    assert matching.Rules.from_json(RULES.to_json()) == RULES


def test_equal_rules_give_equal_text() -> None:
    again = matching.Rules(
        high_risk=frozenset({7, 9}),
        earlier=frozenset({(5, 6)}),
        excluded=frozenset({(3, 4), (1, 2)}),
        min_shared_slots=3,
        topics=1,
    )
    assert again.to_json() == RULES.to_json()


def test_a_rule_that_is_not_in_the_json_takes_its_default() -> None:
    assert matching.Rules.from_json('{"version": 1, "topics": 5}') == matching.Rules(topics=5)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ([], "version"),
        ({"version": 2}, "version"),
        ({"version": 1, "colour": 3}, "colour"),
        ({"version": 1, "topics": "many"}, "topics"),
        ({"version": 1, "topics": True}, "topics"),
        ({"version": 1, "topics": -1}, "topics"),
        ({"version": 1, "topics": 0, "times": 0, "languages": 0}, "topics"),
        ({"version": 1, "excluded": [[1]]}, "excluded"),
        ({"version": 1, "excluded": 3}, "excluded"),
        ({"version": 1, "high_risk": ["x"]}, "high_risk"),
        ({"version": 1, "min_shared_slots": 0}, "min_shared_slots"),
        ({"version": 1, "min_shared_slots": 9}, "enough_shared_slots"),
        ({"version": 1, "earlier_penalty": -1}, "earlier_penalty"),
    ],
)
def test_a_bad_rule_is_refused_by_name(values: Any, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}"):
        matching.Rules.from_json(json.dumps(values))


def test_text_that_is_no_json_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        matching.Rules.from_json("rules")
