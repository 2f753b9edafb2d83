"""What keeps two people from being a pair, whoever else there is."""

from typing import Any

import matching

SLOT_HOURS = 0.5
GROUPS_APART = {"same": False, "different": True}
"""Whether sharing a group keeps two people apart, by the rule; under any other rule nothing does."""


def obstacle(
    mentee: matching.Person, mentor: matching.Person, rules: matching.Rules
) -> matching.Reason | None:
    """The first thing for which the two may not be a pair, whoever else there is; None where they may.

    Kinds: same_person, no_place, no_topic, no_language, no_time(hours, needed), groups, ruled_out.
    """
    shared = len(mentee.week & mentor.week)
    hours = {"hours": shared * SLOT_HOURS, "needed": rules.min_shared_slots * SLOT_HOURS}
    grouped = bool(mentee.groups & mentor.groups)
    checks: tuple[tuple[str, bool, dict[str, Any]], ...] = (
        ("same_person", mentee.id == mentor.id, {}),
        ("no_place", not mentor.capacity, {}),
        ("no_topic", not mentee.wants.keys() & mentor.offers.keys(), {}),
        ("no_language", not mentee.languages & mentor.languages, {}),
        ("no_time", shared < rules.min_shared_slots, hours),
        ("groups", grouped == GROUPS_APART.get(rules.groups), {}),
        ("ruled_out", (mentee.id, mentor.id) in rules.excluded, {}),
    )
    return next((matching.Reason(kind, params) for kind, holds, params in checks if holds), None)
