"""An evener load among equal totals in large problems, without a linear program.

Along pairs that are as good as those made, mentees change places in a chain, from a mentor with many to one
with fewer. Where no chain joins two loads that differ by two or more, no other assignment of the same mentees
has a smaller sum of squared loads (cycle canceling for convex costs; Ahuja, Magnanti and Orlin 1993, 14.5).
"""

from __future__ import annotations

from collections import deque

import numpy as np

from matching.edges import Edges
from matching.flow import NOBODY
from matching.problem import Ints
from matching.transport import Prices


def evened(tight: Edges, capacity: Ints, minimum: Ints, prices: Prices, mentor: Ints) -> Ints:
    """`mentor` (n,) with the loads as even as can be. tight: all pairs of best gain at these prices."""
    chains = _Chains(tight, capacity, minimum, prices, mentor)
    moved = True
    while moved:
        # From whom nobody with room is reached, nobody after them reaches one through them: loads fall.
        closed: set[int] = set()
        moved = sum(chains.relieve(giver, closed) for giver in chains.givers()) > 0
    return chains.mentor


class _Chains:
    def __init__(self, tight: Edges, capacity: Ints, minimum: Ints, prices: Prices, mentor: Ints) -> None:
        self.mentor = mentor.copy()
        self._fits: list[list[int]] = [[] for _ in range(len(mentor))]
        for one, other in zip(tight.mentee.tolist(), tight.mentor.tolist(), strict=True):
            self._fits[one].append(other)
        self._own: list[set[int]] = [set() for _ in range(len(capacity))]
        for one in np.flatnonzero(mentor != NOBODY).tolist():
            self._own[int(mentor[one])].add(one)
        # Who has a price stays full; who has one for the minimum stays at it.
        self._least = np.where(prices.mentor > 0, capacity, minimum).tolist()
        self._most = np.where(prices.minimum > 0, minimum, capacity).tolist()

    def givers(self) -> list[int]:
        """Mentors who could have one less, those with most first."""
        loads = [len(own) for own in self._own]
        some = [one for one, load in enumerate(loads) if load >= 2 and load > self._least[one]]
        return sorted(some, key=lambda one: -loads[one])

    def relieve(self, giver: int, closed: set[int]) -> bool:
        """Move one mentee from here, over others where need be, to somebody who has two or more less. Where
        there is no such chain, all who are reached are added to `closed`."""
        load = len(self._own[giver])
        if load < 2 or load <= self._least[giver]:
            return False
        came: dict[int, tuple[int, int]] = {giver: (giver, NOBODY)}
        waiting = deque([giver])
        while waiting:
            at = waiting.popleft()
            if len(self._own[at]) <= load - 2 and len(self._own[at]) < self._most[at]:
                self._move(at, giver, came)
                return True
            for one in sorted(self._own[at]):
                for other in self._fits[one]:
                    if other not in came and other not in closed:
                        came[other] = (at, one)
                        waiting.append(other)
        closed.update(came)
        return False

    def _move(self, taker: int, giver: int, came: dict[int, tuple[int, int]]) -> None:
        while taker != giver:
            before, one = came[taker]
            self._own[before].remove(one)
            self._own[taker].add(one)
            self.mentor[one] = taker
            taker = before
