"""An independent check of a pairing's certificate: NumPy and the standard library, no line shared with the
engine. See `pair_certificate` for what the fields mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.verification import Verification

_FIELDS = {
    "version", "input", "groups", "placed", "total", "scale", "placed_prices", "total_prices", "placed_bound",
    "bound", "proved", "checksum",
}  # fmt: skip
_PRICES = {"people", "sets", "triad", "placed"}
_LARGEST = 10**14
Ints = NDArray[np.int64]


class _WrongError(Exception):
    pass


def verify_pairs(scores: ArrayLike, certificate: Mapping[str, Any]) -> Verification:
    """Check a certificate against the scores (n, n) it speaks of; the diagonal is not read.

    gap: greatest possible total less the total, None when the check ended before. reason: "optimal",
    "unproved", or the first field that is wrong. Never raises for a bad certificate.
    """
    worth = np.array(scores, dtype=np.int64)
    np.fill_diagonal(worth, -1)
    gap: int | None = None
    try:
        _check_form(certificate, len(worth))
        _require(certificate["input"] == _digest(worth), "input")
        groups = [tuple(group) for group in certificate["groups"]]
        total = _check_groups(worth, groups, certificate)
        gap = _check_bounds(worth, certificate, total)
    except _WrongError as wrong:
        return Verification(False, gap, str(wrong))
    return Verification(True, gap, "optimal" if certificate["proved"] else "unproved")


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise _WrongError(reason)


def _check_form(certificate: Mapping[str, Any], people: int) -> None:
    _require(isinstance(certificate, Mapping) and set(certificate) == _FIELDS, "malformed")
    _require(_whole(certificate["version"]) and certificate["version"] == 1, "version")
    numbers = ("placed", "total", "placed_bound", "bound", "scale")
    _require(all(_whole(certificate[name]) for name in numbers), "malformed")
    _require(0 < certificate["scale"] <= 10**6, "scale")
    _require(all(isinstance(certificate[name], str) for name in ("input", "checksum")), "malformed")
    _require(isinstance(certificate["proved"], bool), "malformed")
    _require(_are_sets(certificate["groups"], people), "groups")
    for name in ("placed_prices", "total_prices"):
        _require(_are_prices(certificate[name], people), name)
    body = {name: value for name, value in certificate.items() if name != "checksum"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    _require(certificate["checksum"] == hashlib.sha256(text.encode()).hexdigest(), "checksum")


def _whole(value: object, least: int = -(10**30), most: int = 10**30) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _are_sets(sets: object, people: int) -> bool:
    return isinstance(sets, list) and all(
        isinstance(members, list)
        and all(_whole(person, 0, people - 1) for person in members)
        and len(set(members)) == len(members)
        for members in sets
    )


def _are_prices(prices: object, people: int) -> bool:
    if not isinstance(prices, Mapping) or set(prices) != _PRICES:
        return False
    own, sets = prices["people"], prices["sets"]
    if not (isinstance(own, list) and len(own) == people and all(_whole(one, 0, _LARGEST) for one in own)):
        return False
    if not (isinstance(sets, list) and all(isinstance(one, list) and len(one) == 2 for one in sets)):
        return False
    if not (_are_sets([one[0] for one in sets], people) and all(len(one[0]) % 2 == 1 for one in sets)):
        return False
    sums = all(_whole(one[1], 0, _LARGEST) for one in sets) and _whole(prices["triad"], 0, _LARGEST)
    sums = sums and sum(one[1] for one in sets) <= _LARGEST
    return sums and _whole(prices["placed"], -_LARGEST, _LARGEST)


def _digest(worth: Ints) -> str:
    digest = hashlib.sha256(b"matching-mutual-1")
    digest.update(np.array([len(worth)], dtype="<i8").tobytes())
    digest.update(worth.astype("<i2").tobytes())
    return digest.hexdigest()


def _check_groups(worth: Ints, groups: list[tuple[int, ...]], certificate: Mapping[str, Any]) -> int:
    everyone = [person for group in groups for person in group]
    triads = [group for group in groups if len(group) == 3]
    sizes = all(len(group) in (2, 3) for group in groups)
    _require(sizes and len(set(everyone)) == len(everyone), "groups")
    _require(len(triads) <= len(worth) % 2, "groups")
    inside = [[int(worth[one, other]) for one in group for other in group if one < other] for group in groups]
    _require(all(min(scores) >= 0 for scores in inside), "groups")
    _require(certificate["placed"] == len(everyone), "placed")
    total = sum(2 * scores[0] if len(scores) == 1 else sum(scores) for scores in inside)
    _require(certificate["total"] == total, "total")
    return total


def _check_bounds(worth: Ints, certificate: Mapping[str, Any], total: int) -> int:
    people, placed, scale = len(worth), certificate["placed"], certificate["scale"]
    heads = np.where(worth >= 0, 1, -1)
    _require(certificate["placed_prices"]["placed"] == 0, "placed_prices")
    most = _bound(heads, certificate["placed_prices"], 0, scale, "placed_prices")
    _require(certificate["placed_bound"] == min(people, most), "placed_bound")
    bound = _bound(worth, certificate["total_prices"], placed, scale, "total_prices")
    _require(certificate["bound"] == bound, "bound")
    step = 1 if people % 2 else 2  # without triads, all numbers are even
    reached = certificate["placed_bound"] - placed < step and bound - total < step
    _require(certificate["proved"] == reached, "proved")
    gap = bound - total
    return int(gap - gap % step)


def _bound(worth: Ints, prices: Mapping[str, Any], placed: int, scale: int, name: str) -> int:
    """What these prices leave possible; every pair and triad must pay for its worth."""
    own = np.array(prices["people"], dtype=np.int64)
    inside = np.zeros(worth.shape, dtype=np.int64)
    for members, price in prices["sets"]:
        inside[np.ix_(members, members)] += price
    # What each pair pays beyond its worth.
    left = own[:, None] + own + inside + 2 * prices["placed"] - 2 * scale * worth
    left[worth < 0] = _LARGEST * 100
    _require(int(left.min()) >= 0, name)
    if len(worth) % 2:
        _check_triads(left, inside, prices, name)
    sets = sum(price * (len(members) // 2) for members, price in prices["sets"])
    return int((sum(prices["people"]) + sets + prices["triad"] + prices["placed"] * placed) // scale)


def _check_triads(left: Ints, inside: Ints, prices: Mapping[str, Any], name: str) -> None:
    """Twice what a triad has left: what its pairs have left, plus what sets with just two of its members
    take, less what sets with all three take, plus twice the triad's own price; see where that is below 0.

    inside counts a set for each of the triad's pairs in it: once with two members, three times with three.
    So a triad pays sum(inside) - 2 x (sets with all three).
    """
    sets = [(np.array(members), price) for members, price in prices["sets"] if price and len(members) > 2]
    most = sum(price for _, price in sets)
    floor = most - 2 * prices["triad"]  # only pairs with no more left than this can be part of one that fails
    if floor <= 0:
        return
    marks = np.zeros((len(sets), len(left)), dtype=np.int64)
    for number, (members, _) in enumerate(sets):
        marks[number, members] = 1
    price = np.array([one for _, one in sets], dtype=np.int64)
    for first in range(len(left)):
        near = first + 1 + np.flatnonzero(left[first, first + 1 :] < floor)
        if len(near) < 2:
            continue
        pays = inside[first, near][:, None] + inside[first, near] + inside[np.ix_(near, near)]
        own = marks[marks[:, first] == 1][:, near]
        thrice = (own * price[marks[:, first] == 1][:, None]).T @ own
        pairs = left[first, near][:, None] + left[first, near] + left[np.ix_(near, near)]
        twice = pairs + pays - 4 * thrice + 2 * prices["triad"]
        twice[np.tril_indices(len(near))] = 0
        _require(int(twice.min()) >= 0, name)
