"""A small cast for plans: topics are 1 algebra, 2 chemistry, 3 writing."""

from __future__ import annotations

from collections.abc import Mapping

import matching

ALGEBRA, CHEMISTRY, WRITING = 1, 2, 3
MORNING = frozenset(range(18, 24))  # Monday 09:00-12:00 UTC
EVENING = frozenset(range(38, 42))  # Monday 19:00-21:00 UTC


def mentee(
    number: int, wants: Mapping[int, int], week: frozenset[int] = MORNING, *codes: str
) -> matching.Person:
    return matching.Person(number, wants, {}, week, frozenset(codes or ("en",)))


def mentor(
    number: int, offers: Mapping[int, int], week: frozenset[int] = MORNING, *codes: str, capacity: int = 1
) -> matching.Person:
    return matching.Person(number, {}, offers, week, frozenset(codes or ("en",)), capacity)


def score(one: matching.Person, other: matching.Person, rules: matching.Rules | None = None) -> int:
    return int(matching.score_matrix([one], [other], rules or matching.Rules()).block(0, 1)[0, 0])
