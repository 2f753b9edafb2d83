"""The people of a round as they were when it began, kept so that its proof can be checked later.

By the ids of participants and without names: what a proof needs is wishes, offers, free times, languages,
places and groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import matching
from lti_tool.rooms.rounds import review_policy

VERSION = 1


@dataclass(frozen=True)
class Candidates:
    """Everything a round reads, detached from the database."""

    mentees: tuple[matching.Person, ...]
    mentors: tuple[matching.Person, ...]
    experts: tuple[matching.Expert, ...]
    week_of: date
    """A day of the week whose clock offsets were used."""
    first_week: int
    """Week of the cohort in which the reviews' window begins."""
    weeks: int
    policy: matching.ReviewPolicy | None = None
    """Which pairs owe a review. None in rounds from before it was kept: those on topics of their rules."""
    zone: str = "UTC"
    """The time zone of whoever began the round, in whose words times of the week are told."""


def to_json(asked: Candidates) -> dict[str, Any]:
    """As it is stored with the round."""
    return {
        "version": VERSION,
        "week_of": asked.week_of.isoformat(),
        "first_week": asked.first_week,
        "weeks": asked.weeks,
        "zone": asked.zone,
        "mentees": [_plain(one) for one in asked.mentees],
        "mentors": [_plain(one) for one in asked.mentors],
        "experts": [_plain_expert(one) for one in asked.experts],
        "policy": review_policy.to_json(asked.policy) if asked.policy else None,
    }


def from_json(values: Mapping[str, Any]) -> Candidates:
    return Candidates(
        mentees=tuple(_person(one) for one in values["mentees"]),
        mentors=tuple(_person(one) for one in values["mentors"]),
        experts=tuple(_expert(one) for one in values["experts"]),
        week_of=date.fromisoformat(values["week_of"]),
        first_week=values["first_week"],
        weeks=values["weeks"],
        zone=values.get("zone", "UTC"),
        policy=review_policy.from_json(values["policy"]) if values.get("policy") else None,
    )


def _plain(person: matching.Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "wants": _texts(person.wants),
        "offers": _texts(person.offers),
        "week": f"{sum(1 << slot for slot in person.week):x}",
        "languages": sorted(person.languages),
        "capacity": person.capacity,
        "groups": sorted(person.groups),
        "goals": sorted(person.goals),
        "preferences": list(person.preferences),
    }


def _person(values: Mapping[str, Any]) -> matching.Person:
    bits = int(values["week"], 16)
    return matching.Person(
        id=values["id"],
        wants=_numbers(values["wants"]),
        offers=_numbers(values["offers"]),
        week=frozenset(slot for slot in range(bits.bit_length()) if bits >> slot & 1),
        languages=frozenset(values["languages"]),
        capacity=values["capacity"],
        groups=frozenset(values["groups"]),
        goals=frozenset(values.get("goals", ())),
        preferences=tuple(values.get("preferences", ())),
    )


def _plain_expert(expert: matching.Expert) -> dict[str, Any]:
    return {
        "id": expert.id,
        "topics": sorted(expert.topics),
        "hours_per_week": expert.hours_per_week,
        "not_with": sorted(expert.not_with),
        "promised": _texts(expert.promised),
        "away": sorted(expert.away),
    }


def _expert(values: Mapping[str, Any]) -> matching.Expert:
    return matching.Expert(
        id=values["id"],
        topics=frozenset(values["topics"]),
        hours_per_week=values["hours_per_week"],
        not_with=frozenset(values["not_with"]),
        promised=_numbers(values["promised"]),
        away=frozenset(values.get("away", ())),
    )


def _texts(numbers: Mapping[int, int]) -> dict[str, int]:
    """JSON has only texts as keys."""
    return {str(key): value for key, value in sorted(numbers.items())}


def _numbers(texts: Mapping[str, int]) -> dict[int, int]:
    return {int(key): value for key, value in texts.items()}
