"""The assignment and its experts' reviews chosen together.

`assign` often has many assignments that are equally good in all that it promises. Of these the one with the
fewest owed reviews that no expert can do is taken, and among those the one nearest to what `assign` gave.
With `worth`, an assignment may also have a smaller total, by at most so many points for each review more that
is covered. What counts is how many reviews are uncovered, not how many are covered: else it would pay to make
pairs that owe a review.

By complementary slackness the candidates are few: at the certificate's prices every pair has a loss, and the
total falls short of the bound by exactly the losses of the pairs made, the people left out and the places
left free. The program over them (`joint_program`) is solved by column generation; its relaxation bounds all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from matching.assignment import AssignmentResult
from matching.certificate import reassigned
from matching.flow import NOBODY
from matching.joint_program import JointProgram, Pool, Terms
from matching.problem import AssignmentProblem, Ints
from matching.program import Optimum
from matching.progress import Progress, silent
from matching.review_kinds import NONE, ReviewKinds
from matching.reviewers import Reviewers

#: Above so many pairs the reviews are planned after the assignment, not with it.
MOST_PAIRS = 2_000
#: Candidates that are held at all, and with which the program begins.
MOST_CANDIDATES, FIRST = 2_000_000, 40_000
#: Candidates that join at once, and the most of a whole-number program.
JOINING, MOST_WHOLE = 20_000, 60_000
TOLERANCE = 1e-6
#: The share of the work at which a long solve says that it goes on.
SOLVING = 0.6

Way = Literal["joint", "nothing owed", "all covered", "too many", "unproved"]


@dataclass(frozen=True, eq=False)
class Joint:
    """result: the assignment; its certificate holds, with the points given up as its gap. way: "joint", or
    why the reviews follow the assignment as it was: nothing is owed, all is covered anyway, there are too
    many pairs, or the total is not proved. before, uncovered: owed reviews, without the sample, that no
    expert can do, with the assignment as it was and as it is. given_up: points of the total. changed: mentees
    with another mentor, or none, now. gap: no assignment within the promise betters `worth` x uncovered +
    given_up by more (with worth 0: uncovered by more). None: not counted, or not known."""

    result: AssignmentResult
    way: Way
    before: int | None
    uncovered: int | None
    given_up: int
    changed: int
    gap: int | None


def choose_jointly(
    problem: AssignmentProblem,
    result: AssignmentResult,
    asked: Reviewers,
    *,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Joint:
    """An assignment as good as `result` whose reviews are covered best; the same input gives the same one
    unless `time_limit` (seconds) ends it. Raises whatever `progress` raises, also in a long solve."""
    run = _Run(problem, result, asked, time_limit, progress or silent)
    run.progress(0.0, "reviews")
    if result.matched > MOST_PAIRS:
        return Joint(result, "too many", None, None, 0, 0, None)
    before, owed = asked.uncovered(result.mentor)
    if not before:
        return Joint(result, "all covered" if owed else "nothing owed", 0, 0, 0, 0, 0)
    if not result.proved:
        return Joint(result, "unproved", before, before, 0, 0, None)
    pool = run.pool(asked.worth * before)
    if pool is None:
        return Joint(result, "too many", before, before, 0, 0, None)
    return run.better(*pool, before)


class _Run:
    """One choice: holds what its steps share."""

    def __init__(
        self,
        problem: AssignmentProblem,
        result: AssignmentResult,
        asked: Reviewers,
        time_limit: float | None,
        progress: Progress,
    ) -> None:
        self.problem, self.result, self.asked, self.progress = problem, result, asked, progress
        self.deadline = None if time_limit is None else time.monotonic() + time_limit
        proof = result.certificate
        self.price = np.array(proof["prices"], dtype=np.int64)
        self.minimum_price = np.array(proof["minimum_prices"], dtype=np.int64)
        self.place = self.price - self.minimum_price + proof["matched_price"]
        self.floor = max(0, result.worst) if "worst" in proof["objective"] else 0

    def pool(self, most: int) -> tuple[Pool, Terms] | None:
        """The pairs that lose at most so much; None when they are too many."""
        gain = np.zeros(self.problem.shape[0], dtype=np.int64)
        parts, size = [], 0
        for start, scores in self.problem.blocks():
            allowed = (scores >= self.floor) & (self.problem.capacity > 0)
            gains = np.where(allowed, scores - self.place, np.iinfo(np.int64).min // 2)
            best = np.maximum(gains.max(axis=1), 0)
            gain[start : start + len(scores)] = best
            row, column = np.nonzero(gains >= (best - most)[:, None])
            parts.append((row + start, column, (best[:, None] - gains)[row, column]))
            size += len(row)
            if size > MOST_CANDIDATES:
                return None
        mentee, mentor, loss = (np.concatenate(one) for one in zip(*parts, strict=True))
        kinds = self.asked.kinds(mentee, mentor)
        pairs = Pool(mentee, mentor, loss, kinds.of[: len(mentee)], self.result.mentor[mentee] == mentor)
        return pairs, self._terms(gain, kinds, len(mentee))

    def _terms(self, gain: Ints, kinds: ReviewKinds, pairs: int) -> Terms:
        standing = kinds.of[pairs:]
        return Terms(
            gain=gain,
            price=self.price,
            minimum_price=self.minimum_price,
            capacity=self.problem.capacity,
            least=self.problem.least,
            matched=self.result.matched,
            able=kinds.able,
            free=self.asked.free,
            due=np.bincount(standing[standing != NONE], minlength=len(kinds.able)).astype(np.int64),
            worth=self.asked.worth or 1,
            spare=self.asked.worth > 0,
        )

    def better(self, pool: Pool, terms: Terms, before: int) -> Joint:
        """The best choice from the pool, which holds every pair that a better assignment could have."""
        self.progress(0.1, "reviews")
        relaxed = self._generated(pool, terms)
        if relaxed is None:
            return Joint(self.result, "joint", before, before, 0, 0, before * terms.worth)
        program, optimum = relaxed
        stood = terms.cost(before, 0, 0)
        found, bound = program.chosen(optimum), optimum.value + program.constant()
        if found is None:
            self.progress(0.5, "reviews")
            found, bound = self._whole(pool, program, optimum, stood)
        return self._told(found, terms, bound, before)

    def _generated(self, pool: Pool, terms: Terms) -> tuple[JointProgram, Optimum] | None:
        """The relaxation over the whole pool, by pairs that would better it; None when time ran out."""
        taken = _first(pool)
        while True:
            program = JointProgram(terms, pool.at(np.flatnonzero(taken)))
            optimum = program.program.solve(self._remaining(), watch=self._watch)
            if optimum is None:
                return None
            reduced = np.where(taken, np.inf, program.reduced(pool, optimum.duals))
            joining = np.argsort(reduced, kind="stable")[:JOINING]
            joining = joining[reduced[joining] < -TOLERANCE]
            if not len(joining):
                return program, optimum
            taken[joining] = True

    def _whole(
        self, pool: Pool, program: JointProgram, relaxed: Optimum, stood: int
    ) -> tuple[Ints | None, float]:
        """The best whole choice from the pairs that any better one than `stood` could have, and a bound."""
        lower = relaxed.value + program.constant()
        reduced = program.reduced(pool, relaxed.duals)
        near = np.flatnonzero((reduced <= stood - lower + TOLERANCE) | pool.stood)
        is_all = len(near) <= MOST_WHOLE
        if not is_all:
            near = np.sort(near[np.lexsort((reduced[near], ~pool.stood[near]))[:MOST_WHOLE]])
        whole = JointProgram(program.terms, pool.at(near), whole=True)
        optimum = whole.program.solve(self._remaining(), watch=self._watch)
        if optimum is None:
            return None, lower
        return whole.chosen(optimum), max(lower, optimum.bound + whole.constant()) if is_all else lower

    def _told(self, found: Ints | None, terms: Terms, bound: float, before: int) -> Joint:
        result, uncovered, lost = self.result, before, 0
        if found is not None:
            other, now = self._reassigned(found), self.asked.uncovered(found)[0]
            loss = result.total - other.total
            if terms.cost(now, loss, 0) < terms.cost(before, 0, 0):
                result, uncovered, lost = other, now, loss
        changed = int((result.mentor != self.result.mentor).sum())
        # The number of changes stands below one step of what counts.
        least = int(np.ceil(bound - 1e-3)) // terms.scale
        gap = max(0, terms.worth * uncovered + lost - least)
        return Joint(result, "joint", before, uncovered, lost, changed, gap)

    def _reassigned(self, mentor: Ints) -> AssignmentResult:
        made: list[int] = []
        for start, scores in self.problem.blocks():
            own = mentor[start : start + len(scores)]
            rows = np.flatnonzero(own != NOBODY)
            made.extend(scores[rows, own[rows]].tolist())
        worst, total = min(made, default=NOBODY), sum(made)
        proof = reassigned(self.result.certificate, mentor, worst, total)
        return replace(
            self.result, mentor=mentor, worst=worst, total=total, proved=proof["proved"], certificate=proof
        )

    def _watch(self) -> None:
        self.progress(SOLVING, "reviews")

    def _remaining(self) -> float | None:
        return None if self.deadline is None else max(0.01, self.deadline - time.monotonic())


def _first(pool: Pool) -> NDArray[np.bool_]:
    """The pairs to begin with: those that stand, and the ones that lose least, without a review before those
    with one."""
    if len(pool) <= FIRST:
        return np.ones(len(pool), dtype=bool)
    order = np.lexsort((pool.mentor, pool.kind != NONE, pool.loss, ~pool.stood))
    taken = np.zeros(len(pool), dtype=bool)
    taken[order[:FIRST]] = True
    return taken
