"""The problem and the proof of a result as files that anybody can check with `peer-mentor match verify`.

The people have numbers instead of names, in the order in which the engine saw them; times are in UTC.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import matching
from lti_tool.rooms.rounds.recipe import Posed, Recipe
from lti_tool.rooms.rounds.snapshot import Candidates

COLUMNS = ("id", "role", "wants", "offers", "week", "timezone", "languages", "capacity", "groups")
MORE_COLUMNS = ("goals", "prefers")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 48
"""Half hours."""


def people_csv(people: Posed, rules: matching.Rules, topics: Mapping[int, str]) -> str:
    """The people of the problem as a CSV file; their groups only where the rules ask for them.

    Args:
        topics: names of the cohort's topics by id.
    """
    names = _topic_names(people, topics)
    groups = _numbered(name for one in (*people.mentees, *people.mentors) for name in one.groups)
    shown = groups if rules.groups != "any" else {}
    mentors = {one.id: one for one in people.mentors}
    mentees = {one.id: one for one in people.mentees}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, *MORE_COLUMNS) if _more_counts(rules) else COLUMNS)
    place = _places(people)
    for person_id, number in place.items():
        mentor, mentee = mentors.get(person_id), mentees.get(person_id)
        person = mentor or mentee
        assert person is not None
        writer.writerow(
            (
                _file_id(number),
                "both" if mentor and mentee else "mentor" if mentor else "mentee",
                _levels(person.wants, names),
                _levels(person.offers, names),
                _week(person.week),
                "UTC",
                "; ".join(sorted(person.languages)),
                mentor.capacity if mentor else "",
                "; ".join(f"g{shown[name] + 1}" for name in sorted(person.groups) if name in shown),
                *(_more(person, rules, place) if _more_counts(rules) else ()),
            )
        )
    return out.getvalue()


def _more_counts(rules: matching.Rules) -> bool:
    return bool(rules.goals or rules.preferences)


def _more(person: matching.Person, rules: matching.Rules, place: Mapping[int, int]) -> tuple[str, str]:
    """Goals and wishes, each where it counts; a dash stands for who is wished for and not in the file."""
    liked = person.preferences if rules.preferences else ()
    return (
        "; ".join(sorted(person.goals)) if rules.goals else "",
        "; ".join(_file_id(place[one]) if one in place else "-" for one in liked),
    )


def _file_id(number: int) -> str:
    return f"p{number + 1:06d}"


def proof_json(asked: Candidates, people: Posed, recipe: Recipe, certificate: Mapping[str, Any]) -> str:
    """The proof, with the rules put into the numbers of the file of people.

    Which topics owe a review is left out: it has no part in what is proved.
    """
    place = _places(people)
    rules = replace(
        recipe.rules,
        excluded=_renumbered(recipe.rules.excluded, people, place),
        earlier=_renumbered(recipe.rules.earlier, people, place),
        high_risk=frozenset(),
    )
    return matching.Proof(asked.week_of, rules, dict(certificate)).to_json()


def _places(people: Posed) -> dict[int, int]:
    """The number of each person: as `matching.read_people` gives them, in the order of the ids."""
    return _numbered(one.id for one in (*people.mentees, *people.mentors))


def _numbered(values: Iterable[Any]) -> dict[Any, int]:
    return {value: number for number, value in enumerate(sorted(set(values)))}


def _renumbered(
    pairs: Iterable[tuple[int, int]], people: Posed, place: Mapping[int, int]
) -> frozenset[tuple[int, int]]:
    """Those of a mentee and a mentor of the file: which way round a pair stands says nothing more."""
    mentees, mentors = ({one.id for one in side} for side in (people.mentees, people.mentors))
    return frozenset(
        (place[one], place[other]) for one, other in pairs if one in mentees and other in mentors
    )


def _topic_names(people: Posed, topics: Mapping[int, str]) -> dict[int, str]:
    """A topic's name where the file can hold it and no other topic has it too; else its number."""
    used = {topic for one in (*people.mentees, *people.mentors) for topic in (*one.wants, *one.offers)}
    plain = {topic: " ".join(topics.get(topic, "").split()) for topic in used}
    spellings = [name.lower() for name in plain.values()]
    return {
        topic: name if _fits(name) and spellings.count(name.lower()) == 1 else f"topic {topic}"
        for topic, name in plain.items()
    }


def _fits(name: str) -> bool:
    # Semicolons part the topics; a spreadsheet would reckon what begins like a formula.
    return bool(name) and ";" not in name and name[0] not in "=+-@" and not name.lower().startswith("topic ")


def _levels(levels: Mapping[int, int], names: Mapping[int, str]) -> str:
    return "; ".join(f"{names[topic]}:{level}" for topic, level in sorted(levels.items()))


def _week(slots: frozenset[int]) -> str:
    """ "Mon 09:00-12:00; Wed 14:30-16:00"."""
    spans = []
    for day, name in enumerate(DAYS):
        free = [slot - day * DAY for slot in sorted(slots) if day * DAY <= slot < (day + 1) * DAY]
        starts = [slot for slot in free if slot - 1 not in free]
        stops = [slot + 1 for slot in free if slot + 1 not in free]
        spans += [f"{name} {_clock(a)}-{_clock(b)}" for a, b in zip(starts, stops, strict=True)]
    return "; ".join(spans)


def _clock(half_hours: int) -> str:
    return f"{half_hours // 2:02d}:{half_hours % 2 * 30:02d}"
