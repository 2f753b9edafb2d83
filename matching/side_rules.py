"""Rules that tie several people together: what an assignment problem alone cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """Of the pairs between these mentees (rows) and mentors (columns; None: all), at least `least` and at
    most `most` (None: any number) are made. name: whom it is about, for whoever reads that it cannot hold."""

    mentees: frozenset[int]
    mentors: frozenset[int] | None = None
    least: int = 0
    most: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Lock:
    """The pair (row, column) stands whatever else happens. reason: why, in the words of who set it."""

    mentee: int
    mentor: int
    reason: str = ""


@dataclass(frozen=True)
class SideRules:
    """together: two mentees who get the same mentor or nobody. apart: two who never share one."""

    quotas: tuple[Quota, ...] = ()
    together: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    locks: tuple[Lock, ...] = ()

    def check(self, shape: tuple[int, int]) -> None:
        """Raises ValueError naming quotas, together, apart or locks when one speaks of somebody outside
        `shape` (mentees, mentors) or contradicts itself."""
        mentees, mentors = shape
        for quota in self.quotas:
            _require_within("quotas", quota.mentees, mentees)
            _require_within("quotas", quota.mentors or (), mentors)
            if quota.least < 0 or (quota.most is not None and quota.most < quota.least):
                raise ValueError(f"quotas: least and most of {quota.name or 'a quota'} contradict each other")
        for field, couples in (("together", self.together), ("apart", self.apart)):
            for couple in couples:
                _require_within(field, couple, mentees)
                if couple[0] == couple[1]:
                    raise ValueError(f"{field}: names somebody twice")
        _require_within("locks", [lock.mentee for lock in self.locks], mentees)
        _require_within("locks", [lock.mentor for lock in self.locks], mentors)
        if len({lock.mentee for lock in self.locks}) < len(self.locks):
            raise ValueError("locks: one mentee has two locks")

    @property
    def tied(self) -> frozenset[int]:
        """Rows whose pairs all have to be looked at together."""
        pairs = (*self.together, *self.apart)
        return frozenset(row for couple in pairs for row in couple) | {lock.mentee for lock in self.locks}


def _require_within(field: str, numbers: Iterable[int], size: int) -> None:
    if not all(0 <= number < size for number in numbers):
        raise ValueError(f"{field}: numbers must be 0 to {size - 1}")


class ImpossibleRules(ValueError):
    """The side rules, minimum loads and allowed pairs cannot all hold. broken: those that give way where as
    little as possible does: "locks", "together", "minimum", "changes", or names of quotas."""

    def __init__(self, broken: tuple[str, ...]) -> None:
        super().__init__(f"rules: cannot all hold ({', '.join(broken)})")
        self.broken = broken
