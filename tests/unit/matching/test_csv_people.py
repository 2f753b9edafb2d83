"""People from a CSV file, pairs and the proof to files."""

from __future__ import annotations

import contextlib
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import matching

ON = date(2026, 1, 14)
HEADER = "id,role,wants,offers,week,timezone,languages,capacity\n"
PEOPLE = (
    HEADER
    + "zoé,mentee,Algebra:3; writing,,Mon 10:00-13:00,Europe/Berlin,fr; en,\n"
    + "amir,both,writing:1,algebra:2,Monday 09:00–12:00; Sun 23:00-24:00,,EN,2\n"
    + "\n"
    + "bo,mentee,chemistry,,Tue 08:00-09:00,,en,\n"
)


def read(text: str) -> matching.CsvPeople:
    return matching.read_people(io.StringIO(text, newline=""), on=ON)


def test_every_column_of_the_worked_example_is_understood() -> None:
    people = read(PEOPLE)
    topics = {name: topic for topic, name in people.topics.items()}
    by_name = {people.names[person.id]: person for person in (*people.mentees, *people.mentors)}
    assert [people.names[person.id] for person in people.mentees] == ["amir", "bo", "zoé"]
    assert [people.names[person.id] for person in people.mentors] == ["amir"]
    assert by_name["zoé"].wants == {topics["algebra"]: 3, topics["writing"]: 2}
    assert by_name["zoé"].week == frozenset(range(18, 24))  # an hour earlier in UTC
    assert by_name["zoé"].languages == {"fr", "en"}
    assert by_name["amir"].offers == {topics["algebra"]: 2}
    assert by_name["amir"].week == frozenset({*range(18, 24), 334, 335})
    assert by_name["amir"].capacity == 2


def test_pairs_and_reasons_are_written_for_every_mentee() -> None:
    people = read(PEOPLE)
    plan = matching.plan(people.mentees, people.mentors, [], matching.Rules())
    out = io.StringIO()
    matching.write_pairs(out, plan, people)
    (score,) = (pair.score for pair in plan.pairs)
    assert out.getvalue().splitlines() == [
        "mentee,mentor,topic,score,hours,languages,left_out",
        "amir,,,,,,no_shared_topic",
        "bo,,,,,,no_shared_topic",
        f"zoé,amir,algebra,{score},3,en,",
    ]


def test_files_on_disk_are_utf_8_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig"):
        path = tmp_path / "people.csv"
        path.write_text(PEOPLE, encoding=encoding)
        people = matching.read_people(path, on=ON)
        assert "zoé" in people.names.values()
    plan = matching.plan(people.mentees, people.mentors, [], matching.Rules())
    matching.write_pairs(tmp_path / "pairs.csv", plan, people)
    assert "zoé,amir" in (tmp_path / "pairs.csv").read_text(encoding="utf-8")


def test_the_order_of_lines_changes_nothing_and_columns_may_stand_in_any_order() -> None:
    header, *lines = PEOPLE.splitlines(keepends=True)
    assert read(header + "".join(reversed(lines))) == read(PEOPLE)
    assert read("languages,week,role,id\nen,Mon 09:00-10:00,mentee,x\n").names == {0: "x"}


GOOD = {
    "id": "a",
    "role": "mentor",
    "wants": "",
    "offers": "x:1",
    "week": "Mon 09:00-10:00",
    "timezone": "UTC",
    "languages": "en",
    "capacity": "1",
}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", ""),
        ("role", "teacher"),
        ("role", ""),
        ("wants", "x:4"),
        ("wants", "x:"),
        ("wants", ":2"),
        ("wants", "x:1; X:2"),
        ("offers", "x:one"),
        ("week", "Mon"),
        ("week", "Mun 09:00-10:00"),
        ("week", "Mon 09:15-10:00"),
        ("week", "Mon 10:00-09:00"),
        ("week", "Mon 10:00-24:30"),
        ("week", "Mon ٠٩:00-10:00; Mon 99:00-99:30"),
        ("timezone", "Mars/Olympus"),
        ("capacity", "-1"),
        ("capacity", "two"),
        ("capacity", "1.5"),
    ],
)
def test_a_bad_value_is_named_by_line_and_column(column: str, value: str) -> None:
    row = ",".join((GOOD | {column: value}).values())
    with pytest.raises(matching.BadRow) as caught:
        read(HEADER + "b,mentee,,,,,en,\n" + row + "\n")
    assert (caught.value.line, caught.value.column) == (3, column)
    assert str(caught.value).startswith(f"line 3, {column}: ")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, ""),
        ("id,role,week\n", 1, "languages"),
        ("id,role,week,languages,colour\n", 1, "colour"),
        ("id,role,week,languages,id\n", 1, "id"),
        (HEADER + "a,mentee,,,,,en,,more\n", 2, ""),
        (HEADER + 'a,mentee,"x\n', 2, ""),
        (HEADER + "a,mentee,,,,,en,\na,mentee,,,,,en,\n", 3, "id"),
        (HEADER + '"a\nb",mentee,,,,,en,\nc,nobody,,,,,en,\n', 4, "role"),
    ],
)
def test_a_bad_file_is_named_by_its_line(text: str, line: int, column: str) -> None:
    with pytest.raises(matching.BadRow) as caught:
        read(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_bytes_that_are_not_utf_8_are_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(HEADER.encode() + b"\xff\xfe,mentee\n")
    with pytest.raises(matching.BadRow):
        matching.read_people(path, on=ON)


@given(st.text(max_size=60), st.sampled_from(range(8)))
def test_whatever_stands_in_a_cell_it_is_read_or_refused_as_a_bad_row(text: str, place: int) -> None:
    cells = list(GOOD.values())
    cells[place] = '"' + text.replace('"', '""') + '"'
    with contextlib.suppress(matching.BadRow):
        assert len(read(HEADER + ",".join(cells) + "\n").names) == 1


def test_a_proof_file_holds_all_that_verification_needs() -> None:
    people, rules = read(PEOPLE), matching.Rules(topics=10)
    plan = matching.plan(people.mentees, people.mentors, [], rules)
    proof = matching.Proof.from_json(matching.Proof.of(plan, rules, ON).to_json())
    again = matching.read_people(io.StringIO(PEOPLE, newline=""), on=proof.week_of)
    problem = matching.people_problem(again.mentees, again.mentors, proof.rules)
    assert matching.verify(problem, proof.certificate).reason == "optimal"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 1}',
        '{"version": 1, "week_of": 3, "rules": {}, "certificate": {}}',
        '{"version": 1, "week_of": "2026-01-01", "rules": {"version": 1}, "certificate": 3}',
    ],
)
def test_text_that_is_no_proof_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the JSON parser words some of them
        matching.Proof.from_json(text)


def test_goals_and_people_are_read_by_name() -> None:
    people = read(
        "id,role,wants,offers,week,languages,goals,prefers,never\n"
        "ana,mentee,algebra,,Mon 10:00-12:00,en,Career; exam,cy; bo,\n"
        "bo,mentor,,algebra,Mon 10:00-12:00,en,career,,\n"
        "cy,mentor,,algebra,Mon 10:00-12:00,en,,ana,ana\n"
    )
    ids = {name: number for number, name in people.names.items()}
    (ana,) = people.mentees
    assert ana.goals == {"career", "exam"}
    assert ana.preferences == (ids["cy"], ids["bo"])
    assert {mentor.id: mentor.never for mentor in people.mentors} == {
        ids["bo"]: frozenset(),
        ids["cy"]: {ids["ana"]},
    }
    plan = matching.plan(people.mentees, people.mentors, [], matching.Rules())
    assert [pair.mentor for pair in plan.pairs] == [ids["bo"]]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("prefers", "bo; zed", "line 2, prefers: 'zed' is no id in the file"),
        ("never", "Bo", "line 2, never: 'Bo' is no id in the file"),
        ("prefers", "ana", "line 2, prefers: is the person's own id"),
        ("prefers", "bo; bo", "line 2, prefers: at most 3 people, each once"),
    ],
)
def test_a_person_who_is_not_in_the_file_is_named_by_line_and_column(
    column: str, value: str, message: str
) -> None:
    text = (
        f"id,role,wants,offers,week,languages,{column}\n"
        f"ana,mentee,algebra,,Mon 10:00-12:00,en,{value}\n"
        "bo,mentor,,algebra,Mon 10:00-12:00,en,\n"
    )
    with pytest.raises(matching.BadRow) as raised:
        read(text)
    assert str(raised.value) == message
