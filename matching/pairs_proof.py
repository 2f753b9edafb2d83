"""The proof of rounds of pairs from a CSV file, as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from matching.certificate import Certificate
from matching.pair_verification import verify_pairs
from matching.pairing import after_meeting
from matching.peers import meetings, reciprocal_scores
from matching.people import Person
from matching.planning import by_id
from matching.rotation import PeerRound
from matching.rules import Rules
from matching.verification import Verification

VERSION, KIND = 1, "pairs"


@dataclass(frozen=True)
class PairsProof:
    """week_of, rules: as in `Proof`. rounds: the certificate of each, over the scores without those who met
    in the rounds before."""

    week_of: date
    rules: Rules
    rounds: tuple[Certificate, ...]

    def to_json(self) -> str:
        """The text of the file, ending with a line break."""
        values = {
            "version": VERSION,
            "kind": KIND,
            "week_of": self.week_of.isoformat(),
            "rules": json.loads(self.rules.to_json()),
            "rounds": list(self.rounds),
        }
        return json.dumps(values, indent=1, sort_keys=True) + "\n"

    @classmethod
    def of(cls, rounds: Sequence[PeerRound], rules: Rules, week_of: date) -> PairsProof:
        """The proof of these rounds."""
        return cls(week_of, rules, tuple(made.certificate for made in rounds if made.certificate is not None))

    @staticmethod
    def is_in(text: str) -> bool:
        """Whether this is the file of such a proof, not of another. Raises ValueError when it is no JSON."""
        values: Any = json.loads(text)
        return isinstance(values, Mapping) and values.get("kind") == KIND

    @classmethod
    def from_json(cls, text: str) -> PairsProof:
        """Read what `to_json` wrote; the certificates are only judged by `verify`. Raises ValueError."""
        values: Any = json.loads(text)
        if not isinstance(values, Mapping) or (values.get("version"), values.get("kind")) != (VERSION, KIND):
            raise ValueError(f"version: this is no proof of pairs of version {VERSION}")
        try:
            week_of = date.fromisoformat(values["week_of"])
            rules = Rules.from_json(json.dumps(values["rules"]))
            return cls(week_of, rules, tuple(dict(one) for one in values["rounds"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"proof: {error} is missing or has the wrong form") from error

    def verify(self, people: Sequence[Person]) -> list[Verification]:
        """The verdict of each round, up to the first that does not hold. Raises ValueError naming people."""
        scores = reciprocal_scores(by_id(people), self.rules)
        np.fill_diagonal(scores, -1)
        verdicts: list[Verification] = []
        for certificate in self.rounds:
            verdicts.append(verify_pairs(scores, certificate))
            if not verdicts[-1].ok:
                break
            scores = after_meeting(scores, meetings(certificate["groups"]))
        return verdicts
