"""When somebody drops out or comes late: a new assignment that leaves standing what can stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from matching.flow import NOBODY
from matching.problem import AssignmentProblem, Ints
from matching.program import INFINITY
from matching.progress import Progress, Steps, silent
from matching.side_rules import Lock, SideRules
from matching.tied import Goal, Outcome, TiedProgram

ChangeKind = Literal["placed", "moved", "dropped", "lost"]


@dataclass(frozen=True)
class Change:
    """What becomes different for a mentee (row); before and after are columns, -1 = nobody.

    kind: "placed" had nobody and has a mentor now; "lost" the earlier pair is no longer allowed (the mentor
    left, or a lock says otherwise); "moved" and "dropped" could have kept it, and now have another mentor or
    nobody: the disturbed ones.
    """

    mentee: int
    before: int
    after: int
    kind: ChangeKind


@dataclass(frozen=True, eq=False)
class Amended:
    """mentor: (n,), -1 = nobody. matched, worst, total: as in `AssignmentResult`. changes: by mentee.
    disturbed: how many of them are "moved" or "dropped". matched_bound, total_bound: no amendment within the
    same limits matches more; none that matches as many and, without `most_changes`, disturbs as few, has a
    greater total. locks: those that were honoured, with their reasons. proved: both bounds are reached."""

    mentor: Ints
    matched: int
    worst: int
    total: int
    changes: tuple[Change, ...]
    disturbed: int
    matched_bound: int
    total_bound: int
    locks: tuple[Lock, ...]
    proved: bool


class TooFewChanges(ValueError):
    """Fewer than `needed` people cannot be disturbed."""

    def __init__(self, needed: int) -> None:
        super().__init__(f"most_changes: at least {needed} changes are needed")
        self.needed = needed


def amend(
    problem: AssignmentProblem,
    before: ArrayLike,
    *,
    locks: Sequence[Lock] = (),
    together: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
    most_changes: int | None = None,
    only_needed: bool = False,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Amended:
    """Assign anew with as little disturbance as possible.

    problem: the situation now. Whoever came late is a row with nobody before; whoever dropped out is a row of
    -1 only, or a column without places. before: (n,) the column of each mentee's mentor, -1 = nobody; a pair
    that is no longer allowed counts as lost. locks: pairs that must stand (or be made), each with its reason.
    together, apart: mentees as in `SideRules`; they may disturb pairs that break them.
    Order without `most_changes`: most people matched, then fewest disturbed, then the greatest total. With
    it: at most so many disturbed, most people matched, the greatest total; 0 leaves all that can stand.
    only_needed: with it, too, nobody is disturbed for a greater total alone.
    time_limit: seconds; what is found by then is returned with honest bounds.

    Raises ValueError naming before, locks, together, apart or most_changes; TooFewChanges when a mentor takes
    fewer people than before, or locks take places, so that more must be disturbed; ImpossibleRules when locks
    and minimum loads cannot all hold (both are ValueErrors); TimeoutError when not even a first one was found
    in time.
    """
    stood = _stood(problem, before)
    if most_changes is not None and most_changes < 0:
        raise ValueError("most_changes: must not be negative")
    report = progress or silent
    steps = Steps(report)
    steps.reach(0.0, "matched")
    rules = SideRules(together=tuple(together), apart=tuple(apart), locks=tuple(locks))
    able = _able(problem, stood, rules)
    tied = TiedProgram(problem, rules, able, time_limit, steps.beat)
    could = int((able != NOBODY).sum())
    keeps = (0.0 if most_changes is None else max(0, could - most_changes), INFINITY)
    tied.require_possible(Goal())
    if most_changes is not None:
        _require_enough(tied, could, most_changes)
    most = _found(tied.best(Goal(count=1, keeps=keeps)))
    last = most
    if most_changes is None or only_needed:
        steps.reach(0.4, "changes")
        last = _found(tied.best(Goal(kept=1, counts=(most.value, INFINITY), keeps=keeps)), most)
        keeps = (_kept(last.mentor, able), INFINITY)
    steps.reach(0.7, "total")
    counts = (most.value, INFINITY)
    best = _found(tied.best(Goal(score=1, counts=counts, keeps=keeps)), last)
    report(1.0, "done")
    return _amended(problem, stood, able, most, best, tuple(locks))


def _stood(problem: AssignmentProblem, before: ArrayLike) -> Ints:
    given = np.asarray(before)
    mentees, mentors = problem.shape
    if given.shape != (mentees,) or given.dtype.kind not in "iu":
        raise ValueError(f"before: must be {mentees} whole numbers, one a mentee")
    stood = given.astype(np.int64)
    if bool(((stood < NOBODY) | (stood >= mentors)).any()):
        raise ValueError(f"before: numbers must be -1 to {mentors - 1}")
    return stood


def _require_enough(tied: TiedProgram, could: int, most_changes: int) -> None:
    kept = tied.best(Goal(kept=1))
    if kept is not None and could - kept.bound > most_changes:
        raise TooFewChanges(could - kept.bound)


def _able(problem: AssignmentProblem, stood: Ints, rules: SideRules) -> Ints:
    """The earlier pairs that could stand, each by itself."""
    rules.check(problem.shape)
    able = np.where(stood >= 0, stood, NOBODY)
    for start, scores in problem.blocks():
        own = stood[start : start + len(scores)]
        rows = np.flatnonzero(own >= 0)
        gone = (scores[rows, own[rows]] < 0) | (problem.capacity[own[rows]] == 0)
        able[start + rows[gone]] = NOBODY
    for lock in rules.locks:
        if able[lock.mentee] != lock.mentor:
            able[lock.mentee] = NOBODY
    return able


def _found(outcome: Outcome | None, earlier: Outcome | None = None) -> Outcome:
    if outcome is not None:
        return outcome
    if earlier is None:
        raise TimeoutError("amend: no assignment was found within the time limit")
    # Bounds of the earlier goal say nothing of this one.
    return Outcome(earlier.mentor, 0, -1)


def _kept(mentor: Ints, able: Ints) -> int:
    return int(((mentor == able) & (able != NOBODY)).sum())


def _amended(
    problem: AssignmentProblem, stood: Ints, able: Ints, most: Outcome, best: Outcome, locks: tuple[Lock, ...]
) -> Amended:
    mentor = best.mentor
    made = _scores(problem, mentor)
    changes = tuple(_changes(stood, able, mentor))
    total, matched = sum(made), len(made)
    bound = best.bound if best.bound >= 0 else matched * 10_000
    proved = most.bound == matched and bound == total
    disturbed = sum(change.kind in ("moved", "dropped") for change in changes)
    worst = min(made, default=-1)
    return Amended(mentor, matched, worst, total, changes, disturbed, most.bound, bound, locks, proved)


def _scores(problem: AssignmentProblem, mentor: Ints) -> list[int]:
    made: list[int] = []
    for start, scores in problem.blocks():
        own = mentor[start : start + len(scores)]
        rows = np.flatnonzero(own >= 0)
        made.extend(scores[rows, own[rows]].tolist())
    return made


def _changes(stood: Ints, able: Ints, mentor: Ints) -> Iterable[Change]:
    for row in np.flatnonzero(stood != mentor):
        before, after = int(stood[row]), int(mentor[row])
        kind: ChangeKind = "lost"
        if before == NOBODY:
            kind = "placed"
        elif able[row] != NOBODY:
            kind = "dropped" if after == NOBODY else "moved"
        yield Change(int(row), before, after, kind)
