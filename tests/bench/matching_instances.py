"""Seeded people for the benchmark; see `matching_peers` for how they are drawn."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

import matching

TOPICS = 64
ZONES = (
    "America/Sao_Paulo",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Kolkata",
    "Asia/Tokyo",
)
LANGUAGES = ("es", "fr", "hi", "pt", "yo")
CAPACITY = {"enough": 1.05, "tight": 1.0, "short": 0.76}
WEEK_OF = date(2026, 11, 23)
SHIFTS = {
    zone: int(np.median([(slot - 24) % 336 for slot in matching.utc_week([24], zone, WEEK_OF)]))
    for zone in ZONES
}

People = list[matching.Person]


def instance(size: int, share: float, seed: int) -> tuple[People, People, NDArray[np.int64]]:
    """Mentees, mentors, and the mentors' places (m,)."""
    random = np.random.default_rng(seed)
    mentors = size // 4
    capacity = np.bincount(random.integers(0, mentors, round(size * share)), minlength=mentors)
    learners = [_person(random, number, None) for number in range(size)]
    teachers = [_person(random, size + number, int(places)) for number, places in enumerate(capacity)]
    return learners, teachers, capacity


def _person(random: np.random.Generator, number: int, places: int | None) -> matching.Person:
    levels = _topics(random, int(random.integers(2, 5) if places is None else random.integers(3, 9)))
    first, length = int(random.integers(14, 32)), int(random.integers(10, 20))
    shift = SHIFTS[str(random.choice(ZONES))]
    days = random.permutation(7)[: int(random.integers(3, 7))].tolist()
    week = frozenset((day * 48 + half + shift) % 336 for day in days for half in range(first, first + length))
    languages = frozenset({"en", str(random.choice(LANGUAGES))})
    if places is None:
        return matching.Person(number, levels, {}, week, languages)
    return matching.Person(number, {}, levels, week, languages, places)


def _topics(random: np.random.Generator, count: int) -> dict[int, int]:
    share = np.cumsum(1 / np.arange(1, TOPICS + 1))
    drawn = np.searchsorted(share, random.random(count) * share[-1])
    return {int(topic): int(random.integers(1, 4)) for topic in dict.fromkeys(drawn.tolist())}
