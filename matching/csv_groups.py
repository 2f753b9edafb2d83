"""Groups of peers as a CSV file: a line for each person and round.

round       1, 2, ...
group       1, 2, ... within the round; empty for somebody who is alone
person      the id in the file of people
learns      topics that they want and another of the group offers, "algebra; statistics"
helps_with  topics that they offer and another wants
together    topics that they and another want to learn
score       0..10000, the mean with the others of the group
hours       in which all of the group are free in a usual week
languages   that all of the group speak
alone       nobody_fits, has_met_all or no_room, see `PeerRound`; empty for everybody in a group
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from matching.csv_people import CsvPeople, opened
from matching.peers import exchange, shared
from matching.people import Person
from matching.rotation import PeerRound

GROUP_COLUMNS = (
    "round", "group", "person", "learns", "helps_with", "together", "score", "hours", "languages", "alone",
)  # fmt: skip


def write_groups(target: str | Path | TextIO, rounds: Sequence[PeerRound], people: CsvPeople) -> None:
    """Write the rounds in order, of each its groups in order and then those who are alone."""
    by_id = {person.id: person for person in people.mentees}
    with opened(target, "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(GROUP_COLUMNS)
        for number, made in enumerate(rounds, start=1):
            for place, (group, scores) in enumerate(zip(made.groups, made.scores, strict=True), start=1):
                lines = _lines([by_id[one] for one in group], scores, people)
                writer.writerows([str(number), str(place), *line, ""] for line in lines)
            for one, why in sorted(made.alone.items()):
                writer.writerow([str(number), "", people.names[one], "", "", "", "", "", "", why])


def _lines(group: Sequence[Person], scores: Sequence[int], people: CsvPeople) -> Iterator[list[str]]:
    common = shared(group)
    for person, score in zip(group, scores, strict=True):
        found = exchange(person, [other for other in group if other is not person])
        topics = [_topics(some, people) for some in (found.learns, found.helps_with, found.together)]
        hours, languages = f"{common.hours:g}", "; ".join(common.languages)
        yield [people.names[person.id], *topics, str(score), hours, languages]


def _topics(topics: Iterable[int], people: CsvPeople) -> str:
    return "; ".join(people.topics[topic] for topic in topics)
