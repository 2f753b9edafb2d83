"""Parts of a score that a cohort may add: shared goals, wishes for each other, and helping each other.

Who has no goals, or names nobody, is content with everybody: they get that part in full, so that it neither
draws people to them nor makes them look worse off than those who ask. A mentor who wants to learn nothing
gets nothing for helping each other: there it does not happen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.people import LEVELS, Person
from matching.problem import Scores

Floats = NDArray[np.float32]
Units = NDArray[np.int16]
#: Points of a part for so many units of a whole.
Points = Callable[[int, int], int]

#: Somebody's first wish counts as three units, their third as one; whom they do not name as none.
WISHES = 3


class Goals:
    """Of the mentee's goals, the share that is the mentor's as well."""

    def __init__(self, mentors: Sequence[Person], most: int, points: Points) -> None:
        """most: the greatest number of goals that a mentee has."""
        goals = {goal for person in mentors for goal in person.goals}
        self._column = {goal: column for column, goal in enumerate(sorted(goals))}
        self._theirs = self._table(mentors)
        self._points = np.array(
            [[points(min(shared, own), own) for shared in range(most + 1)] for own in range(most + 1)],
            np.int16,
        )

    def block(self, people: Sequence[Person]) -> Scores:
        shared = (self._table(people) @ self._theirs.T).astype(np.intp)
        own = np.array([len(person.goals) for person in people], np.intp)
        return self._points[own[:, None], shared]

    @staticmethod
    def units(mentee: Person, mentor: Person) -> tuple[int, int]:
        """Those of a pair, and their whole."""
        return len(mentee.goals & mentor.goals), len(mentee.goals)

    def _table(self, people: Sequence[Person]) -> Floats:
        table = np.zeros((len(people), len(self._column)), np.float32)
        for row, person in enumerate(people):
            table[row, [self._column[goal] for goal in person.goals if goal in self._column]] = 1
        return table


class Reciprocity:
    """Of the mentor's own wishes, weighted by importance x 3, the share that the mentee's levels cover."""

    def __init__(self, mentors: Sequence[Person], points: Points) -> None:
        topics = {topic for person in mentors for topic in person.wants}
        self._column = {topic: column for column, topic in enumerate(sorted(topics))}
        self._wants = np.zeros((len(mentors), len(self._column)), np.float32)
        for row, person in enumerate(mentors):
            for topic, importance in person.wants.items():
                self._wants[row, self._column[topic]] = importance
        wholes = sorted({_whole(person) for person in mentors})
        self._kind = np.array([wholes.index(_whole(person)) for person in mentors], np.intp)
        self._points = np.array(
            [[points(min(covered, whole), whole) for covered in range(wholes[-1] + 1)] for whole in wholes],
            np.int16,
        )

    def block(self, people: Sequence[Person]) -> Scores:
        offers = np.zeros((len(people), len(self._column)), np.float32)
        for row, person in enumerate(people):
            for topic, level in person.offers.items():
                if (column := self._column.get(topic)) is not None:
                    offers[row, column] = level
        covered = (offers @ self._wants.T).astype(np.intp)
        return self._points[self._kind[None, :], covered]

    @staticmethod
    def units(mentee: Person, mentor: Person) -> tuple[int, int]:
        """Those of a pair, and their whole."""
        both = mentor.wants.keys() & mentee.offers.keys()
        return sum(mentor.wants[topic] * mentee.offers[topic] for topic in both), _whole(mentor)


class Preferences:
    """How high each of the two ranks the other, both sides alike. A pair's points do not depend on who else
    is there."""

    def __init__(self, mentors: Sequence[Person], points: Points) -> None:
        self._column = {person.id: column for column, person in enumerate(mentors)}
        self._content = np.array([0 if person.preferences else WISHES for person in mentors], np.int16)
        self._wished: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for column, mentor in enumerate(mentors):
            for mentee in mentor.preferences:
                self._wished[mentee].append((column, wish(mentor, mentee)))
        self._points = np.array([points(units, 2 * WISHES) for units in range(2 * WISHES + 1)], np.int16)

    def block(self, people: Sequence[Person]) -> Scores:
        content = np.array([0 if person.preferences else WISHES for person in people], np.int16)
        units: Units = content[:, None] + self._content[None, :]
        for row, person in enumerate(people):
            for mentor in person.preferences:
                if (column := self._column.get(mentor)) is not None:
                    units[row, column] += wish(person, mentor)
            for column, given in self._wished.get(person.id, ()):
                units[row, column] += given
        return self._points.take(units)

    @staticmethod
    def units(mentee: Person, mentor: Person) -> tuple[int, int]:
        """Those of a pair, and their whole."""
        return wish(mentee, mentor.id) + wish(mentor, mentee.id), 2 * WISHES


def wish(person: Person, other: int) -> int:
    """Units of somebody's wish for another person: 3 to 1 for those whom they name, best first."""
    if not person.preferences:
        return WISHES
    return WISHES - person.preferences.index(other) if other in person.preferences else 0


def _whole(person: Person) -> int:
    return LEVELS * sum(person.wants.values()) or 1
