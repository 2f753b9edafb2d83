"""Who takes part: mentees and mentors as persons, experts beside them. Ids are one space, shared by all
three."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

#: Half-hour slots of a week, slot 0 is Monday 00:00-00:30 UTC.
SLOTS = 336
SLOT_HOURS = 0.5
#: Importance of a wish and level of an offer run from 1 to this.
LEVELS = 3
#: People whom somebody may rank.
MOST_PREFERENCES = 3


@dataclass(frozen=True)
class Person:
    """wants: topic -> importance 1..3. offers: topic -> level 1..3. week: free half-hour slots 0..335 in UTC
    (see `utc_week`). languages: codes, compared as they are. capacity: mentees this person takes as a mentor.
    groups: names of groups of the course, for the rule of the same name, compared as they are. goals: what
    the person is here for, compared as they are. preferences: ids of up to 3 people whom they would like
    most, best first, whether those are there or not. never: ids of people with whom they are not paired,
    whoever of the two says so. minimum: mentees that this person gets at least as a mentor.
    Raises ValueError, its text beginning with the name of the field."""

    id: int
    wants: Mapping[int, int]
    offers: Mapping[int, int]
    week: frozenset[int]
    languages: frozenset[str]
    capacity: int = 1
    groups: frozenset[str] = frozenset()
    goals: frozenset[str] = frozenset()
    preferences: tuple[int, ...] = ()
    never: frozenset[int] = frozenset()
    minimum: int = 0

    def __post_init__(self) -> None:
        for name in ("wants", "offers"):
            if not all(1 <= level <= LEVELS for level in getattr(self, name).values()):
                raise ValueError(f"{name}: each topic's number must be 1 to {LEVELS} (person {self.id})")
        if not all(0 <= slot < SLOTS for slot in self.week):
            raise ValueError(f"week: slots must be 0 to {SLOTS - 1} (person {self.id})")
        if self.capacity < 0:
            raise ValueError(f"capacity: must not be negative (person {self.id})")
        if not 0 <= self.minimum <= self.capacity:
            raise ValueError(f"minimum: must be 0 to the capacity (person {self.id})")
        if len(self.preferences) > MOST_PREFERENCES or len(set(self.preferences)) < len(self.preferences):
            raise ValueError(f"preferences: at most {MOST_PREFERENCES}, each once (person {self.id})")
        if self.id in self.preferences:
            raise ValueError(f"preferences: nobody is paired with themselves (person {self.id})")


@dataclass(frozen=True)
class Expert:
    """topics: those the expert is qualified for. hours_per_week: time for reviews, half an hour each.
    not_with: ids of people whose mentorships this expert must not review; an expert never reviews a pair they
    belong to. promised: week of the window -> reviews already promised in it. away: weeks of the window in
    which the expert does none."""

    id: int
    topics: frozenset[int]
    hours_per_week: float
    not_with: frozenset[int] = frozenset()
    promised: Mapping[int, int] = field(default_factory=dict)
    away: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.hours_per_week) and 0 <= self.hours_per_week <= 168):
            raise ValueError(f"hours_per_week: must be 0 to 168 (expert {self.id})")
        if not all(week >= 1 and reviews >= 0 for week, reviews in self.promised.items()):
            raise ValueError(f"promised: weeks are 1 or more, reviews 0 or more (expert {self.id})")

    @property
    def reviews_per_week(self) -> int:
        """Whole half-hour reviews that fit into a week."""
        return int(self.hours_per_week / SLOT_HOURS)

    def free_reviews(self, week: int) -> int:
        """Reviews that still fit into a week of the window."""
        if week in self.away:
            return 0
        return max(0, self.reviews_per_week - self.promised.get(week, 0))

    def may_review(self, mentee: int, mentor: int, topic: int) -> bool:
        """Qualified for the topic and in no conflict with either person."""
        return topic in self.topics and not self.conflicts_with(mentee, mentor)

    def conflicts_with(self, mentee: int, mentor: int) -> bool:
        """Part of the pair, or barred from one of its people."""
        return self.id in (mentee, mentor) or bool(self.not_with & {mentee, mentor})
