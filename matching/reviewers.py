"""How many owed reviews of an assignment the experts cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.edges import Edges
from matching.flow import saturate
from matching.people import Expert, Person
from matching.problem import Ints
from matching.review_kinds import NONE, ReviewKinds, review_kinds
from matching.review_needs import ReviewPolicy


@dataclass(frozen=True, eq=False)
class Reviewers:
    """What is asked of the reviews of an assignment. mentees, mentors: the people of its rows and columns.
    weeks: of the window. worth: points of the total that each review may cost. standing: (mentee, mentor) who
    are a pair beside the assignment and may owe a review, too. Raises ValueError naming worth or weeks."""

    mentees: Sequence[Person]
    mentors: Sequence[Person]
    experts: Sequence[Expert]
    policy: ReviewPolicy
    weeks: int = 12
    worth: int = 0
    standing: Sequence[tuple[Person, Person]] = ()

    def __post_init__(self) -> None:
        if self.worth < 0:
            raise ValueError("worth: must not be negative")
        if self.weeks < 1:
            raise ValueError("weeks: the window must have at least one week")

    @property
    def free(self) -> Ints:
        """(experts,) reviews that each has time for in all weeks."""
        weeks = range(1, self.weeks + 1)
        return np.array([sum(map(one.free_reviews, weeks)) for one in self.experts], dtype=np.int64)

    def kinds(self, row: Ints, column: Ints) -> ReviewKinds:
        """Kinds of these pairs, and after them of the standing ones."""
        mentees = [*self.mentees, *(mentee for mentee, _ in self.standing)]
        mentors = [*self.mentors, *(mentor for _, mentor in self.standing)]
        beside = np.arange(len(self.standing))
        rows = np.concatenate([row, len(self.mentees) + beside])
        columns = np.concatenate([column, len(self.mentors) + beside])
        return review_kinds(mentees, mentors, rows, columns, self.experts, self.policy)

    def uncovered(self, mentor: Ints) -> tuple[int, int]:
        """Owed reviews of an assignment (n,) that no expert can do, and all that are owed."""
        row = np.flatnonzero(mentor >= 0)
        kinds = self.kinds(row, mentor[row])
        owed = kinds.of[kinds.of != NONE]
        if not len(owed):
            return 0, 0
        able, expert = np.nonzero(kinds.able[owed])
        if not len(able):
            return len(owed), len(owed)
        edges = Edges((len(owed), len(self.experts)), able, expert, np.ones(len(able), dtype=np.int64))
        most = saturate(edges, self.free, np.zeros_like(self.free), len(owed))
        return len(owed) - most.value, len(owed)
