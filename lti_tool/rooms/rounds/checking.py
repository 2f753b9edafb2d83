"""Checking a result's proof against the people as the round found them."""

from dataclasses import dataclass

import matching
from lti_tool.db import clock, models
from lti_tool.rooms.rounds import snapshot
from lti_tool.rooms.rounds.recipe import Posed, Recipe, posed
from lti_tool.rooms.rounds.snapshot import Candidates

MOST_AT_ONCE = 250_000
"""Pairs of people that are checked while somebody waits for the page: a few hundredths of a second."""


@dataclass(frozen=True)
class Stored:
    """What a result was made of."""

    asked: Candidates
    recipe: Recipe

    @property
    def people(self) -> Posed:
        return posed(self.asked, self.recipe)

    def side_rules(self) -> matching.SideRules:
        """Who is tied to whom, as rows of the problem."""
        people = self.people
        return matching.side_rules(self.recipe.ties, people.mentees, people.mentors)

    def problem(self) -> matching.AssignmentProblem:
        return self.people.problem(self.recipe.rules)


def stored(scenario: models.Scenario) -> Stored | None:
    """None for a round from before its people were kept."""
    if scenario.setup is None or scenario.round.asked is None:
        return None
    return Stored(snapshot.from_json(scenario.round.asked), Recipe.from_json(scenario.setup))


def is_small(scenario: models.Scenario) -> bool:
    return bool(scenario.summary["mentees"] * scenario.summary["mentors"] <= MOST_AT_ONCE)


def verify(
    made_of: Stored, certificate: matching.Certificate, progress: matching.Progress | None = None
) -> matching.Verification:
    return matching.verify(made_of.problem(), certificate, progress)


def note(scenario: models.Scenario, found: matching.Verification) -> None:
    """Write down what a check found, with its moment."""
    scenario.checked_at = clock.now()
    scenario.check_reason = found.reason
