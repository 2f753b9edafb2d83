"""Why a pair was made, in facts without words: the tool words them in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from matching.people import SLOT_HOURS, Person
from matching.rules import Rules


@dataclass(frozen=True)
class Reason:
    """A kind and its plain JSON values.

    Of a pair: shared_topic(topic, level, importance), most important first; shared_time(hours a week);
    shared_language(codes); shared_groups(names) or different_groups(mentee, mentor: names), where the rules
    ask for one of them; shared_goals(goals), wished(by: "mentee", "mentor" or "both"; first: whether one of
    them named the other first) and mutual_help(topics that the mentor wants and the mentee offers), where the
    rules count them; earlier_pair(penalty in points); room(taken, places: the mentor's load in this
    plan). Of someone left out: see `left_out`. Of an uncovered checkpoint: see `checkpoints`.
    """

    kind: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """mentee, mentor: ids. topic: the leading shared topic. score: 0..10000. parts: the score's points by
    its parts (`ScoreMatrix.parts`), which add up to it."""

    mentee: int
    mentor: int
    topic: int
    score: int
    reasons: tuple[Reason, ...]
    parts: Mapping[str, int]


def shared_topics(mentee: Person, mentor: Person) -> list[int]:
    """Topics the mentee wants and the mentor offers: by importance x level, then importance, then lowest
    id."""
    both = mentee.wants.keys() & mentor.offers.keys()
    return sorted(both, key=lambda t: (-mentee.wants[t] * mentor.offers[t], -mentee.wants[t], t))


def pair_reasons(mentee: Person, mentor: Person, taken: int, rules: Rules) -> tuple[Reason, ...]:
    """The reasons of a made pair; taken: how many mentees the mentor has in this plan."""
    reasons = [
        Reason("shared_topic", {"topic": t, "level": mentor.offers[t], "importance": mentee.wants[t]})
        for t in shared_topics(mentee, mentor)
    ]
    reasons.append(Reason("shared_time", {"hours": len(mentee.week & mentor.week) * SLOT_HOURS}))
    reasons.append(Reason("shared_language", {"codes": sorted(mentee.languages & mentor.languages)}))
    if rules.groups == "same":
        reasons.append(Reason("shared_groups", {"names": sorted(mentee.groups & mentor.groups)}))
    elif rules.groups == "different" and mentee.groups and mentor.groups:
        both = {"mentee": sorted(mentee.groups), "mentor": sorted(mentor.groups)}
        reasons.append(Reason("different_groups", both))
    reasons += _asked_for(mentee, mentor, rules)
    if (mentee.id, mentor.id) in rules.earlier:
        reasons.append(Reason("earlier_pair", {"penalty": rules.earlier_penalty}))
    reasons.append(Reason("room", {"taken": taken, "places": mentor.capacity}))
    return tuple(reasons)


def _asked_for(mentee: Person, mentor: Person, rules: Rules) -> Iterator[Reason]:
    if rules.goals and (goals := mentee.goals & mentor.goals):
        yield Reason("shared_goals", {"goals": sorted(goals)})
    if rules.preferences:
        ranks = {
            side: person.preferences.index(other)
            for side, person, other in (("mentee", mentee, mentor.id), ("mentor", mentor, mentee.id))
            if other in person.preferences
        }
        if ranks:
            by = "both" if len(ranks) > 1 else next(iter(ranks))
            yield Reason("wished", {"by": by, "first": 0 in ranks.values()})
    if rules.reciprocity and (topics := shared_topics(mentor, mentee)):
        yield Reason("mutual_help", {"topics": topics})
