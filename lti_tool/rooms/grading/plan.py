"""A grade rule as an instructor wishes it, between form, draft and service."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from lti_tool.db import models
from lti_tool.outbox import participation
from lti_tool.outbox.reckoning import PartTerms, Reckoning, Taken, Terms, reckon


@dataclass(frozen=True)
class RulePlan:
    enabled: bool
    """Whether points are sent to the gradebook."""
    terms: Terms

    @classmethod
    def of(cls, rule: models.GradeRule) -> "RulePlan":
        """The rule that is in use."""
        return cls(rule.enabled, participation.terms_of(rule))

    @classmethod
    def draft_of(cls, rule: models.GradeRule) -> "RulePlan | None":
        """The rule that somebody is looking at, if there is one."""
        if rule.draft is None:
            return None
        values = dict(rule.draft)
        parts = tuple(PartTerms(**part) for part in values.pop("parts"))
        return cls(values.pop("enabled"), Terms(parts=parts, **values))

    def as_json(self) -> dict[str, Any]:
        return {"enabled": self.enabled, **asdict(self.terms)}

    def part(self, kind: str) -> PartTerms:
        """How a kind counts; without weight where the rule does not name it."""
        return next((one for one in self.terms.parts if one.kind == kind), PartTerms(kind, 0))

    def reckon(self, taken: Taken) -> Reckoning | None:
        """Somebody's points; None while none are sent."""
        return reckon(self.terms, taken) if self.enabled else None


def digest(rule: models.GradeRule) -> str:
    """What tells a draft, and the rule that it would replace, from any other."""
    both = [RulePlan.of(rule).as_json(), rule.draft]
    return hashlib.sha256(json.dumps(both, sort_keys=True).encode()).hexdigest()[:32]
