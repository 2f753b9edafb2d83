"""What a circle is worth, and which circles can be: topics, times, diversity, and who has met before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.people import SLOTS, Person
from matching.problem import EXCLUDED, MAX_SCORE, Ints

SIZES = (4, 5, 6)
#: Values are counted in such parts of a point, so that the mean over 3, 4 or 5 others is whole.
UNITS = 60
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class CircleRules:
    """topics, times, diversity: weights, whole numbers >= 0, not all 0. min_shared_slots: half hours of the
    week in which all of a circle are free. enough_shared_slots: from here on more time that two share earns
    nothing more. earlier_penalty: points that two lose who were in a circle or pair before. excluded: pairs
    of ids who are never in one circle. sizes: between 4 and 6."""

    topics: int = 50
    times: int = 30
    diversity: int = 20
    min_shared_slots: int = 2
    enough_shared_slots: int = 8
    earlier_penalty: int = 5_000
    excluded: frozenset[tuple[int, int]] = frozenset()
    sizes: tuple[int, ...] = SIZES

    def __post_init__(self) -> None:
        for name in ("topics", "times", "diversity", "earlier_penalty"):
            if not 0 <= getattr(self, name) <= MAX_SCORE:
                raise ValueError(f"{name}: must be 0 to {MAX_SCORE}")
        if not self.topics + self.times + self.diversity:
            raise ValueError("topics: at least one of topics, times and diversity must count")
        if not 1 <= self.min_shared_slots <= self.enough_shared_slots <= SLOTS:
            raise ValueError(f"min_shared_slots: must be 1 to enough_shared_slots, and both to {SLOTS}")
        if not self.sizes or set(self.sizes) - set(SIZES):
            raise ValueError("sizes: must be of 4, 5 and 6")


class CircleTerms:
    """Scores of pairs, 0..10000 or -1, and the test of a whole circle; rows in the order of the people.

    topics: of both people's wishes, the share that the other wants or offers too. times: shared half hours,
    up to enough. diversity: all of it when the two share no group of the course. A circle gives each member
    the mean of its scores with the others. All must share a language and `min_shared_slots`.
    """

    def __init__(
        self, people: Sequence[Person], rules: CircleRules, earlier: Collection[tuple[int, int]]
    ) -> None:
        if len(people) < 2:
            raise ValueError("people: fewer than two")
        if len({person.id for person in people}) < len(people):
            raise ValueError("people: a person stands in the list twice")
        self.rules = rules
        self.free = np.array([[slot in one.week for slot in range(SLOTS)] for one in people], dtype=bool)
        codes = sorted({code for one in people for code in one.languages})
        self.spoken = np.array([[code in one.languages for code in codes] for one in people], dtype=bool)
        self.scores = self._scores(people)
        row = {person.id: number for number, person in enumerate(people)}
        for one, other in earlier:
            if one in row and other in row:
                self._charge(row[one], row[other])
        for one, other in rules.excluded:
            if one in row and other in row:
                self.scores[row[one], row[other]] = self.scores[row[other], row[one]] = EXCLUDED

    def _scores(self, people: Sequence[Person]) -> Ints:
        rules = self.rules
        shared = self.free.astype(np.int64) @ self.free.T.astype(np.int64)
        times = MAX_SCORE * np.minimum(shared, rules.enough_shared_slots) // rules.enough_shared_slots
        names = sorted({name for one in people for name in one.groups})
        member = np.array([[name in one.groups for name in names] for one in people], dtype=np.int64)
        apart = np.where(member @ member.T > 0, 0, MAX_SCORE)
        weights = rules.topics + rules.times + rules.diversity
        sums = rules.topics * _topics(people) + rules.times * times + rules.diversity * apart
        speak = self.spoken.astype(np.int64) @ self.spoken.T.astype(np.int64) > 0
        can = speak & (shared >= rules.min_shared_slots)
        np.fill_diagonal(can, False)
        scores: Ints = np.where(can, sums // weights, EXCLUDED)
        return scores

    def _charge(self, one: int, other: int) -> None:
        if self.scores[one, other] >= 0:
            less = max(0, int(self.scores[one, other]) - self.rules.earlier_penalty)
            self.scores[one, other] = self.scores[other, one] = less

    def can_be(self, circles: Ints) -> Marks:
        """(circles, size) of rows: which of them share enough time and a language, with no pair excluded."""
        good = np.ones(len(circles), dtype=bool)
        for place in range(circles.shape[1]):
            for later in range(place + 1, circles.shape[1]):
                good &= self.scores[circles[:, place], circles[:, later]] >= 0
        at = np.flatnonzero(good)
        time = np.logical_and.reduce(self.free[circles[at]], axis=1).sum(axis=1)
        speak = np.logical_and.reduce(self.spoken[circles[at]], axis=1).any(axis=1)
        good[at] = (time >= self.rules.min_shared_slots) & speak
        return good

    def worth(self, circles: Ints) -> Ints:
        """(circles,) in units: the sum over the members of the mean score with the others."""
        size = circles.shape[1]
        total = np.zeros(len(circles), dtype=np.int64)
        for place in range(size):
            for later in range(place + 1, size):
                total += self.scores[circles[:, place], circles[:, later]]
        worth: Ints = total * (2 * UNITS // (size - 1))
        return worth


def _topics(people: Sequence[Person]) -> Ints:
    topics = sorted({topic for one in people for topic in (*one.wants, *one.offers)})
    wants = np.array([[topic in one.wants for topic in topics] for one in people], dtype=np.int64)
    knows = wants | np.array([[topic in one.offers for topic in topics] for one in people], dtype=np.int64)
    met = wants @ knows.T
    wished = wants.sum(axis=1)
    share: Ints = MAX_SCORE * (met + met.T) // np.maximum(wished[:, None] + wished, 1)
    return share
