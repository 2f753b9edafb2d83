"""Whether decisions about people can all be true, whoever is there and whatever fits. Knows no database."""

from collections.abc import Iterable, Sequence

from lti_tool.rooms.rounds.kept import Kept


def contradicted(known: Sequence[Kept], new: Kept) -> Kept | None:
    """The decision that stands in the way of a new one; None where there is none.

    Args:
        known: decisions that do not contradict each other.
    """
    if consistent([*known, new]):
        return None
    alone = (one for one in known if consistent([*(other for other in known if other is not one), new]))
    near = (one for one in known if {one.first, one.second} & {new.first, new.second})
    return next(alone, None) or next(near, known[0])


def consistent(decided: Sequence[Kept]) -> bool:
    together = _groups(one for one in decided if one.kind == "together")
    mentors: dict[int, int] = {}
    for one in decided:
        group = together.get(one.first, one.first)
        if one.kind == "pair" and mentors.setdefault(group, one.second) != one.second:
            return False
    return all(_holds(one, together, mentors) for one in decided)


def _holds(one: Kept, together: dict[int, int], mentors: dict[int, int]) -> bool:
    first, second = together.get(one.first, one.first), together.get(one.second, one.second)
    if one.kind == "never":
        return mentors.get(first) != one.second
    if one.kind == "apart":
        return first != second and (first not in mentors or mentors[first] != mentors.get(second))
    return True


def _groups(couples: Iterable[Kept]) -> dict[int, int]:
    """For each learner who is to be together with somebody, the least id of all whom that ties to them."""
    above: dict[int, int] = {}

    def least(learner: int) -> int:
        while above.setdefault(learner, learner) != learner:
            above[learner] = above[above[learner]]
            learner = above[learner]
        return learner

    for one in couples:
        ends = least(one.first), least(one.second)
        above[max(ends)] = min(ends)
    return {learner: least(learner) for learner in list(above)}
