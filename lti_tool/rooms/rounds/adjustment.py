"""What an adjustment begins with: the pairs that run, and how many of them may change. Knows no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Running:
    """A one-to-one mentorship that runs; mentee, mentor: ids of participants."""

    mentorship: int
    mentee: int
    mentor: int


@dataclass(frozen=True)
class Adjustment:
    before: tuple[Running, ...]
    most_changes: int | None = None
    """Running pairs that may be disturbed at most; None: as few as can be."""

    @property
    def mentor_of(self) -> dict[int, int]:
        return {one.mentee: one.mentor for one in self.before}

    @property
    def pairs(self) -> frozenset[tuple[int, int]]:
        return frozenset((one.mentee, one.mentor) for one in self.before)

    def to_json(self) -> dict[str, Any]:
        """As it is stored with a scenario."""
        before = [[one.mentorship, one.mentee, one.mentor] for one in self.before]
        return {"before": before, "most_changes": self.most_changes}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Adjustment":
        return cls(tuple(Running(*one) for one in values["before"]), values["most_changes"])
