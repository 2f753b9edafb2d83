"""What counts how much for `peer-mentor match`."""

from typing import Any

import click

import matching

WEIGHTS = ("topics", "times", "languages", "goals", "preferences", "reciprocity")
GOALS, PREFERENCES = 10, 20
"""Where the file names goals or people; beside 60 for topics, 30 for times and 10 for languages."""


class Weight(click.ParamType[tuple[str, int]]):
    """NAME=NUMBER."""

    name = "weight"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        name, _sign, number = str(value).partition("=")
        if name not in WEIGHTS or not number.isdecimal() or len(number) > 4:
            self.fail(f"{value!r}: write NAME=NUMBER, such as times=40; names are {', '.join(WEIGHTS)}")
        return name, int(number)


def of_people(read: matching.CsvPeople, weights: tuple[tuple[str, int], ...]) -> matching.Rules:
    """The rules for the people of a file: goals and wishes count where the file has any.

    Raises:
        click.UsageError: nothing would count.
    """
    everybody = (*read.mentees, *read.mentors)
    counted: dict[str, Any] = {
        "goals": GOALS if any(one.goals for one in everybody) else 0,
        "preferences": PREFERENCES if any(one.preferences for one in everybody) else 0,
    }
    try:
        return matching.Rules(**(counted | dict(weights)))
    except ValueError as error:
        raise click.UsageError(f"--weight: {error}") from None
