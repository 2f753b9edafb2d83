"""`peer-mentor match`: the matching engine on CSV files, without an LMS and without a database."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

import matching

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
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
        formatter.write_usage(ctx.command_path, "verify PEOPLE.csv PROOF.json")


@click.group(cls=_DefaultsToPeople)
def match() -> None:
    """Match mentees with mentors from a CSV file, and prove that it is the best that can be done.

    Columns: id, role (mentee, mentor, both), wants and offers ("algebra:3; statistics"), week
    ("Mon 09:00-12:00; Wed 14:30-16:00"), timezone, languages ("ar; en"), capacity.
    """


@match.command("people", hidden=True)
@click.argument("people", type=FILE)
@click.option("--out", type=OUT, default=None, help="Where to write the pairs (CSV); the screen if left out.")
@click.option("--proof", type=OUT, default=None, help="Where to write the proof (JSON).")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def match_people(people: Path, out: Path | None, proof: Path | None, as_json: bool) -> None:
    """Match the people of a file."""
    day = datetime.now(UTC).date()
    read = _read(people, day)
    rules = matching.Rules()
    try:
        plan = matching.plan(read.mentees, read.mentors, [], rules)
    except ValueError as error:
        raise click.ClickException(f"{people.name}: {error}") from None
    with click.open_file(str(out) if out else "-", "w", encoding="utf-8") as file:
        if not (as_json and out is None):
            matching.write_pairs(file, plan, read)  # type: ignore[arg-type]  # click types it as IO[Any]
    if proof is not None:
        proof.write_text(matching.Proof.of(plan, rules, day).to_json(), encoding="utf-8")
    click.echo(json.dumps(dict(plan.summary)) if as_json else _in_words(plan.summary), err=not as_json)


@match.command("verify")
@click.argument("people", type=FILE)
@click.argument("proof", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def match_verify(people: Path, proof: Path, as_json: bool) -> None:
    """Check a proof against the people, without trusting the solver."""
    try:
        claimed = matching.Proof.from_json(proof.read_text(encoding="utf-8"))
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
