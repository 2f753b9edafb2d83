"""How a result is made from the people of a round: the rules, and what an instructor wants to try."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import matching
from lti_tool.rooms.rounds import group_quotas
from lti_tool.rooms.rounds.adjustment import Adjustment
from lti_tool.rooms.rounds.kept import Kept, ties_of
from lti_tool.rooms.rounds.snapshot import Candidates

MOST_ADDED = 5
FAIR, PLAIN = ("matched", "worst", "total"), ("matched", "total")


@dataclass(frozen=True)
class Recipe:
    """Two results of the same recipe and the same people are the same."""

    rules: matching.Rules
    fair: bool = True
    """Whether the weakest fit is raised before the sum of all is."""
    added_places: int = 0
    """Mentees that every mentor is supposed to take beyond what they offered: to see what it would do."""
    most_places: int | None = None
    """Mentees that no mentor gets more of."""
    kept: tuple[Kept, ...] = ()
    """What an instructor decided about two people of the round; who never is a pair is in the rules, too."""
    worth: int = 0
    """Points of 10,000 that pairs may fit less well for each review more that an expert has time for."""
    quotas: tuple[matching.GroupQuota, ...] = ()
    """How many learners of each group get a mentor, where an instructor wants to try that."""
    adjustment: Adjustment | None = None
    """Of a round that changes running pairs as little as possible."""

    @property
    def ties(self) -> matching.Ties:
        return replace(ties_of(self.kept), quotas=self.quotas)

    @property
    def objective(self) -> tuple[str, ...]:
        return FAIR if self.fair else PLAIN

    def to_json(self) -> dict[str, Any]:
        """As it is stored with a scenario."""
        # Results of before had no quotas, and are still to be found by what they were made with.
        quotas = {"quotas": [group_quotas.to_json(one) for one in self.quotas]} if self.quotas else {}
        return quotas | {
            "rules": json.loads(self.rules.to_json()),
            "fair": self.fair,
            "added_places": self.added_places,
            "most_places": self.most_places,
            "kept": [one.to_json() for one in self.kept],
            "worth": self.worth,
            "adjustment": self.adjustment.to_json() if self.adjustment else None,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Recipe":
        adjustment = values.get("adjustment")
        return cls(
            rules=matching.Rules.from_json(json.dumps(values["rules"])),
            fair=values["fair"],
            added_places=values["added_places"],
            most_places=values["most_places"],
            kept=tuple(Kept(*one) for one in values.get("kept", ())),
            worth=values.get("worth", 0),
            quotas=tuple(group_quotas.from_json(one) for one in values.get("quotas", ())),
            adjustment=Adjustment.from_json(adjustment) if adjustment else None,
        )


@dataclass(frozen=True)
class Posed:
    """The people between whom the engine chooses, with the places that the recipe gives them."""

    mentees: tuple[matching.Person, ...]
    mentors: tuple[matching.Person, ...]

    def problem(self, rules: matching.Rules) -> matching.AssignmentProblem:
        return matching.people_problem(self.mentees, self.mentors, rules)


def posed(asked: Candidates, recipe: Recipe) -> Posed:
    """Between whom is to be chosen when the recipe is applied, and the pairs that are kept are made."""
    everybody = with_places(asked, recipe)
    return Posed(*matching.freed(everybody.mentees, everybody.mentors, recipe.ties))


def with_places(asked: Candidates, recipe: Recipe) -> Posed:
    """All people with the places that the recipe gives them."""
    return Posed(
        mentees=asked.mentees,
        mentors=tuple(replace(one, capacity=places(one, recipe)) for one in asked.mentors),
    )


def places(mentor: matching.Person, recipe: Recipe) -> int:
    """Places of a mentor as the recipe has them."""
    offered = mentor.capacity + recipe.added_places
    return offered if recipe.most_places is None else min(offered, recipe.most_places)
