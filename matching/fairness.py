"""The first two stages of a large problem: how many can be matched, and how well off the worst-off can be.

Both are proved by covers. Some covers are at hand before any flow: nobody can have more than the own best
pair, and no more can be matched than have a pair, or than there are places. Where people are alike enough
these are reached and one flow shows it. Else the minimum cut of the flow that fell short is a cover, which
says how far the worst-off must come down (a discrete Newton method; Radzik 1998).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.edges import Edges
from matching.few import joined
from matching.flow import NOBODY, Cover, Flow
from matching.generation import Generation
from matching.problem import EXCLUDED, InfeasibleMinimum, Ints
from matching.store import BEYOND, SPAN

#: Tries at the highest score that the covers leave possible; then the middle is tried in turn.
HOPEFUL = 4


@dataclass(frozen=True, eq=False)
class Fairest:
    """floor: every made pair has this score or better in `witness`. cover: why no more is possible; None when
    that is not known."""

    floor: int
    witness: Flow
    cover: Cover | None


def fairest(generation: Generation, fair: bool) -> tuple[Flow, Fairest]:
    """As many as can be matched, with a cover; and the fairest of these, or just as many without `fair`, each
    within the minimum loads. Raises InfeasibleMinimum."""
    most = _most_at_best(generation)
    _require_room(generation, most.value)
    floor, cover = _best_of_worst(generation, most.value) if fair and most.value else (0, None)
    for _ in range(HOPEFUL if most.value else 0):
        generation.choose(floor, most.value)
        flow = _largest(generation, floor, most.value, generation.least)
        if flow.value == most.value:
            return replace(most, mentor=flow.mentor), Fairest(floor, flow, cover)
        if not floor:
            break
        floor, cover = _lowered(generation, flow.cover, most.value), flow.cover
    if most.value:
        generation.choose(0, most.value)
        most = _largest(generation, 0, most.value, generation.nothing)
    start = Fairest(0, _within(generation, most), None)
    return most, _raised(generation, start) if fair and most.value else start


def _within(generation: Generation, most: Flow) -> Flow:
    """Just as many within the minimum loads. They cost nobody a place: who is matched stays so when another
    is."""
    least = generation.least
    _require_room(generation, most.value)
    flow = _largest(generation, 0, most.value, least) if least.any() else most
    if flow.value < most.value:
        uncovered = set(np.flatnonzero(least).tolist()) - set(flow.cover.mentors)
        raise InfeasibleMinimum(tuple(sorted(uncovered)))
    return flow


def _require_room(generation: Generation, matched: int) -> None:
    """Raises InfeasibleMinimum where all minimum loads together are more than can be matched."""
    if int(generation.least.sum()) > matched:
        raise InfeasibleMinimum(tuple(np.flatnonzero(generation.least).tolist()))


def _largest(generation: Generation, floor: int, target: int, least: Ints) -> Flow:
    """As many up to `target` as pairs of at least `floor` allow within these minimum loads, with a cover that
    holds for all of them."""
    while True:
        flow = generation.flow(floor, target, least)
        if flow.value == target:
            return flow
        missed = _outside(generation, flow.cover, floor)
        if not len(missed):
            return flow
        generation.join(missed)


def _most_at_best(generation: Generation) -> Flow:
    """As many as have a pair, or as there are places with a pair, whichever is less; nobody matched yet."""
    store = generation.store
    mentors = np.flatnonzero(store.sought > EXCLUDED)
    people, places = int((store.top > EXCLUDED).sum()), int(generation.capacity[mentors].sum())
    nobody = np.full(generation.mentees, NOBODY, dtype=np.int64)
    cover = () if people <= places else tuple(mentors.tolist())
    return Flow(nobody, min(people, places), Cover("capacity", cover))


def _best_of_worst(generation: Generation, matched: int) -> tuple[int, Cover]:
    """A score that the worst-off of `matched` cannot exceed, by the best pairs of mentees and of mentors."""
    store = generation.store
    by_mentee = int(np.sort(store.top)[::-1][matched - 1])
    order = np.argsort(-store.sought, kind="stable")
    enough = int(np.searchsorted(np.cumsum(generation.capacity[order]), matched))
    by_mentor = int(store.sought[order[enough]])
    asked = np.where(generation.least > 0, store.sought, by_mentee + 1)
    if int(asked.min()) < min(by_mentee, by_mentor):
        last = int(asked.argmin())  # somebody who has to get a mentee, and is not sought more than that
        others = np.flatnonzero(np.arange(len(asked)) != last)
        return max(0, int(asked[last])), Cover("minimum", tuple(others.tolist()))
    if by_mentee <= by_mentor:
        return by_mentee, Cover("capacity", ())
    return by_mentor, Cover("capacity", tuple(np.flatnonzero(store.sought > by_mentor).tolist()))


def _raised(generation: Generation, start: Fairest) -> Fairest:
    """Raise the floor and lower the bound until they meet."""
    target, found, tries = start.witness.value, start, 0
    high, cover = _best_of_worst(generation, target)
    while found.floor < high and not generation.late():
        tries += 1
        floor = high if tries <= HOPEFUL or tries % 2 else (found.floor + high + 1) // 2
        flow = _largest(generation, floor, target, generation.least)
        if flow.value == target:
            found = Fairest(floor, flow, None)
        else:
            high, cover = _lowered(generation, flow.cover, target), flow.cover
    return replace(found, cover=cover if found.floor >= high else None)


def _outside(generation: Generation, cover: Cover, floor: int) -> Edges:
    """Pairs beyond a cover of mentees none of whose chosen pairs are."""
    barred = generation.nothing.copy()
    barred[list(cover.mentors)] = BEYOND
    near = generation.edges.at_least(floor)
    missed = _beyond(generation, cover) >= floor
    missed[near.mentee[barred[near.mentor] == 0]] = False
    if not missed.any():
        return joined(near.shape, [])
    return generation.above(barred, np.where(missed, -BEYOND // 2, BEYOND), floor)


def _beyond(generation: Generation, cover: Cover) -> Ints:
    """Each mentee's best score with a mentor outside the cover, below 0 without any."""
    barred = generation.nothing.copy()
    barred[list(cover.mentors)] = SPAN
    return generation.store.look(barred, np.full(generation.mentees, BEYOND), 0, 1).best


def _lowered(generation: Generation, cover: Cover, target: int) -> int:
    """The highest worst score that a cover leaves possible."""
    if cover.kind == "capacity":
        needed = target - int(generation.capacity[list(cover.mentors)].sum())
    else:
        needed = int(generation.least.sum()) - int(generation.least[list(cover.mentors)].sum())
    return max(0, int(np.sort(_beyond(generation, cover))[::-1][needed - 1]))
