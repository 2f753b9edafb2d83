"""Decisions about people that cannot hold in a round, found before anything is solved. Knows no database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matching
from lti_tool.rooms.rounds.kept import Kept
from lti_tool.rooms.rounds.obstacle import obstacle

MOST_NAMED = 5


@dataclass(frozen=True)
class Conflict:
    kept: Kept
    why: matching.Reason
    """As `obstacle` has them; or not_ready, too_many(places), two_mentors."""


class RulesGiveWay(Exception):
    """Not all that is to be kept can hold."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(f"{len(conflicts)} rules cannot hold")
        self.conflicts = tuple(conflicts)


def require_possible(
    mentees: Sequence[matching.Person],
    mentors: Sequence[matching.Person],
    rules: matching.Rules,
    kept: Sequence[Kept],
    standing: frozenset[tuple[int, int]] = frozenset(),
) -> None:
    """Raises RulesGiveWay when a pair that is to be made cannot be.

    Args:
        standing: pairs that run already, and may go on whatever they lack.
    """
    locks = [one for one in kept if one.kind == "pair"]
    learners, teachers = ({one.id: one for one in people} for people in (mentees, mentors))
    wanted = Counter(one.second for one in locks)
    chosen: dict[int, int] = {}
    conflicts = []
    for one in locks:
        why = _obstacle(one, learners, teachers, rules, standing)
        if why is None and chosen.setdefault(one.first, one.second) != one.second:
            why = matching.Reason("two_mentors", {})
        if why is None and wanted[one.second] > teachers[one.second].capacity:
            why = matching.Reason("too_many", {"places": teachers[one.second].capacity})
        if why is not None:
            conflicts.append(Conflict(one, why))
    if conflicts:
        raise RulesGiveWay(conflicts)


def _obstacle(
    one: Kept,
    learners: Mapping[int, matching.Person],
    teachers: Mapping[int, matching.Person],
    rules: matching.Rules,
    standing: frozenset[tuple[int, int]],
) -> matching.Reason | None:
    mentor = teachers.get(one.second)
    if mentor is None:
        return matching.Reason("not_ready", {})
    found = obstacle(learners[one.first], mentor, rules)
    if (
        found is not None
        and (one.first, one.second) in standing
        and found.kind not in {"ruled_out", "no_place"}
    ):
        return None
    return found
