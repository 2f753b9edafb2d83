"""The proof of a CSV matching as one JSON file: the certificate with what turned the people into scores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.certificate import Certificate
from matching.planning import Plan
from matching.rules import Rules

VERSION = 1


@dataclass(frozen=True)
class Proof:
    """week_of: a day of the week whose clock offsets were used. rules: those of the scores. certificate: for
    `verify`, against `people_problem` of the same people and rules."""

    week_of: date
    rules: Rules
    certificate: Certificate

    def to_json(self) -> str:
        """The text of the file, ending with a line break."""
        values = {
            "version": VERSION,
            "week_of": self.week_of.isoformat(),
            "rules": json.loads(self.rules.to_json()),
            "certificate": self.certificate,
        }
        return json.dumps(values, indent=1, sort_keys=True) + "\n"

    @classmethod
    def of(cls, plan: Plan, rules: Rules, week_of: date) -> Proof:
        """The proof of a plan."""
        return cls(week_of, rules, plan.result.certificate)

    @classmethod
    def from_json(cls, text: str) -> Proof:
        """Read what `to_json` wrote; the certificate itself is only judged by `verify`. Raises ValueError."""
        values: Any = json.loads(text)
        if not isinstance(values, Mapping) or values.get("version") != VERSION:
            raise ValueError(f"version: this is no proof of version {VERSION}")
        try:
            week_of, rules = (
                date.fromisoformat(values["week_of"]),
                Rules.from_json(json.dumps(values["rules"])),
            )
            return cls(week_of, rules, dict(values["certificate"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"proof: {error} is missing or has the wrong form") from error
