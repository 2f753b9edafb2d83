"""What an instructor decided about two people, as a round takes it. Knows no database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import matching

LEARNERS = frozenset({"together", "apart"})
"""Kinds that are about two learners; the others are about a learner and a mentor."""


@dataclass(frozen=True)
class Kept:
    """kind: pair, never, together or apart, as in `models.PairRule`; or with, when a learner who waits gets
    the mentor of one who has one already, or nobody. first, second: ids of participants."""

    rule: int
    """Id of the `models.PairRule` that it comes from."""
    kind: str
    first: int
    second: int

    def to_json(self) -> list[int | str]:
        return [self.rule, self.kind, self.first, self.second]


@dataclass(frozen=True)
class Applied:
    """What the decisions mean for a round: who is never to be a pair, and what is kept."""

    rules: matching.Rules
    kept: tuple[Kept, ...]


def ties_of(kept: Sequence[Kept]) -> matching.Ties:
    """A couple that locks have settled already is no longer one to be looked at."""
    locked = {one.first for one in kept if one.kind == "pair"}
    free = [one for one in kept if not {one.first, one.second} & locked]
    return matching.Ties(
        locks=tuple((one.first, one.second) for one in kept if one.kind == "pair"),
        together=tuple((one.first, one.second) for one in free if one.kind == "together"),
        apart=tuple((one.first, one.second) for one in free if one.kind == "apart"),
    )


def apply(
    decided: Sequence[Kept],
    rules: matching.Rules,
    mentees: frozenset[int],
    mentors: frozenset[int],
    running: Mapping[int, int],
    refused: frozenset[tuple[int, int]] = frozenset(),
) -> Applied:
    """What holds in a round.

    Args:
        decided: all that holds in the cohort. What concerns nobody of the round is passed over.
        mentees: who gets a mentor in the round.
        mentors: who is one in it.
        running: the mentor of each learner who has one and is not among `mentees`.
        refused: (learner, mentor) of whom one would rather not; no decision makes them a pair.
    """
    known = [one for one in decided if _concerns(one, mentees, mentors, running)]
    kept = [_beside_running(one, mentees, running) for one in known]
    kept += _follow(kept)
    excluded = set(rules.excluded) - {(one.first, one.second) for one in kept if one.kind == "pair"}
    excluded |= refused
    for one in kept:
        excluded |= set(_never(one, kept, mentors))
    return Applied(replace(rules, excluded=frozenset(excluded)), tuple(kept))


def _concerns(
    one: Kept, mentees: frozenset[int], mentors: frozenset[int], running: Mapping[int, int]
) -> bool:
    if one.kind == "pair":
        return one.first in mentees
    if one.kind == "never":
        return one.first in mentees and one.second in mentors
    both = {one.first, one.second}
    return bool(both & mentees) and both <= mentees | running.keys()


def _beside_running(one: Kept, mentees: frozenset[int], running: Mapping[int, int]) -> Kept:
    """A couple of which one has a mentor already: a rule about the other one and that mentor."""
    if one.kind not in LEARNERS or {one.first, one.second} <= mentees:
        return one
    waits, has = (one.first, one.second) if one.first in mentees else (one.second, one.first)
    return Kept(one.rule, "with" if one.kind == "together" else "never", waits, running[has])


def _follow(kept: Sequence[Kept]) -> Iterator[Kept]:
    """Whoever is to be together with somebody who has a lock has the same one."""
    locks = {one.first: one.second for one in kept if one.kind == "pair"}
    couples = [one for one in kept if one.kind == "together"]
    grew = True
    while grew:
        grew = False
        for one in couples:
            for has, lacks in ((one.first, one.second), (one.second, one.first)):
                if has in locks and lacks not in locks:
                    locks[lacks], grew = locks[has], True
                    yield Kept(one.rule, "pair", lacks, locks[has])


def _never(one: Kept, kept: Sequence[Kept], mentors: frozenset[int]) -> Iterator[tuple[int, int]]:
    """(learner, mentor) who are ruled out by it."""
    if one.kind == "never":
        yield one.first, one.second
    elif one.kind == "with":
        yield from ((one.first, mentor) for mentor in mentors - {one.second})
    elif one.kind in LEARNERS:
        locks = {each.first: each.second for each in kept if each.kind == "pair"}
        for has, other in ((one.first, one.second), (one.second, one.first)):
            if has in locks and one.kind == "apart":
                yield other, locks[has]
