"""`peer-mentor match --kind pairs` and `--kind circles`: groups of peers from a CSV file, in rounds."""

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import click

import matching

SIZES = re.compile(r"([4-6])(?:-([4-6]))?")
MOST_IN_PAIRS, MOST_IN_CIRCLES = 3_000, 3_000


class Sizes(click.ParamType[tuple[int, ...]]):
    """Sizes of circles, "5" or "4-6"."""

    name = "4-6"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        found = SIZES.fullmatch(str(value))
        if found is None or int(found[1]) > int(found[2] or found[1]):
            self.fail(f"{value!r} is not a size from 4 to 6, such as 5 or 4-6.", param, ctx)
        return tuple(range(int(found[1]), int(found[2] or found[1]) + 1))


class Rounds(click.ParamType[int]):
    """A number of rounds; "all" is 0: as many as there can be."""

    name = "N|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "all":
            return 0
        if not re.fullmatch(r"[1-9][0-9]{0,2}", str(value)):
            self.fail(f"{value!r} is neither a number of rounds from 1 to 999 nor all.", param, ctx)
        return int(value)


@dataclass(frozen=True)
class Wanted:
    """kind: pairs or circles. rounds: 0 for as many as there can be."""

    kind: str
    sizes: tuple[int, ...] | None
    rounds: int


def make_groups(read: matching.CsvPeople, wanted: Wanted) -> list[matching.PeerRound]:
    """The rounds of groups. Raises ValueError naming people, ClickException when there are too many."""
    most = MOST_IN_PAIRS if wanted.kind == "pairs" else MOST_IN_CIRCLES
    if len(read.mentees) > most:
        raise click.ClickException(f"More than {most} people are too many for {wanted.kind} at once.")
    if wanted.kind == "pairs":
        return matching.pairs_in_turn(read.mentees, matching.Rules(), wanted.rounds or None)
    apart = frozenset((one.id, other) for one in read.mentees for other in one.never)
    rules = matching.CircleRules(excluded=apart)
    rules = replace(rules, sizes=wanted.sizes) if wanted.sizes else rules
    return matching.circles_in_turn(read.mentees, rules, wanted.rounds or None)


def as_counts(rounds: list[matching.PeerRound], wanted: Wanted, people: int) -> dict[str, Any]:
    """The rounds as numbers, for `--json`."""
    return {
        "kind": wanted.kind,
        "people": people,
        "rounds": [
            {
                "groups": len(made.groups),
                "placed": made.placed,
                "alone": len(made.alone),
                "placed_bound": made.placed_bound,
                "total": made.total,
                "bound": made.bound,
                "method": made.method,
                "proved": made.proved,
            }
            for made in rounds
        ],
        "ended_early": _ended_early(rounds, wanted),
    }


def in_words(rounds: list[matching.PeerRound], wanted: Wanted, people: int) -> str:
    """The rounds in sentences, one a line."""
    lines = [
        f"Round {number}: {made.placed} of {people} people are in {len(made.groups)} {wanted.kind}; "
        f"{_certainty(made, wanted)}."
        for number, made in enumerate(rounds, start=1)
    ]
    if not rounds:
        lines.append(f"No {wanted.kind} are possible: too few people fit each other.")
    elif wanted.rounds == 0:
        lines.append("No further round is possible in which nobody meets somebody a second time.")
    elif _ended_early(rounds, wanted):
        lines.append(
            f"Only {len(rounds)} of {wanted.rounds} rounds: no further one is possible in which nobody meets "
            "somebody a second time."
        )
    return "\n".join(lines)


def _ended_early(rounds: list[matching.PeerRound], wanted: Wanted) -> bool:
    return bool(wanted.rounds) and len(rounds) < wanted.rounds


def _certainty(made: matching.PeerRound, wanted: Wanted) -> str:
    if made.proved:
        return "proved to be the best possible" if wanted.kind == "pairs" else "exact, nothing better exists"
    if wanted.kind == "pairs" and wanted.rounds == 0:
        # Whoever has most people left to meet comes first; the total is not what was looked for.
        return f"at most {made.placed_bound} could be placed; made for few rounds, not for the best score"
    most = f"at most {made.placed_bound} could be placed"
    lacks = 100 * (made.bound - made.total) / made.bound if made.bound else 0.0
    return f"{made.method}, {most}, and the score lacks at most {lacks:.1f} % of the best"


def verify_pairs(text: str, people: Path, as_json: bool) -> None:
    """Check a file with the proof of pairs and say so. Raises ClickException when it does not hold."""
    try:
        claimed = matching.PairsProof.from_json(text)
        verdicts = claimed.verify(read_peers(people, claimed.week_of).mentees)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        rounds = [{"ok": one.ok, "gap": one.gap, "reason": one.reason} for one in verdicts]
        click.echo(json.dumps({"ok": all(one.ok for one in verdicts), "rounds": rounds}))
    for number, verdict in enumerate(verdicts, start=1):
        if not verdict.ok:
            raise click.ClickException(f"Round {number}: the proof does not hold: {verdict.reason}")
        if not as_json:
            click.echo(f"Round {number}: {_VERDICTS[verdict.reason]}")


_VERDICTS = {
    "optimal": "the proof holds: nobody meets again, and nothing better exists for these people.",
    "unproved": "the pairs are as claimed and nobody meets again; that nothing better exists is not proved.",
}


def read_peers(people: Path, day: date) -> matching.CsvPeople:
    """The people of a file, whatever their role. Raises ClickException naming line and column."""
    try:
        return matching.read_people(people, on=day, peers=True)
    except matching.BadRow as error:
        raise click.ClickException(f"{people.name}, {error}") from None
