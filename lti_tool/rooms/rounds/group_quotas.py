"""How many learners of each group of the course get a mentor. Knows no database."""

from collections.abc import Mapping
from typing import Any

import matching
from lti_tool.rooms.rounds.snapshot import Candidates


def groups_of(asked: Candidates) -> dict[str, frozenset[int]]:
    """The learners of each group by its name; who is in none is in no quota."""
    found: dict[str, set[int]] = {}
    for one in asked.mentees:
        for name in one.groups:
            found.setdefault(name, set()).add(one.id)
    return {name: frozenset(found[name]) for name in sorted(found)}


def quotas(asked: Candidates, least: int | None, most: int | None) -> tuple[matching.GroupQuota, ...]:
    """The same for each group; of a smaller one, everybody is enough."""
    if not least and most is None:
        return ()
    return tuple(
        matching.GroupQuota(name, people, min(least or 0, len(people)), most)
        for name, people in groups_of(asked).items()
    )


def to_json(quota: matching.GroupQuota) -> dict[str, Any]:
    """As it is stored with a scenario."""
    people = sorted(quota.mentees)
    return {"name": quota.name, "mentees": people, "least": quota.least, "most": quota.most}


def from_json(values: Mapping[str, Any]) -> matching.GroupQuota:
    return matching.GroupQuota(values["name"], frozenset(values["mentees"]), values["least"], values["most"])
