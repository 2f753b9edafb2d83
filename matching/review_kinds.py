"""Pairs that owe a review, sorted by who could do it: all reviews of one kind have the same experts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.people import LEVELS, Expert, Person
from matching.problem import Ints
from matching.review_needs import ReviewPolicy

#: The kind of a pair that owes no review.
NONE = -1
NO_TOPIC = -1


@dataclass(frozen=True, eq=False)
class ReviewKinds:
    """of: (pairs,) the kind of each pair, NONE where it owes no review. able: (kinds, experts) who may do a
    review of the kind."""

    of: Ints
    able: NDArray[np.bool_]


def review_kinds(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    row: Ints,
    column: Ints,
    experts: Sequence[Expert],
    policy: ReviewPolicy,
) -> ReviewKinds:
    """Kinds of the pairs mentees[row[k]], mentors[column[k]], each of whom share a topic. The sample of the
    policy is left out: it is drawn from the pairs that are made, and so cannot be known before."""
    topic = leading_topics(mentees, mentors, row, column)
    untrained = np.array([one.id in policy.untrained for one in mentors], dtype=bool)
    owing = np.isin(topic, list(policy.high_risk)) | untrained[column] | policy.every
    first, second = _barred(mentees, experts), _barred(mentors, experts)
    width = 1 + max(int(first.group.max(initial=0)), int(second.group.max(initial=0)))
    code = np.where(owing, (topic * width + first.group[row]) * width + second.group[column], NONE)
    codes, of = np.unique(code, return_inverse=True)
    able = np.array([_able(int(one), width, first, second, experts) for one in codes], dtype=bool)
    return _merged(of, able.reshape(len(codes), len(experts)), codes)


def leading_topics(mentees: Sequence[Person], mentors: Sequence[Person], row: Ints, column: Ints) -> Ints:
    """(pairs,) the topic that `reasons.shared_topics` names first; NO_TOPIC where none is shared."""
    best = np.zeros(len(row), dtype=np.int64)
    leading = np.full(len(row), NO_TOPIC, dtype=np.int64)
    for topic in sorted({topic for one in mentors for topic in one.offers}):
        wanted = np.array([one.wants.get(topic, 0) for one in mentees], dtype=np.int64)[row]
        offered = np.array([one.offers.get(topic, 0) for one in mentors], dtype=np.int64)[column]
        value = np.where((wanted > 0) & (offered > 0), wanted * offered * (LEVELS + 1) + wanted, 0)
        better = value > best
        best[better], leading[better] = value[better], topic
    return leading


@dataclass(frozen=True, eq=False)
class _Barred:
    """group: (people,); experts: by group, the columns of experts who must not review its people."""

    group: Ints
    experts: list[frozenset[int]]


def _barred(people: Sequence[Person], experts: Sequence[Expert]) -> _Barred:
    sets = [
        frozenset(k for k, expert in enumerate(experts) if one.id == expert.id or one.id in expert.not_with)
        for one in people
    ]
    distinct = sorted(set(sets), key=sorted)
    numbers = {each: number for number, each in enumerate(distinct)}
    return _Barred(np.array([numbers[each] for each in sets], dtype=np.int64), distinct)


def _able(code: int, width: int, first: _Barred, second: _Barred, experts: Sequence[Expert]) -> list[bool]:
    if code == NONE:
        return [False] * len(experts)
    topic, rest = divmod(code, width * width)
    barred = first.experts[rest // width] | second.experts[rest % width]
    return [topic in expert.topics and k not in barred for k, expert in enumerate(experts)]


def _merged(of: Ints, able: NDArray[np.bool_], codes: Ints) -> ReviewKinds:
    """Kinds with the same experts are one kind."""
    owing = codes != NONE
    if not bool(owing.any()):
        return ReviewKinds(np.full(len(of), NONE, dtype=np.int64), able[:0])
    distinct, number = np.unique(able[owing], axis=0, return_inverse=True)
    kind = np.full(len(codes), NONE, dtype=np.int64)
    kind[owing] = number.ravel()
    return ReviewKinds(kind[of.ravel()], distinct.astype(bool))
