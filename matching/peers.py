"""People of one list who help each other: what two are worth to each other, what a group shares."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.people import SLOT_HOURS, Person
from matching.problem import Ints
from matching.rules import Rules
from matching.scoring import score_matrix

Meetings = frozenset[tuple[int, int]]


def reciprocal_scores(people: Sequence[Person], rules: Rules) -> Ints:
    """(n, n), the same both ways, in the order of the people: 0..10000, or -1 where two must not be a pair.

    Each of the two wants something that the other offers, and the score is that of the one who gets less out
    of it: nobody is only the helper. See `ScoreMatrix` for the score one way. `Rules.earlier` charges both
    ways. Raises ValueError naming the people.
    """
    if len(people) < 2:
        raise ValueError("people: fewer than two")
    matrix = score_matrix(people, people, rules)
    one_way = matrix.block(0, len(people)).astype(np.int64)
    return np.minimum(one_way, one_way.T)


@dataclass(frozen=True)
class Exchange:
    """What somebody finds in their group. learns: topics they want that another offers. helps_with: topics
    they offer that another wants. together: topics that they and another want to learn. Sorted."""

    learns: tuple[int, ...]
    helps_with: tuple[int, ...]
    together: tuple[int, ...]


def exchange(person: Person, others: Iterable[Person]) -> Exchange:
    """What this person finds among the others of the group."""
    others = list(others)
    offered = {topic for other in others for topic in other.offers}
    wanted = {topic for other in others for topic in other.wants}
    return Exchange(
        tuple(sorted(person.wants.keys() & offered)),
        tuple(sorted(person.offers.keys() & wanted)),
        tuple(sorted(person.wants.keys() & wanted)),
    )


@dataclass(frozen=True)
class Shared:
    """What all of a group share. hours: free in a usual week. languages: sorted codes."""

    hours: float
    languages: tuple[str, ...]


def shared(group: Sequence[Person]) -> Shared:
    """What all of these people, at least one, share."""
    time = frozenset.intersection(*(person.week for person in group))
    spoken = frozenset.intersection(*(person.languages for person in group))
    return Shared(len(time) * SLOT_HOURS, tuple(sorted(spoken)))


def meetings(groups: Iterable[Collection[int]]) -> Meetings:
    """The pairs of ids, the lower first, who are together in these groups."""
    return frozenset((one, other) for group in groups for one in group for other in group if one < other)
