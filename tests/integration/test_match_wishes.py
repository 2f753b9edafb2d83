"""Goals, wishes and people who do not want each other, from a CSV file by the command line."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli_match import match

PEOPLE = (
    "id,role,wants,offers,week,languages,goals,prefers,never\n"
    "ana,mentee,algebra,chemistry,Mon 10:00-12:00,en,career,{prefers},\n"
    "bo,mentor,,algebra,Mon 10:00-12:00,en,,,\n"
    "cy,mentor,chemistry,algebra:1,Mon 10:00-12:00,en,career,,{never}\n"
)


def file(folder: Path, *, prefers: str = "", never: str = "") -> Path:
    path = folder / "people.csv"
    path.write_text(PEOPLE.format(prefers=prefers, never=never), encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(match, [str(one) for one in arguments])


def mentor_of_ana(people: Path, *options: str) -> str:
    out, proof = people.with_name("pairs.csv"), people.with_name("proof.json")
    made = run(people, "--out", out, "--proof", proof, *options)
    assert made.exit_code == 0, made.output
    verdict = run("verify", people, proof)
    assert verdict.exit_code == 0, verdict.output
    with out.open(encoding="utf-8", newline="") as lines:
        (line,) = csv.DictReader(lines)
    return line["mentor"]


def test_what_counts_decides_between_two_mentors(tmp_path: Path) -> None:
    without = ("--weight", "goals=0")
    assert mentor_of_ana(file(tmp_path), *without) == "bo"  # who knows algebra better
    assert mentor_of_ana(file(tmp_path), "--weight", "goals=200") == "cy"
    assert mentor_of_ana(file(tmp_path), *without, "--weight", "reciprocity=200") == "cy"
    assert mentor_of_ana(file(tmp_path, prefers="cy"), *without, "--weight", "preferences=200") == "cy"
    assert mentor_of_ana(file(tmp_path, prefers="cy", never="ana"), "--weight", "goals=200") == "bo"


@pytest.mark.parametrize("weight", ["goals", "goals=much", "charm=1", "goals=-1", "goals=99999"])
def test_a_weight_that_cannot_be_read_says_what_can(tmp_path: Path, weight: str) -> None:
    refused = run(file(tmp_path), "--weight", weight)
    assert refused.exit_code == 2
    assert "write NAME=NUMBER" in refused.output


def test_something_has_to_count(tmp_path: Path) -> None:
    nothing = [one for name in ("topics", "times", "languages") for one in ("--weight", f"{name}=0")]
    refused = run(file(tmp_path), *nothing)
    assert refused.exit_code == 2
    assert "at least one of topics, times and languages must count" in refused.output


def test_weights_are_for_mentors_only(tmp_path: Path) -> None:
    assert run(file(tmp_path), "--kind", "pairs", "--weight", "times=1").exit_code == 2


def test_mentors_who_need_a_mentee_get_one_or_are_named(tmp_path: Path) -> None:
    text = (
        "id,role,wants,offers,week,languages,capacity,minimum\n"
        "ana,mentee,algebra,,Mon 10:00-12:00,en,,\n"
        "ben,mentee,algebra,,Mon 10:00-12:00,en,,\n"
        "bo,mentor,,algebra:3,Mon 10:00-12:00,en,2,{bo}\n"
        "cy,mentor,,algebra:1,Mon 10:00-12:00,en,2,{cy}\n"
    )
    people, out = tmp_path / "people.csv", tmp_path / "pairs.csv"
    mentors = {}
    for least in ((0, 0), (0, 1), (0, 2)):
        people.write_text(text.format(bo=least[0], cy=least[1]), encoding="utf-8")
        made = run(people, "--out", out, "--proof", tmp_path / "proof.json")
        assert made.exit_code == 0, made.output
        assert run("verify", people, tmp_path / "proof.json").exit_code == 0
        with out.open(encoding="utf-8", newline="") as lines:
            mentors[least] = sorted(line["mentor"] for line in csv.DictReader(lines))
    assert mentors == {(0, 0): ["bo", "bo"], (0, 1): ["bo", "cy"], (0, 2): ["cy", "cy"]}
    people.write_text(text.format(bo=1, cy=2), encoding="utf-8")
    refused = run(people)
    assert refused.exit_code == 1
    assert "too few mentees fit these mentors" in refused.output
    people.write_text(text.format(bo=3, cy=0), encoding="utf-8")
    assert "line 4, minimum: is more than the capacity, which is 2" in run(people).output
