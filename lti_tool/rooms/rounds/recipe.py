"""How a result is made from the people of a round: the rules, and what an instructor wants to try."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import matching
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
    keep: tuple[tuple[int, int], ...] = ()
    """(mentee, mentor) who stay together whatever else there is."""

    @property
    def objective(self) -> tuple[str, ...]:
        return FAIR if self.fair else PLAIN

    def to_json(self) -> dict[str, Any]:
        """As it is stored with a scenario."""
        return {
            "rules": json.loads(self.rules.to_json()),
            "fair": self.fair,
            "added_places": self.added_places,
            "most_places": self.most_places,
            "keep": sorted([mentee, mentor] for mentee, mentor in self.keep),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Recipe":
        return cls(
            rules=matching.Rules.from_json(json.dumps(values["rules"])),
            fair=values["fair"],
            added_places=values["added_places"],
            most_places=values["most_places"],
            keep=tuple((mentee, mentor) for mentee, mentor in values["keep"]),
        )


@dataclass(frozen=True)
class Posed:
    """The people between whom the engine chooses: without those who stay together, and their places."""

    mentees: tuple[matching.Person, ...]
    mentors: tuple[matching.Person, ...]

    def problem(self, rules: matching.Rules) -> matching.AssignmentProblem:
        return matching.people_problem(self.mentees, self.mentors, rules)


def posed(asked: Candidates, recipe: Recipe) -> Posed:
    """What is left to choose when the recipe is applied."""
    kept = kept_pairs(asked, recipe)
    taken: dict[int, int] = {}
    for _mentee, mentor in kept:
        taken[mentor] = taken.get(mentor, 0) + 1
    settled = {mentee for mentee, _mentor in kept}
    return Posed(
        mentees=tuple(one for one in asked.mentees if one.id not in settled),
        mentors=tuple(
            replace(one, capacity=max(0, places(one, recipe) - taken.get(one.id, 0))) for one in asked.mentors
        ),
    )


def kept_pairs(asked: Candidates, recipe: Recipe) -> tuple[tuple[int, int], ...]:
    """The pairs of the recipe that can be kept: both are there, and the mentor has a place for each."""
    mentees = {one.id for one in asked.mentees}
    room = {one.id: places(one, recipe) for one in asked.mentors}
    kept = []
    for mentee, mentor in recipe.keep:
        if mentee in mentees and room.get(mentor, 0) > 0:
            mentees.discard(mentee)
            room[mentor] -= 1
            kept.append((mentee, mentor))
    return tuple(kept)


def places(mentor: matching.Person, recipe: Recipe) -> int:
    """Places of a mentor as the recipe has them."""
    offered = mentor.capacity + recipe.added_places
    return offered if recipe.most_places is None else min(offered, recipe.most_places)
