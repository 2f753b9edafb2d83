"""Scores between people of one list, and the best pairing found by trying every one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Scores = NDArray[np.int64]


@st.composite
def mutual_scores(draw: st.DrawFn, most: int = 7) -> Scores:
    """Symmetric scores of 2 to `most` people with many ties and exclusions."""
    people = draw(st.integers(2, most))
    score = st.one_of(st.just(-1), st.integers(0, 3), st.integers(0, 10_000))
    pairs = people * (people - 1) // 2
    scores = np.full((people, people), -1)
    scores[np.triu_indices(people, 1)] = draw(st.lists(score, min_size=pairs, max_size=pairs))
    both: Scores = np.maximum(scores, scores.T)
    return both


def random_mutual(seed: int, people: int, share: float, most: int = 10_000) -> Scores:
    """Symmetric scores of which about `share` are allowed."""
    random = np.random.default_rng(seed)
    scores = random.integers(0, most + 1, (people, people))
    scores[random.random((people, people)) > share] = -1
    upper = np.triu(scores, 1) - np.tril(np.ones_like(scores))
    both: Scores = np.maximum(upper, upper.T)
    return both


def every_pairing(people: tuple[int, ...], triads: int) -> Iterator[list[tuple[int, ...]]]:
    """Every way to put some of these people into pairs and at most so many triads."""
    if not people:
        yield []
        return
    first, rest = people[0], people[1:]
    yield from every_pairing(rest, triads)
    for size in (1, 2)[: 1 + triads]:
        for others in itertools.combinations(rest, size):
            left = tuple(person for person in rest if person not in others)
            for groups in every_pairing(left, triads - (size == 2)):
                yield [(first, *others), *groups]


def value(scores: Scores, groups: Iterable[tuple[int, ...]]) -> tuple[int, int] | None:
    """(placed, person-points); None when a pair in it is excluded."""
    placed = total = 0
    for group in groups:
        inside = [int(scores[one, other]) for one, other in itertools.combinations(group, 2)]
        if min(inside) < 0:
            return None
        placed += len(group)
        total += sum(inside) * (2 if len(group) == 2 else 1)
    return placed, total


def best(scores: Scores) -> tuple[int, int]:
    everyone = tuple(range(len(scores)))
    values = (value(scores, groups) for groups in every_pairing(everyone, len(scores) % 2))
    return max(one for one in values if one is not None)
