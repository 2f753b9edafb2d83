"""The proof that travels with a pairing: plain JSON, to be checked by `matching.verify_pairs`.

version         1
input           SHA-256 of the scores
groups          pairs, and at most one triad where the number of people is odd
placed, total   how many are in a group; person-points (a pair gives twice its score, a triad the sum of its)
placed_prices   prices that bound how many can be placed, where a pair counts 2 and a triad 3
total_prices    prices that bound the total of those who place as many
placed_bound, bound  what these prices leave possible
proved          whether both bounds are reached
checksum        SHA-256 of all other fields

Prices: whole numbers of units, `scale` units to a point. people: (n,) >= 0. sets: [members, price] with an
odd number of members and a price >= 0, charged (size - 1) / 2 times. triad: >= 0, of the only triad. placed:
any sign, of each person who is placed. A pair inside a set pays the set's price, so does a triad with at
least two members in it. No pair and no triad may be worth more than it pays; then nothing is worth more than
all prices together (weak duality; Edmonds 1965).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matching.certificate import Certificate
from matching.mutual import Mutual
from matching.problem import Ints

VERSION = 1
#: Prices are whole numbers of such parts of a point: halves, thirds, ... are exact.
SCALE = 5_040


@dataclass(frozen=True, eq=False)
class PairPrices:
    """In units of 1 / SCALE points; see the module."""

    people: Ints
    sets: tuple[tuple[tuple[int, ...], int], ...]
    triad: int
    placed: int

    @staticmethod
    def trivial(people: int, most: int) -> PairPrices:
        """Nobody gets more than `most` points."""
        return PairPrices(np.full(people, most * SCALE, dtype=np.int64), (), 0, 0)

    def of_pairs(self) -> Ints:
        """(n, n) what each pair pays."""
        pays = self.people[:, None] + self.people + 2 * self.placed
        for members, price in self.sets:
            pays[np.ix_(members, members)] += price
        return pays

    def bound(self, placed: int) -> int:
        """In whole points."""
        sets = sum(price * (len(members) // 2) for members, price in self.sets)
        return (int(self.people.sum()) + sets + self.triad + self.placed * placed) // SCALE

    def sufficient(self, points: Ints) -> PairPrices:
        """People's prices raised until no pair is worth more than it pays."""
        short = np.where(points >= 0, points * SCALE - self.of_pairs(), 0).max(axis=1)
        return replace(self, people=self.people + np.maximum(short, 0))

    def to_json(self) -> dict[str, Any]:
        return {
            "people": self.people.tolist(),
            "sets": [[list(members), price] for members, price in self.sets],
            "triad": self.triad,
            "placed": self.placed,
        }


def pair_certificate(
    mutual: Mutual, groups: tuple[tuple[int, ...], ...], most: PairPrices, best: PairPrices
) -> Certificate:
    """Assemble and seal a certificate."""
    placed = sum(len(group) for group in groups)
    total = sum(_points(mutual, group) for group in groups)
    placed_bound, bound = min(mutual.people, most.bound(0)), best.bound(placed)
    body: Certificate = {
        "version": VERSION,
        "input": mutual.fingerprint(),
        "groups": [list(group) for group in groups],
        "placed": placed,
        "total": total,
        "scale": SCALE,
        "placed_prices": most.to_json(),
        "total_prices": best.to_json(),
        "placed_bound": placed_bound,
        "bound": bound,
        "proved": placed_bound - placed < _step(mutual) and bound - total < _step(mutual),
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return body | {"checksum": hashlib.sha256(text.encode()).hexdigest()}


def _step(mutual: Mutual) -> int:
    """Without triads every pairing's numbers are even."""
    return 1 if mutual.people % 2 else 2


def _points(mutual: Mutual, group: tuple[int, ...]) -> int:
    inside = [int(mutual.scores[one, other]) for one in group for other in group if one < other]
    return 2 * inside[0] if len(group) == 2 else sum(inside)
