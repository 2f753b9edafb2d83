"""Pairs and circles from a CSV file, by the command line, with its proof and its honest bounds."""

import csv
import itertools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli_match import match

HEADER = "id,wants,offers,week,timezone,languages,groups\n"
WEEK = "Mon 09:00-13:00; Wed 14:30-16:00"


def people_file(folder: Path, count: int, *, groups: int = 3) -> Path:
    """Everybody wants one of two topics and offers the other, so that half fit the other half."""
    path = folder / "people.csv"
    topics = ["algebra", "statistics"]
    rows = [
        f"p{number:02d},{topics[number % 2]}:3,{topics[1 - number % 2]}:2,{WEEK},Africa/Cairo,ar; en,"
        f"lab {number % groups}\n"
        for number in range(count)
    ]
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(match, [str(one) for one in arguments])


def groups_of(path: Path) -> dict[tuple[str, str], list[str]]:
    made: dict[tuple[str, str], list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["group"]:
                made.setdefault((row["round"], row["group"]), []).append(row["person"])
    return made


def assert_nobody_meets_again(made: dict[tuple[str, str], list[str]]) -> None:
    met = [tuple(sorted(two)) for group in made.values() for two in itertools.combinations(group, 2)]
    assert len(met) == len(set(met)) > 0


def test_pairs_are_written_with_what_each_learns_and_proved(tmp_path: Path) -> None:
    people, out, proof = people_file(tmp_path, 6), tmp_path / "pairs.csv", tmp_path / "proof.json"
    made = run(people, "--kind", "pairs", "--out", out, "--proof", proof)
    assert made.exit_code == 0, made.output
    assert made.output == "Round 1: 6 of 6 people are in 3 pairs; proved to be the best possible.\n"
    with out.open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    expected = {"round": "1", "group": "1", "person": "p00", "learns": "algebra", "helps_with": "statistics"}
    expected |= {"together": "", "hours": "5.5", "languages": "ar; en", "alone": ""}
    assert {key: value for key, value in first.items() if key != "score"} == expected
    verdict = run("verify", people, proof)
    assert verdict.exit_code == 0
    assert "nothing better exists" in verdict.output


def test_rounds_of_pairs_end_when_all_have_met(tmp_path: Path) -> None:
    people, out, proof = people_file(tmp_path, 8), tmp_path / "pairs.csv", tmp_path / "proof.json"
    made = run(people, "--kind", "pairs", "--rounds", 9, "--out", out, "--proof", proof)
    assert made.output.splitlines()[-1].startswith("Only 4 of 9 rounds: no further one is possible")
    assert_nobody_meets_again(groups_of(out))
    verdict = json.loads(run("verify", people, proof, "--json").output)
    assert verdict["ok"]
    assert len(verdict["rounds"]) == 4
    everything = run(people, "--kind", "pairs", "--rounds", "all", "--out", out)
    assert "No further round is possible in which nobody meets" in everything.output
    assert len(groups_of(out)) == 16


def test_a_proof_of_pairs_fails_when_a_round_or_a_person_is_changed(tmp_path: Path) -> None:
    people, proof = people_file(tmp_path, 6), tmp_path / "proof.json"
    run(people, "--kind", "pairs", "--rounds", 2, "--out", tmp_path / "pairs.csv", "--proof", proof)
    claimed = json.loads(proof.read_text(encoding="utf-8"))
    twice = claimed | {"rounds": [claimed["rounds"][0], claimed["rounds"][0]]}
    proof.write_text(json.dumps(twice), encoding="utf-8")
    verdict = run("verify", people, proof)
    assert verdict.exit_code == 1
    assert "Round 2: the proof does not hold: input" in verdict.output
    proof.write_text(json.dumps(claimed), encoding="utf-8")
    text = people.read_text(encoding="utf-8")
    people.write_text(
        text.replace("algebra:3", "algebra:1", 1).replace("statistics:2", "x:2", 1), encoding="utf-8"
    )
    assert "Round 1: the proof does not hold: input" in run("verify", people, proof).output


def test_a_file_that_is_no_proof_of_pairs_is_said_to_be_none(tmp_path: Path) -> None:
    people, proof = people_file(tmp_path, 4), tmp_path / "proof.json"
    proof.write_text('{"version": 1, "kind": "pairs", "week_of": "2026-01-01"}', encoding="utf-8")
    answer = run("verify", people, proof)
    assert answer.exit_code == 1
    assert "'rules' is missing" in answer.output


def test_circles_are_exact_when_few_and_bounded_when_many(tmp_path: Path) -> None:
    out = tmp_path / "circles.csv"
    few = run(people_file(tmp_path, 12), "--kind", "circles", "--size", "4", "--out", out)
    assert few.output == "Round 1: 12 of 12 people are in 3 circles; exact, nothing better exists.\n"
    assert {len(group) for group in groups_of(out).values()} == {4}
    many = run(people_file(tmp_path, 41, groups=2), "--kind", "circles", "--out", out)
    assert "heuristic, at most 41 could be placed, and the score lacks at most" in many.output
    counts = json.loads(run(tmp_path / "people.csv", "--kind", "circles", "--out", out, "--json").output)
    (told,) = counts["rounds"]
    assert (told["method"], told["proved"], told["placed"]) == ("heuristic", False, 41)
    assert told["total"] <= told["bound"]


def test_rounds_of_circles_bring_nobody_together_twice(tmp_path: Path) -> None:
    out = tmp_path / "circles.csv"
    made = run(people_file(tmp_path, 16), "--kind", "circles", "--size", "4", "--rounds", "all", "--out", out)
    assert "No further round is possible" in made.output
    groups = groups_of(out)
    assert_nobody_meets_again(groups)
    assert len({number for number, _ in groups}) >= 2


def test_who_is_alone_is_told_with_the_reason(tmp_path: Path) -> None:
    people = people_file(tmp_path, 4)
    with people.open("a", encoding="utf-8") as file:
        file.write("lone,algebra,algebra,Sun 05:00-06:00,UTC,xx,\n")
    out = run(people, "--kind", "pairs", "--rounds", 3)
    with_reason = [line for line in out.stdout.splitlines() if line.endswith(("nobody_fits", "has_met_all"))]
    assert with_reason == ["1,,lone,,,,,,,nobody_fits", "2,,lone,,,,,,,nobody_fits"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--size", "4"], "--size is for --kind circles only"),
        (["--rounds", "2"], "--rounds is for --kind pairs and --kind circles only"),
        (["--kind", "circles", "--proof", "x.json"], "circles have no proof"),
        (["--kind", "circles", "--size", "6-4"], "'6-4' is not a size from 4 to 6"),
        (["--kind", "pairs", "--rounds", "0"], "neither a number of rounds from 1 to 999 nor all"),
    ],
)
def test_options_that_do_not_go_together_are_named(tmp_path: Path, arguments: list[str], said: str) -> None:
    answer = run(people_file(tmp_path, 4), *arguments)
    assert answer.exit_code == 2
    assert said in answer.output


def test_one_person_alone_is_too_few_for_pairs(tmp_path: Path) -> None:
    for kind in ("pairs", "circles"):
        answer = run(people_file(tmp_path, 1), "--kind", kind)
        assert answer.exit_code == 1
        assert "people.csv: people: fewer than two" in answer.output


def test_the_help_names_each_kind() -> None:
    said = run("--help").output
    assert "--kind pairs" in said
    assert "until all have met" in said
