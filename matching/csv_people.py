"""People as a CSV file, for the engine without an LMS.

A header line, then one line a person, in UTF-8. Columns, in any order:
id          any text, unique in the file
role        mentee, mentor or both; for pairs and circles, in which all are peers, it is not read
wants       topics the person wants to learn, "algebra:3; statistics", importance 1 to 3 (2 when left out)
offers      topics the person can offer, the same way, level 1 to 3
week        free times in a usual week, "Mon 09:00-12:00; Wed 14:30-16:00", in whole half hours
timezone    IANA name such as Africa/Cairo; empty is UTC
languages   codes, "ar; en"
capacity    mentees a mentor takes; empty is 1; not read for a mentee and a peer
minimum     mentees that a mentor gets at least; empty is 0
groups      names of groups of the course, "lab 1; section b", for rules that ask for them
goals       what the person is here for, "career; exam"; counts where the mentor has the same
prefers     ids of up to 3 people in the file whom the person would like most, best first, "bo; amir"; a dash
            stands for somebody who is not in the file
never       ids of people in the file with whom the person is not paired, whoever of the two says so
id, role (but for peers), week and languages must be there. Topics, languages,
groups and goals are compared without regard to case, ids as they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TextIO, TypeVar

from matching.people import LEVELS, MOST_PREFERENCES, Person
from matching.planning import Plan
from matching.reasons import Pair
from matching.week import utc_week

COLUMNS = (
    *("id", "role", "wants", "offers", "week", "timezone", "languages", "capacity", "groups"),
    *("goals", "prefers", "never", "minimum"),
)
REQUIRED = ("id", "role", "week", "languages")
PEER_REQUIRED = ("id", "week", "languages")
ROLES = ("mentee", "mentor", "both")
PEER = "peer"
ABSENT = "-"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PAIR_COLUMNS = ("mentee", "mentor", "topic", "score", "hours", "languages", "left_out")
DEFAULT_LEVEL = 2
MOST_PEOPLE = 200_000
_SPAN = re.compile(r"([a-z]{3})[a-z]*\s+(\d{1,2}):(00|30)\s*[-–]\s*(\d{1,2}):(00|30)", re.IGNORECASE)
_Value = TypeVar("_Value")


class BadRow(ValueError):
    """Something in the file cannot be read. line: from 1, with the header. column: its name, or ""."""

    def __init__(self, line: int, column: str, message: str) -> None:
        super().__init__(f"line {line}, {column}: {message}" if column else f"line {line}: {message}")
        self.line, self.column, self.message = line, column, message


@dataclass(frozen=True)
class CsvPeople:
    """mentees, mentors: persons with whole-number ids; someone with the role "both" stands in both. names:
    id -> the id in the file. topics: topic -> its name, in lower case. Order of lines is of no matter."""

    mentees: tuple[Person, ...]
    mentors: tuple[Person, ...]
    names: Mapping[int, str]
    topics: Mapping[int, str]


@dataclass(frozen=True)
class _Row:
    line: int
    name: str
    role: str
    wants: dict[str, int]
    offers: dict[str, int]
    week: frozenset[int]
    languages: frozenset[str]
    capacity: int
    groups: frozenset[str]
    goals: frozenset[str]
    prefers: tuple[str, ...]
    never: tuple[str, ...]
    minimum: int


def read_people(source: str | Path | TextIO, *, on: date, peers: bool = False) -> CsvPeople:
    """Read people from a path or an open text file. `on` is a day of the week whose clock offsets are used.
    peers: all stand in both lists, and their roles are not read.

    Raises BadRow (a ValueError) naming line and column; OSError when the path cannot be opened.
    """
    with opened(source, "r") as file:
        rows = _rows(file, on, peers)
    topics = sorted({topic for row in rows for topic in (*row.wants, *row.offers)})
    number = {topic: place for place, topic in enumerate(topics)}
    rows.sort(key=lambda row: row.name)
    places = {row.name: place for place, row in enumerate(rows)}
    people = [_person(place, row, number, places) for place, row in enumerate(rows)]
    return CsvPeople(
        tuple(person for person, row in zip(people, rows, strict=True) if row.role != "mentor"),
        tuple(person for person, row in zip(people, rows, strict=True) if row.role != "mentee"),
        {place: row.name for place, row in enumerate(rows)},
        dict(enumerate(topics)),
    )


def write_pairs(target: str | Path | TextIO, plan: Plan, people: CsvPeople) -> None:
    """Write a line for each mentee, in order of id: mentor, topic, score 0..10000, shared hours a week and
    languages; or, for someone without a mentor, the kind of reason in the last column."""
    lines = {pair.mentee: _pair_line(pair, people) for pair in plan.pairs}
    for left in plan.left_out:
        lines[left.person] = [people.names[left.person], "", "", "", "", "", left.reason.kind]
    with opened(target, "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(PAIR_COLUMNS)
        writer.writerows(lines[mentee] for mentee in sorted(lines))


def _pair_line(pair: Pair, people: CsvPeople) -> list[str]:
    facts = {reason.kind: reason.params for reason in pair.reasons}
    return [
        people.names[pair.mentee],
        people.names[pair.mentor],
        people.topics[pair.topic],
        str(pair.score),
        f"{facts['shared_time']['hours']:g}",
        "; ".join(facts["shared_language"]["codes"]),
        "",
    ]


@contextmanager
def opened(place: str | Path | TextIO, mode: Literal["r", "w"]) -> Iterator[TextIO]:
    """A file to read or write as UTF-8; one that is open already stays open."""
    if isinstance(place, (str, Path)):
        encoding = "utf-8-sig" if mode == "r" else "utf-8"  # spreadsheets put a byte order mark first
        with Path(place).open(mode, encoding=encoding, newline="") as file:
            yield file
    else:
        yield place


def _rows(file: TextIO, on: date, peers: bool) -> list[_Row]:
    rows: list[_Row] = []
    seen: set[str] = set()
    for line, values in _lines(file, PEER_REQUIRED if peers else REQUIRED):
        row = _row(line, values, on, peers)
        if row.name in seen:
            raise BadRow(line, "id", f"{row.name!r} stands in the file twice")
        if len(rows) >= MOST_PEOPLE:
            raise BadRow(line, "", f"more than {MOST_PEOPLE} people")
        seen.add(row.name)
        rows.append(row)
    return rows


def _lines(file: TextIO, required: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines under the header that hold something, each with its number and its values by column."""
    reader = csv.reader(file, strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if header is None:
                header = _header(cells, required)
            elif any(cell.strip() for cell in cells):
                yield line, _by_column(line, header, cells)
            line = reader.line_num + 1
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadRow(line, "", f"is not CSV in UTF-8 ({error})") from error
    if header is None:
        raise BadRow(1, "", "the file is empty")


def _header(cells: list[str], required: Collection[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    for column in header:
        if column not in COLUMNS:
            raise BadRow(1, column, f"is no column; the columns are {', '.join(COLUMNS)}")
        if header.count(column) > 1:
            raise BadRow(1, column, "stands in the header twice")
    for column in required:
        if column not in header:
            raise BadRow(1, column, "this column is missing")
    return header


def _by_column(line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) > len(header):
        raise BadRow(line, "", f"has {len(cells)} values for {len(header)} columns")
    values = dict.fromkeys(COLUMNS, "")
    values.update((column, cell.strip()) for column, cell in zip(header, cells, strict=False))
    return values


def _row(line: int, values: dict[str, str], on: date, peers: bool) -> _Row:
    def cell(column: str, read: Callable[[str], _Value]) -> _Value:
        try:
            return read(values[column])
        except ValueError as error:
            raise BadRow(line, column, str(error)) from error

    role = PEER if peers else cell("role", _role)
    local, zone = cell("week", _local_slots), cell("timezone", lambda text: text or "UTC")
    return _Row(
        line,
        cell("id", _name),
        role,
        cell("wants", _levels),
        cell("offers", _levels),
        cell("timezone", lambda _text: utc_week(local, zone, on)),
        cell("languages", _lower),
        cell("capacity", _capacity) if role in {"mentor", "both"} else 0,
        cell("groups", _lower),
        cell("goals", _lower),
        cell("prefers", lambda text: tuple(_items(text))),
        cell("never", lambda text: tuple(_items(text))),
        cell("minimum", lambda text: _capacity(text or "0")) if role in {"mentor", "both"} else 0,
    )


def _lower(text: str) -> frozenset[str]:
    return frozenset(item.lower() for item in _items(text))


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(";") if item.strip()]


def _name(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    return text


def _role(text: str) -> str:
    if text.lower() not in ROLES:
        raise ValueError(f"{text!r} is not one of {', '.join(ROLES)}")
    return text.lower()


def _capacity(text: str) -> int:
    if text and not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError(f"{text!r} is not a whole number from 0 to 999999")
    return int(text or 1)


def _levels(text: str) -> dict[str, int]:
    levels: dict[str, int] = {}
    for item in _items(text):
        topic, colon, level = (
            (piece.strip() for piece in item.rpartition(":")) if ":" in item else (item, "", "")
        )
        if not topic or (colon and level not in map(str, range(1, LEVELS + 1))):
            raise ValueError(f"{item!r} is not a topic with a number from 1 to {LEVELS}, such as algebra:2")
        if topic.lower() in levels:
            raise ValueError(f"{topic!r} stands there twice")
        levels[topic.lower()] = int(level or DEFAULT_LEVEL)
    return levels


def _local_slots(text: str) -> frozenset[int]:
    return frozenset(slot for item in _items(text) for slot in _span(item))


def _span(item: str) -> range:
    match = _SPAN.fullmatch(item)
    if match is None or match[1].lower() not in DAYS:
        raise ValueError(f"{item!r} is not a time such as Mon 09:00-12:30, in whole half hours")
    start, stop = (int(match[h]) * 2 + (match[m] == "30") for h, m in ((2, 3), (4, 5)))
    if not start < stop <= 48:
        raise ValueError(f"{item!r} does not end after it begins and by 24:00")
    day = 48 * DAYS.index(match[1].lower())
    return range(day + start, day + stop)


def _person(place: int, row: _Row, number: Mapping[str, int], places: Mapping[str, int]) -> Person:
    wants = {number[topic]: level for topic, level in row.wants.items()}
    offers = {number[topic]: level for topic, level in row.offers.items()}
    prefers = tuple(_liked(row, places))
    never = frozenset(_others(row, "never", row.never, places))
    if len(prefers) > MOST_PREFERENCES or len(set(prefers)) < len(prefers):
        raise BadRow(row.line, "prefers", f"at most {MOST_PREFERENCES} people, each once")
    if row.minimum > row.capacity:
        raise BadRow(row.line, "minimum", f"is more than the capacity, which is {row.capacity}")
    return Person(
        place,
        wants,
        offers,
        row.week,
        row.languages,
        row.capacity,
        row.groups,
        row.goals,
        prefers,
        never,
        row.minimum,
    )


def _liked(row: _Row, places: Mapping[str, int]) -> Iterator[int]:
    """Ids; below 0 for those who are not in the file."""
    for rank, name in enumerate(row.prefers):
        if name == ABSENT:
            yield -1 - rank
        else:
            yield from _others(row, "prefers", [name], places)


def _others(row: _Row, column: str, names: Collection[str], places: Mapping[str, int]) -> Iterator[int]:
    for name in names:
        if name not in places:
            raise BadRow(row.line, column, f"{name!r} is no id in the file")
        if name == row.name:
            raise BadRow(row.line, column, "is the person's own id")
        yield places[name]
