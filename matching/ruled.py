"""The assignment under side rules: quotas, people together or apart, locks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.flow import NOBODY
from matching.problem import MAX_SCORE, AssignmentProblem, Ints
from matching.program import INFINITY
from matching.progress import Progress, Steps, silent
from matching.side_rules import ImpossibleRules, SideRules
from matching.tied import Goal, Outcome, TiedProgram


@dataclass(frozen=True, eq=False)
class RuledResult:
    """mentor: (n,), -1 = nobody. matched, worst, total: as in `AssignmentResult`. matched_bound: no
    assignment within the rules matches more; total_bound: none that matches as many, with no score below
    `worst_tried`, has a greater total. worst_tried: the floor that the fairness stage reached, 0 without it.
    proved: both bounds are reached, up to the solver's tolerance; there is no certificate."""

    mentor: Ints
    matched: int
    worst: int
    total: int
    matched_bound: int
    total_bound: int
    worst_tried: int
    proved: bool


def assign_within(
    problem: AssignmentProblem,
    rules: SideRules,
    *,
    fair: bool = True,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> RuledResult:
    """Most people matched, then (`fair`) the lowest score as high as possible, then the greatest total, all
    within the rules, as whole-number programs; the gap is in the bounds.

    time_limit: seconds; what is found by then is returned. Raises ValueError naming quotas, together,
    apart or locks; ImpossibleRules when they cannot all hold; TimeoutError when nothing was found in time.
    """
    report = progress or silent
    steps = Steps(report)
    steps.reach(0.0, "matched")
    tied = TiedProgram(problem, rules, None, time_limit, steps.beat)
    tied.require_possible(Goal())
    most = tied.best(Goal(count=1))
    if most is None:
        if tied.late:
            raise TimeoutError("assign_within: nothing was found within the time limit")
        raise ImpossibleRules(("the rules together",))
    counts = (float(most.value), INFINITY)
    floor, fairest = _fairest(tied, most, steps) if fair and most.value else (0, most)
    steps.reach(0.7, "total")
    best = tied.best(Goal(score=1, floor=floor, counts=counts))
    best = best or Outcome(fairest.mentor, 0, MAX_SCORE * most.value)
    report(1.0, "done")
    made = _made(problem, best.mentor)
    total = sum(made)
    bound = max(total, best.bound)
    proved = most.bound == len(made) and bound == total and not tied.late
    return RuledResult(best.mentor, len(made), min(made, default=-1), total, most.bound, bound, floor, proved)


def _fairest(tied: TiedProgram, most: Outcome, steps: Steps) -> tuple[int, Outcome]:
    """The highest floor at which as many are matched, by halving, and an assignment over it."""
    low, high, found = 0, MAX_SCORE + 1, most  # reachable at low, not at high
    while high - low > 1 and not tied.late:
        steps.reach(0.2, "worst")
        middle = (low + high) // 2
        outcome = tied.best(Goal(count=1, floor=middle, counts=(float(most.value), INFINITY)))
        if outcome is not None and outcome.value >= most.value:
            low, found = middle, outcome
        else:
            high = middle
    return low, found


def _made(problem: AssignmentProblem, mentor: Ints) -> list[int]:
    made: list[int] = []
    for start, scores in problem.blocks():
        own = mentor[start : start + len(scores)]
        rows = np.flatnonzero(own != NOBODY)
        made.extend(scores[rows, own[rows]].tolist())
    return made
