"""Scores of all mentee x mentor pairs, made block by block in whole numbers.

Counts come from 32-bit float matrix products, which are exact below 2**24; everything after them is integer
arithmetic, so a score is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.people import LEVELS, SLOTS, Person
from matching.problem import EXCLUDED, MAX_SCORE, Scores
from matching.rules import PersonPair, Rules
from matching.score_terms import Goals, Preferences, Reciprocity

Floats = NDArray[np.float32]
Places = NDArray[np.int32]
Key = TypeVar("Key", int, str)
#: Points of what excludes a pair: with the greatest points of all other parts still below 0.
_NEVER = -MAX_SCORE - 1
_Term = Goals | Preferences | Reciprocity


class ScoreMatrix:
    """Scores 0..10000 of mentees (rows) and mentors (columns), -1 where a pair must not be made: no shared
    topic, too little shared time, no shared language, excluded by the rules (a pair, or its groups), or one
    and the same person, or one of the two does not want to be paired with the other.

    topics: of the mentee's wishes, each weighted by importance x 3, the share that the mentor's levels cover.
    times: shared half hours, up to `enough_shared_slots`. languages: share of the mentee's languages that
    both speak. goals, preferences, reciprocity: see `score_terms`; those without a weight cost no time.

    A block takes two matrix products and two look-ups: the products give each pair's place in a small table
    of points (`_tables`), so that no pair is divided by itself.
    """

    def __init__(self, mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> None:
        self._mentees, self._mentors, self._rules = mentees, mentors, rules
        self._column = {person.id: column for column, person in enumerate(mentors)}
        self._excluded = _by_mentee(rules.excluded)
        self._earlier = _by_mentee(rules.earlier)
        self._refused = _by_mentee((mentee, mentor.id) for mentor in mentors for mentee in mentor.never)
        self._terms = _terms(mentees, mentors, rules)
        self._topics = _index(topic for person in mentors for topic in person.offers)
        self._codes = _index(code for person in mentors for code in person.languages)
        self._grouped = _index(name for person in mentors for name in person.groups)
        self._members = _table([dict.fromkeys(person.groups, 1) for person in mentors], self._grouped)
        self._most_spoken = 1 + max(len(person.languages) for person in (*mentees, *mentors))
        self._kinds = _Kinds.of(mentees)
        self._topic_points, self._time_points = _tables(rules, self._kinds, self._most_spoken)
        self._offers = _table([person.offers for person in mentors], self._topics, 1)
        self._offers[:, -1] = 1
        # The ones in the last column carry the row's offset into its table.
        self._meetings = np.hstack([_weeks(mentors, 1), self._spoken(mentors, 1), self._ones(len(mentors))])

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._mentees), len(self._mentors)

    def block(self, start: int, stop: int) -> Scores:
        """Scores of rows start..stop (exclusive), int16 of shape (stop - start, m)."""
        people = self._mentees[start:stop]
        topics, times = self._places(people)
        scores = self._topic_points.take(topics, mode="clip")
        scores += self._time_points.take(times, mode="clip")
        for term in self._terms.values():
            scores += term.block(people)
        np.maximum(scores, EXCLUDED, out=scores)
        self._charge_earlier(people, scores)
        self._strike_groups(people, scores)
        self._strike(people, scores)
        return scores

    def parts(self, row: int, column: int) -> dict[str, int]:
        """The points of one pair that is not excluded, by part; they add up to its score. Of the parts in
        `score_terms` only those that have a weight."""
        mentee, mentor, rules = self._mentees[row], self._mentors[column], self._rules
        shared, spoken = len(mentee.week & mentor.week), len(mentee.languages & mentor.languages)
        points = {
            "topics": _share(
                rules, rules.topics, _covered(mentee, mentor), LEVELS * sum(mentee.wants.values())
            ),
            "times": _time_share(rules, shared),
            "languages": _share(rules, rules.languages, spoken, len(mentee.languages)),
        }
        for name, term in self._terms.items():
            points[name] = _part(rules, getattr(rules, name), *term.units(mentee, mentor))
        # The penalty never takes more than there is.
        again = mentor.id in self._earlier.get(mentee.id, ())
        earlier = -min(rules.earlier_penalty, sum(points.values())) if again else 0
        return points | {"earlier": earlier}

    def _places(self, people: Sequence[Person]) -> tuple[Places, Places]:
        """Each pair's place in the two tables; (rows, m)."""
        wants = _table([person.wants for person in people], self._topics, 1)
        wants[:, -1] = self._kinds.topic_offsets(people)
        languages = self._kinds.language_offsets(people) * (SLOTS + 1) * self._most_spoken
        meetings = np.hstack(
            [
                _weeks(people, self._most_spoken),
                self._spoken(people, 1),
                languages[:, None].astype(np.float32),
            ]
        )
        return (wants @ self._offers.T).astype(np.int32), (meetings @ self._meetings.T).astype(np.int32)

    def _spoken(self, people: Sequence[Person], value: int) -> Floats:
        return _table([dict.fromkeys(person.languages, value) for person in people], self._codes)

    @staticmethod
    def _ones(rows: int) -> Floats:
        return np.ones((rows, 1), dtype=np.float32)

    def _charge_earlier(self, people: Sequence[Person], scores: Scores) -> None:
        for row, person in enumerate(people):
            if columns := self._columns(self._earlier.get(person.id, ())):
                before = scores[row, columns].astype(np.int64)
                charged = np.maximum(before - self._rules.earlier_penalty, 0)
                scores[row, columns] = np.where(before >= 0, charged, EXCLUDED)

    def _strike_groups(self, people: Sequence[Person], scores: Scores) -> None:
        if self._rules.groups == "any":
            return
        theirs = _table([dict.fromkeys(person.groups, 1) for person in people], self._grouped)
        together = theirs @ self._members.T > 0
        scores[together == (self._rules.groups == "different")] = EXCLUDED

    def _strike(self, people: Sequence[Person], scores: Scores) -> None:
        for row, person in enumerate(people):
            apart = (*self._excluded.get(person.id, ()), *self._refused.get(person.id, ()), *person.never)
            if columns := self._columns((person.id, *apart)):
                scores[row, columns] = EXCLUDED

    def _columns(self, mentors: Collection[int]) -> list[int]:
        return [self._column[mentor] for mentor in mentors if mentor in self._column]


@dataclass(frozen=True)
class _Kinds:
    """Mentees whose points follow the same row of a table: by the sum of their wishes and by how many
    languages they speak."""

    wished: dict[int, int]
    spoken: dict[int, int]

    @staticmethod
    def of(mentees: Sequence[Person]) -> _Kinds:
        return _Kinds(
            _index(sorted({sum(person.wants.values()) for person in mentees})),
            _index(sorted({len(person.languages) for person in mentees})),
        )

    @property
    def most_covered(self) -> int:
        """One more than the highest count of covered wishes."""
        return LEVELS * max(self.wished) + 1

    def topic_offsets(self, people: Sequence[Person]) -> Floats:
        rows = [self.wished[sum(person.wants.values())] for person in people]
        return np.array(rows, dtype=np.float32) * self.most_covered

    def language_offsets(self, people: Sequence[Person]) -> Floats:
        return np.array([self.spoken[len(person.languages)] for person in people], dtype=np.float32)


def _tables(rules: Rules, kinds: _Kinds, most_spoken: int) -> tuple[Scores, Scores]:
    """Points by (wished, covered), and by (own languages, shared slots, shared languages). What excludes a
    pair stands as _NEVER, which no other part can lift to 0."""
    topics = [
        [
            _share(rules, rules.topics, covered, LEVELS * wished) if covered else _NEVER
            for covered in range(kinds.most_covered)
        ]
        for wished in kinds.wished
    ]
    times = [
        [
            [
                _time_share(rules, shared) + _share(rules, rules.languages, spoken, own)
                if shared >= rules.min_shared_slots and spoken
                else _NEVER
                for spoken in range(most_spoken)
            ]
            for shared in range(SLOTS + 1)
        ]
        for own in kinds.spoken
    ]
    return np.array(topics, dtype=np.int16).ravel(), np.array(times, dtype=np.int16).ravel()


def _share(rules: Rules, weight: int, count: int, whole: int) -> int:
    return MAX_SCORE * weight * min(count, whole) // (max(whole, 1) * rules.whole_weight)


def _part(rules: Rules, weight: int, count: int, whole: int) -> int:
    """The same where nothing is asked: then all of it."""
    return _share(rules, weight, count, whole) if whole else _share(rules, weight, 1, 1)


def _terms(mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> dict[str, _Term]:
    """Those parts that count."""
    made: dict[str, _Term] = {}
    if rules.goals:
        most = max(len(person.goals) for person in mentees)
        made["goals"] = Goals(mentors, most, partial(_part, rules, rules.goals))
    if rules.preferences:
        made["preferences"] = Preferences(mentors, partial(_part, rules, rules.preferences))
    if rules.reciprocity:
        made["reciprocity"] = Reciprocity(mentors, partial(_part, rules, rules.reciprocity))
    return made


def _time_share(rules: Rules, shared: int) -> int:
    return _share(rules, rules.times, min(shared, rules.enough_shared_slots), rules.enough_shared_slots)


def _covered(mentee: Person, mentor: Person) -> int:
    return sum(
        mentee.wants[topic] * mentor.offers[topic] for topic in mentee.wants.keys() & mentor.offers.keys()
    )


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


def _table(rows: Sequence[Mapping[Key, int]], index: Mapping[Key, int], more: int = 0) -> Floats:
    """One row a mapping, one column a key of the index, and `more` empty columns; keys outside the index are
    left out."""
    table = np.zeros((len(rows), len(index) + more), dtype=np.float32)
    for row, values in enumerate(rows):
        for key, value in values.items():
            if (column := index.get(key)) is not None:
                table[row, column] = value
    return table


def _weeks(people: Sequence[Person], value: int) -> Floats:
    table = np.zeros((len(people), SLOTS), dtype=np.float32)
    for row, person in enumerate(people):
        table[row, list(person.week)] = value
    return table
