"""Scores of all mentee x mentor pairs, made block by block in whole numbers.

Counts come from 32-bit float matrix products, which are exact below 2**24; everything after them is integer
arithmetic, so a score is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.people import LEVELS, SLOTS, Person
from matching.problem import EXCLUDED, MAX_SCORE, Scores
from matching.rules import PersonPair, Rules

Floats = NDArray[np.float32]
Key = TypeVar("Key", int, str)
#: The parts of a score, in the order in which a score is built up.
PARTS = ("topics", "times", "languages", "earlier")


class ScoreMatrix:
    """Scores 0..10000 of mentees (rows) and mentors (columns), -1 where a pair must not be made: no shared
    topic, too little shared time, no shared language, excluded by the rules (a pair, or its groups), or one
    and the same person.

    topics: of the mentee's wishes, each weighted by importance x 3, the share that the mentor's levels cover.
    times: shared half hours, up to `enough_shared_slots`. languages: share of the mentee's languages that
    both speak.
    """

    def __init__(self, mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> None:
        self._mentees, self._mentors, self._rules = mentees, mentors, rules
        self._column = {person.id: column for column, person in enumerate(mentors)}
        self._excluded = _by_mentee(rules.excluded)
        self._earlier = _by_mentee(rules.earlier)
        topics = _index(topic for person in mentors for topic in person.offers)
        codes = _index(code for person in mentors for code in person.languages)
        self._topics, self._codes = topics, codes
        self._offers = _table([dict(person.offers) for person in mentors], topics)
        self._weeks = _table([dict.fromkeys(person.week, 1) for person in mentors], _ALL_SLOTS)
        self._grouped = _index(name for person in mentors for name in person.groups)
        self._members = _table([dict.fromkeys(person.groups, 1) for person in mentors], self._grouped)
        self._spoken = _table([dict.fromkeys(person.languages, 1) for person in mentors], codes)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._mentees), len(self._mentors)

    def block(self, start: int, stop: int) -> Scores:
        """Scores of rows start..stop (exclusive), shape (stop - start, m)."""
        people = self._mentees[start:stop]
        covered, shared, spoken = self._counts(people)
        parts = self._points(people, covered, shared, spoken)
        scores = np.maximum(sum(parts[1:], parts[0]) + self._earlier_points(people), 0)
        fits = (covered > 0) & (shared >= self._rules.min_shared_slots) & (spoken > 0)
        scores[~fits] = EXCLUDED
        self._strike_groups(people, scores)
        self._strike(people, scores)
        block: Scores = scores.astype(np.int32)
        return block

    def parts(self, row: int, column: int) -> dict[str, int]:
        """The points of one pair that is not excluded, by part; they add up to its score."""
        people = self._mentees[row : row + 1]
        points = [int(part[0, column]) for part in self._points(people, *self._counts(people))]
        # The penalty never takes more than there is.
        earlier = max(int(self._earlier_points(people)[0, column]), -sum(points))
        return dict(zip(PARTS, [*points, earlier], strict=True))

    def _counts(self, people: Sequence[Person]) -> tuple[Scores, Scores, Scores]:
        """Covered wishes (importance x level), shared slots, shared languages; each (rows, m)."""
        wants = _table([dict(person.wants) for person in people], self._topics)
        weeks = _table([dict.fromkeys(person.week, 1) for person in people], _ALL_SLOTS)
        codes = _table([dict.fromkeys(person.languages, 1) for person in people], self._codes)
        pairs = ((wants, self._offers), (weeks, self._weeks), (codes, self._spoken))
        covered, shared, spoken = ((left @ right.T).astype(np.int32) for left, right in pairs)
        return covered, shared, spoken

    def _points(
        self, people: Sequence[Person], covered: Scores, shared: Scores, spoken: Scores
    ) -> list[NDArray[np.int64]]:
        rules = self._rules
        wished = [LEVELS * sum(person.wants.values()) for person in people]
        languages = [len(person.languages) for person in people]
        enough = rules.enough_shared_slots
        return [
            self._share(rules.topics, covered, wished),
            self._share(rules.times, np.minimum(shared, enough), [enough] * len(people)),
            self._share(rules.languages, spoken, languages),
        ]

    def _share(self, weight: int, count: Scores, whole: list[int]) -> NDArray[np.int64]:
        weights = self._rules.topics + self._rules.times + self._rules.languages
        divisor = np.maximum(np.array(whole, dtype=np.int64), 1)[:, None] * weights
        points: NDArray[np.int64] = MAX_SCORE * weight * count.astype(np.int64) // divisor
        return points

    def _earlier_points(self, people: Sequence[Person]) -> NDArray[np.int64]:
        points = np.zeros((len(people), len(self._mentors)), dtype=np.int64)
        for row, person in enumerate(people):
            points[row, self._columns(self._earlier.get(person.id, ()))] = -self._rules.earlier_penalty
        return points

    def _strike_groups(self, people: Sequence[Person], scores: NDArray[np.int64]) -> None:
        if self._rules.groups == "any":
            return
        theirs = _table([dict.fromkeys(person.groups, 1) for person in people], self._grouped)
        together = theirs @ self._members.T > 0
        scores[together == (self._rules.groups == "different")] = EXCLUDED

    def _strike(self, people: Sequence[Person], scores: NDArray[np.int64]) -> None:
        for row, person in enumerate(people):
            scores[row, self._columns((person.id, *self._excluded.get(person.id, ())))] = EXCLUDED

    def _columns(self, mentors: Collection[int]) -> list[int]:
        return [self._column[mentor] for mentor in mentors if mentor in self._column]


def score_matrix(mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> ScoreMatrix:
    """Scores of every mentee with every mentor. Raises ValueError naming the field when a list is empty or an
    id stands in it twice."""
    for field, people in (("mentees", mentees), ("mentors", mentors)):
        if not people:
            raise ValueError(f"{field}: there is nobody")
        if len({person.id for person in people}) < len(people):
            raise ValueError(f"{field}: a person stands in the list twice")
    return ScoreMatrix(mentees, mentors, rules)


def _by_mentee(pairs: Iterable[PersonPair]) -> dict[int, list[int]]:
    mentors: dict[int, list[int]] = {}
    for mentee, mentor in pairs:
        mentors.setdefault(mentee, []).append(mentor)
    return mentors


def _index(keys: Iterable[Key]) -> dict[Key, int]:
    return {key: column for column, key in enumerate(dict.fromkeys(keys))}


def _table(rows: Sequence[Mapping[Key, int]], index: Mapping[Key, int]) -> Floats:
    """One row a mapping, one column a key of the index; keys outside the index are left out."""
    table = np.zeros((len(rows), len(index)), dtype=np.float32)
    for row, values in enumerate(rows):
        for key, value in values.items():
            if (column := index.get(key)) is not None:
                table[row, column] = value
    return table


_ALL_SLOTS = {slot: slot for slot in range(SLOTS)}
