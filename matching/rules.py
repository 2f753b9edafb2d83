"""What a cohort's coordinator decides about scores; stored with the cohort as versioned JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from matching.people import SLOTS
from matching.problem import MAX_SCORE

VERSION = 1
GROUPS = ("any", "same", "different")
PersonPair = tuple[int, int]


@dataclass(frozen=True)
class Rules:
    """The score of a pair is topics + times + languages + goals + preferences + reciprocity, each up to its
    weight's share of 10,000 points, minus the penalty when the two were a pair before.

    Weights are whole numbers >= 0, of which topics, times and languages are not all 0; what the other three
    measure is in `score_terms`. min_shared_slots: half hours of the week that both must be free (2 = one
    hour); below it the pair is excluded. enough_shared_slots: from here on more shared time earns nothing
    more. excluded: (mentee, mentor) pairs never made. earlier: (mentee, mentor) pairs of earlier rounds,
    `earlier_penalty` points each (the score stays >= 0). high_risk: topics that owe an expert's checkpoint.
    groups: "any", "same" (only people who share a group are paired) or "different" (people who share one
    never are).
    """

    topics: int = 60
    times: int = 30
    languages: int = 10
    min_shared_slots: int = 2
    enough_shared_slots: int = 8
    excluded: frozenset[PersonPair] = frozenset()
    earlier: frozenset[PersonPair] = frozenset()
    earlier_penalty: int = 2500
    high_risk: frozenset[int] = frozenset()
    groups: str = "any"
    goals: int = 0
    preferences: int = 0
    reciprocity: int = 0

    def __post_init__(self) -> None:
        for name in (*_WEIGHTS, *_MORE_WEIGHTS):
            if not 0 <= getattr(self, name) <= MAX_SCORE:
                raise ValueError(f"{name}: must be 0 to {MAX_SCORE}")
        if not any(getattr(self, name) for name in _WEIGHTS):
            raise ValueError("topics: at least one of topics, times and languages must count")
        if not 1 <= self.min_shared_slots <= SLOTS:
            raise ValueError(f"min_shared_slots: must be 1 to {SLOTS}")
        if not self.min_shared_slots <= self.enough_shared_slots <= SLOTS:
            raise ValueError(f"enough_shared_slots: must be min_shared_slots to {SLOTS}")
        if not 0 <= self.earlier_penalty <= MAX_SCORE:
            raise ValueError(f"earlier_penalty: must be 0 to {MAX_SCORE}")
        if self.groups not in GROUPS:
            raise ValueError(f"groups: must be one of {', '.join(GROUPS)}")

    @property
    def whole_weight(self) -> int:
        """The sum of all weights."""
        return sum(getattr(self, name) for name in (*_WEIGHTS, *_MORE_WEIGHTS))

    def to_json(self) -> str:
        """Canonical JSON (sorted), so that equal rules give equal text."""
        values: dict[str, Any] = {"version": VERSION}
        for name in _NUMBERS:
            values[name] = getattr(self, name)
        # Left out where they do not count, so that the same rules give the text that they always gave.
        values |= {name: getattr(self, name) for name in _MORE_WEIGHTS if getattr(self, name)}
        for name in _PAIRS:
            values[name] = sorted([mentee, mentor] for mentee, mentor in getattr(self, name))
        values["high_risk"] = sorted(self.high_risk)
        values["groups"] = self.groups
        return json.dumps(values, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Rules:
        """The rules that `to_json` wrote; fields that are missing take their defaults. Raises ValueError."""
        values = json.loads(text)
        if not isinstance(values, dict) or values.pop("version", None) != VERSION:
            raise ValueError(f"version: these rules are not of version {VERSION}")
        if unknown := set(values) - {*_NUMBERS, *_MORE_WEIGHTS, *_PAIRS, "high_risk", "groups"}:
            raise ValueError(f"{min(unknown)}: is no rule")
        return cls(**{name: _field(name, value) for name, value in values.items()})


_WEIGHTS = ("topics", "times", "languages")
_MORE_WEIGHTS = ("goals", "preferences", "reciprocity")
_NUMBERS = (*_WEIGHTS, "min_shared_slots", "enough_shared_slots", "earlier_penalty")
_PAIRS = ("excluded", "earlier")


def _field(name: str, value: Any) -> Any:
    try:
        if name == "groups":
            return value
        if name in (*_NUMBERS, *_MORE_WEIGHTS):
            return _whole(value)
        if name in _PAIRS:
            return frozenset((_whole(mentee), _whole(mentor)) for mentee, mentor in value)
        return frozenset(_whole(topic) for topic in value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: holds something that is not a whole number") from error


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value
