"""Groups of peers over several rounds, in which nobody meets somebody a second time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.certificate import Certificate
from matching.circle_terms import CircleRules, CircleTerms
from matching.circles import circle
from matching.pairing import pair_rounds
from matching.peers import Meetings, meetings, reciprocal_scores
from matching.people import Person
from matching.planning import by_id
from matching.problem import Ints
from matching.rules import Rules

#: Rounds that are made when as many are asked for as there can be.
MOST_ROUNDS = 1_000


@dataclass(frozen=True, eq=False)
class PeerRound:
    """groups: sorted ids, in order; scores: of each of its people the mean with the others, 0..10000, by
    group. alone: why each of these ids has nobody: "nobody_fits" (too few fit at all), "has_met_all" (too few
    who fit are still to be met), "no_room" (others fit, but in no grouping that places more people).
    placed_bound, total, bound, proved: as in `PairResult` or `CircleResult`. method: "exact" or "heuristic".
    certificate: of pairs only."""

    groups: tuple[tuple[int, ...], ...]
    scores: tuple[tuple[int, ...], ...]
    alone: dict[int, str]
    placed_bound: int
    total: int
    bound: int
    method: str
    proved: bool
    certificate: Certificate | None = None

    @property
    def placed(self) -> int:
        return sum(map(len, self.groups))


def pairs_in_turn(
    people: Sequence[Person], rules: Rules, rounds: int | None = 1, *, time_limit: float | None = None
) -> list[PeerRound]:
    """Rounds of reciprocal pairs, each the best that is left; fewer when no further one is possible.

    rounds: None for as many as it takes until all who may meet have met. time_limit: seconds for each round.
    The order of people does not matter. Raises ValueError naming people or rounds.
    """
    people = by_id(people)
    scores, found = reciprocal_scores(people, rules), list[PeerRound]()
    np.fill_diagonal(scores, -1)
    left = scores.copy()
    for result in pair_rounds(scores, rounds, time_limit=time_limit):
        alone = _alone(people, result.alone, scores, left, 1)
        groups = tuple(tuple(people[row].id for row in group) for group in result.groups)
        worth = tuple(_means(scores, group) for group in result.groups)
        bounds = result.placed_bound, result.total, result.bound
        found.append(PeerRound(groups, worth, alone, *bounds, "exact", result.proved, result.certificate))
        for one, other in meetings(result.groups):
            left[one, other] = left[other, one] = -1
    return found


def circles_in_turn(
    people: Sequence[Person],
    rules: CircleRules,
    rounds: int | None = 1,
    *,
    time_limit: float | None = None,
) -> list[PeerRound]:
    """Rounds of circles in which no two meet a second time; fewer when no further circle is possible.

    rounds, time_limit: as in `pairs_in_turn`. Raises ValueError naming people.
    """
    people, found = by_id(people), list[PeerRound]()
    row = {person.id: number for number, person in enumerate(people)}
    scores = CircleTerms(people, rules, ()).scores
    met: Meetings = frozenset()
    while len(found) < (MOST_ROUNDS if rounds is None else rounds):
        own = replace(rules, excluded=rules.excluded | met)
        result = circle(people, own, time_limit=time_limit)
        if not result.circles:
            break
        rows = [tuple(row[one] for one in group) for group in result.circles]
        left = CircleTerms(people, own, ()).scores
        alone = _alone(people, [row[one] for one in result.alone], scores, left, min(rules.sizes) - 1)
        worth = tuple(_means(scores, group) for group in rows)
        bounds = result.placed_bound, result.total, result.bound
        found.append(PeerRound(result.circles, worth, alone, *bounds, result.method, result.proved))
        met |= meetings(result.circles)
    return found


def _means(scores: Ints, group: Sequence[int]) -> tuple[int, ...]:
    return tuple(
        sum(int(scores[one, other]) for other in group if other != one) // (len(group) - 1) for one in group
    )


def _alone(
    people: Sequence[Person], rows: Sequence[int], scores: Ints, left: Ints, least: int
) -> dict[int, str]:
    """Why these rows are alone: scores of all, and `left` without those who have met; least: partners that a
    group needs."""
    fits, still = (scores >= 0).sum(axis=1), (left >= 0).sum(axis=1)
    return {
        people[row].id: "nobody_fits"
        if fits[row] < least
        else "has_met_all"
        if still[row] < least
        else "no_room"
        for row in rows
    }
