"""`peer-mentor match`: the matching engine on CSV files, without an LMS and without a database."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

import matching
from lti_tool import cli_match_peers as peers
from lti_tool import cli_match_rules

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
MOST_NAMED = 20
VERDICTS = {
    "optimal": "The proof holds: nothing better exists for these people.",
    "unproved": "The pairs are as claimed, but the run was cut short: something better may exist.",
}


class _DefaultsToPeople(click.Group):
    """`match PEOPLE.csv` is short for a hidden command; `match verify` is a command of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["people", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "PEOPLE.csv [--out PAIRS.csv] [--proof PROOF.json]")
        groups = "PEOPLE.csv --kind pairs|circles [--size 4-6] [--rounds N|all] [--out ...] [--proof ...]"
        formatter.write_usage(ctx.command_path, groups)
        formatter.write_usage(ctx.command_path, "verify PEOPLE.csv PROOF.json")


@click.group(cls=_DefaultsToPeople)
def match() -> None:
    """Match mentees with mentors from a CSV file, and prove that it is the best that can be done; or make
    groups of peers, in rounds in which nobody meets somebody a second time.

    Columns: id, role (mentee, mentor, both), wants and offers ("algebra:3; statistics"), week
    ("Mon 09:00-12:00; Wed 14:30-16:00"), timezone, languages ("ar; en"), capacity, minimum, groups, goals
    ("career; exam"), prefers (ids, best first), never (ids). For pairs and circles, role, capacity, goals and
    prefers are not read.

    \b
    --kind mentors  mentees with mentors (the default)
    --kind pairs    two who each want something that the other offers; three once, when the number is odd
    --kind circles  four to six who share time and a language, of different groups if there are any;
                    --size 5 or 4-6
    --rounds N      so many rounds of pairs or circles, or "all": until all have met
    --weight N=5    for mentors: what counts how much (topics=60, times=30, languages=10; goals=10 and
                    preferences=20 where the file has any; reciprocity=0: helping each other)
    --out FILE      CSV: a line for each mentee, or for each person and round (columns round, group, person,
                    learns, helps_with, together, score, hours, languages, alone)
    --proof FILE    JSON that "match verify" checks; circles have none, but their bound is told
    --json          counts as JSON
    """


@match.command("people", hidden=True)
@click.argument("people", type=FILE)
@click.option("--kind", type=click.Choice(["mentors", "pairs", "circles"]), default="mentors")
@click.option("--size", type=peers.Sizes(), default=None, help="Of circles: 5, or 4-6 (the default).")
@click.option("--rounds", type=peers.Rounds(), default=None, help="Of pairs or circles, without repeats.")
@click.option("--weight", "weights", type=cli_match_rules.Weight(), multiple=True, help="Such as times=40.")
@click.option("--out", type=OUT, default=None, help="Where to write the pairs (CSV); the screen if left out.")
@click.option("--proof", type=OUT, default=None, help="Where to write the proof (JSON).")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def match_people(
    people: Path,
    kind: str,
    size: tuple[int, ...] | None,
    rounds: int | None,
    weights: tuple[tuple[str, int], ...],
    out: Path | None,
    proof: Path | None,
    as_json: bool,
) -> None:
    """Match the people of a file."""
    if size is not None and kind != "circles":
        raise click.UsageError("--size is for --kind circles only.")
    if rounds is not None and kind == "mentors":
        raise click.UsageError("--rounds is for --kind pairs and --kind circles only.")
    if proof is not None and kind == "circles":
        raise click.UsageError("--proof: circles have no proof; what they may lack at most is told instead.")
    if weights and kind != "mentors":
        raise click.UsageError("--weight is for --kind mentors only.")
    if kind == "mentors":
        _match_mentors(people, weights, out, proof, as_json)
    else:
        _group_peers(people, peers.Wanted(kind, size, 1 if rounds is None else rounds), out, proof, as_json)


def _match_mentors(
    people: Path,
    weights: tuple[tuple[str, int], ...],
    out: Path | None,
    proof: Path | None,
    as_json: bool,
) -> None:
    day = datetime.now(UTC).date()
    read = _read(people, day)
    rules = cli_match_rules.of_people(read, weights)
    try:
        plan = matching.plan(read.mentees, read.mentors, [], rules)
    except matching.InfeasibleMinimum as lacking:
        raise click.ClickException(f"{people.name}: {_too_much(lacking, read)}") from None
    except ValueError as error:
        raise click.ClickException(f"{people.name}: {error}") from None
    with click.open_file(str(out) if out else "-", "w", encoding="utf-8") as file:
        if not (as_json and out is None):
            matching.write_pairs(file, plan, read)  # type: ignore[arg-type]  # click types it as IO[Any]
    if proof is not None:
        proof.write_text(matching.Proof.of(plan, rules, day).to_json(), encoding="utf-8")
    click.echo(json.dumps(dict(plan.summary)) if as_json else _in_words(plan.summary), err=not as_json)


def _too_much(lacking: matching.InfeasibleMinimum, read: matching.CsvPeople) -> str:
    mentors = sorted(read.mentors, key=lambda one: one.id)
    names = ", ".join(read.names[mentors[column].id] for column in lacking.mentors[:MOST_NAMED])
    return f"minimum: too few mentees fit these mentors for all of them to get their least: {names}"


def _group_peers(
    people: Path, wanted: peers.Wanted, out: Path | None, proof: Path | None, as_json: bool
) -> None:
    day = datetime.now(UTC).date()
    read = peers.read_peers(people, day)
    try:
        made = peers.make_groups(read, wanted)
    except ValueError as error:
        raise click.ClickException(f"{people.name}: {error}") from None
    with click.open_file(str(out) if out else "-", "w", encoding="utf-8") as file:
        if not (as_json and out is None):
            matching.write_groups(file, made, read)  # type: ignore[arg-type]  # click types it as IO[Any]
    if proof is not None:
        rounds = matching.PairsProof.of(made, matching.Rules(), day)
        proof.write_text(rounds.to_json(), encoding="utf-8")
    told = len(read.mentees)
    counts = json.dumps(peers.as_counts(made, wanted, told)) if as_json else None
    click.echo(counts or peers.in_words(made, wanted, told), err=not as_json)


@match.command("verify")
@click.argument("people", type=FILE)
@click.argument("proof", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def match_verify(people: Path, proof: Path, as_json: bool) -> None:
    """Check a proof against the people, without trusting the solver."""
    try:
        text = proof.read_text(encoding="utf-8")
        if matching.PairsProof.is_in(text):
            peers.verify_pairs(text, people, as_json)
            return
        claimed = matching.Proof.from_json(text)
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{proof.name}: {error}") from None
    read = _read(people, claimed.week_of)
    try:
        problem = matching.people_problem(read.mentees, read.mentors, claimed.rules)
    except ValueError as error:
        raise click.ClickException(f"{people.name}: {error}") from None
    verdict = matching.verify(problem, claimed.certificate)
    if as_json:
        click.echo(json.dumps({"ok": verdict.ok, "gap": verdict.gap, "reason": verdict.reason}))
    elif verdict.ok:
        click.echo(VERDICTS[verdict.reason])
    if not verdict.ok:
        raise click.ClickException(f"The proof does not hold: {verdict.reason}")


def _read(people: Path, day: date) -> matching.CsvPeople:
    try:
        return matching.read_people(people, on=day)
    except matching.BadRow as error:
        raise click.ClickException(f"{people.name}, {error}") from None


def _in_words(summary: Any) -> str:
    certainty = "proved to be the best possible" if summary["proved"] else "not proved to be the best"
    return f"{summary['matched']} of {summary['mentees']} mentees have a mentor; {certainty}."
