"""The file of people of a proof holds all that the rules count, and only that."""

import dataclasses
import io
from datetime import date

import numpy as np
import pytest

import matching
from lti_tool.rooms.rounds.proof_files import people_csv
from lti_tool.rooms.rounds.recipe import Posed

WEEK = frozenset(range(18, 24))
TOPICS = {7: "Algebra"}
MENTEES = tuple(
    matching.Person(number, {7: 2}, {}, WEEK, frozenset({"en"}), goals=frozenset({goal}), preferences=liked)
    for number, goal, liked in ((40, "career", (52, 99)), (41, "pass", ()), (42, "pass", (99,)))
)
MENTORS = tuple(
    matching.Person(number, {}, {7: 3}, WEEK, frozenset({"en"}), goals=frozenset({goal}), preferences=liked)
    for number, goal, liked in ((51, "career", (99, 41)), (52, "settle", ()))
)


@pytest.mark.parametrize("counted", [{}, {"goals": 20}, {"preferences": 20}, {"goals": 5, "preferences": 9}])
def test_the_scores_of_the_file_are_those_of_the_round(counted: dict[str, int]) -> None:
    rules = matching.Rules.from_json(matching.Rules().to_json())
    for name, weight in counted.items():
        rules = dataclasses.replace(rules, **{name: weight})  # type: ignore[arg-type]  # each is a weight
    text = people_csv(Posed(MENTEES, MENTORS), rules, TOPICS)
    read = matching.read_people(io.StringIO(text), on=date(2026, 11, 25))
    theirs = matching.people_problem(read.mentees, read.mentors, rules).scores.block(0, 3)
    assert np.array_equal(theirs, matching.people_problem(MENTEES, MENTORS, rules).scores.block(0, 3))
    header = text.splitlines()[0]
    assert ("goals,prefers" in header) == bool(counted)
    assert ("career" in text) == ("goals" in counted)
    assert ("p000005" in text.partition("p000001")[2].splitlines()[0]) == ("preferences" in counted)
