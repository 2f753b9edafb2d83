"""A plan for a cohort in mid-life: running pairs stand where they can, and the rest is found around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.amend import Amended, amend
from matching.checkpoints import ReviewSlot
from matching.flow import NOBODY
from matching.left_out import LeftOut, explain_left_out
from matching.people import Expert, Person
from matching.planning import by_id, idle_mentors, loads, made_pairs
from matching.problem import EXCLUDED, AssignmentProblem, Ints, Scores, ScoreSource
from matching.progress import Progress, part, silent
from matching.reasons import Pair, Reason
from matching.review_needs import ReviewNeed, ReviewPolicy, review_owed
from matching.rules import Rules
from matching.scoring import score_matrix
from matching.ties import Ties, side_rules


@dataclass(frozen=True)
class PersonChange:
    """A `Change` by ids; None = nobody."""

    mentee: int
    before: int | None
    after: int | None
    kind: str


@dataclass(frozen=True, eq=False)
class AmendedPlan:
    """pairs: those that are new. changes: what becomes different, by mentee id. left_out: who has nobody
    then. idle, reviews, needs: as in `Plan`, the reviews of new pairs only. amended: all that was found."""

    pairs: tuple[Pair, ...]
    changes: tuple[PersonChange, ...]
    left_out: tuple[LeftOut, ...]
    idle: tuple[int, ...]
    reviews: tuple[ReviewSlot, ...]
    needs: tuple[ReviewNeed, ...]
    amended: Amended


def plan_amended(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    experts: Sequence[Expert],
    rules: Rules,
    before: Mapping[int, int],
    ties: Ties | None = None,
    *,
    most_changes: int | None = None,
    weeks: int = 12,
    policy: ReviewPolicy | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> AmendedPlan:
    """Match with as little disturbance as possible; see `amend` for the order of the goals. Within
    `most_changes`, too, no running pair is disturbed for a better fit alone.

    before: mentee -> mentor of the running pairs, all among these people. Such a pair may go on whatever its
    two people share by now; only `rules.excluded`, a lock or a lack of places ends it. weeks, policy: as in
    `plan`, for the new pairs. Reasons of somebody left out are those of `LeftOut`, and undisturbed: there
    would be room if more running pairs might change, or a tie gave way. Raises as `amend`.
    """
    report = progress or silent
    report(0.0, "scores")
    mentees, mentors = by_id(mentees), by_id(mentors)
    matrix = score_matrix(mentees, mentors, rules)
    stood = _columns(mentees, mentors, before)
    problem = AssignmentProblem(_Standing(matrix, _allowed(mentees, mentors, stood, rules)), *loads(mentors))
    side = side_rules(ties or Ties(), mentees, mentors, locks=True)
    found = amend(
        problem,
        stood,
        locks=side.locks,
        together=side.together,
        apart=side.apart,
        most_changes=most_changes,
        only_needed=True,
        time_limit=time_limit,
        progress=part(report, 0.05, 0.8),
    )
    fresh = {change.mentee for change in found.changes if change.after != NOBODY}
    pairs = made_pairs(mentees, mentors, rules, matrix, found.mentor, fresh)
    needs, reviews = review_owed(
        pairs,
        experts,
        policy or ReviewPolicy(rules.high_risk),
        weeks=weeks,
        time_limit=time_limit,
        progress=part(report, 0.85, 1.0),
    )
    left_out = tuple(_left_out(mentees, mentors, rules, problem, found.mentor))
    report(1.0, "done")
    changes = tuple(
        PersonChange(mentees[one.mentee].id, _id(mentors, one.before), _id(mentors, one.after), one.kind)
        for one in found.changes
    )
    return AmendedPlan(pairs, changes, left_out, idle_mentors(mentors, found.mentor), reviews, needs, found)


class _Standing:
    """Scores in which a running pair is possible whatever it shares: 0 at the least."""

    def __init__(self, scores: ScoreSource, stood: Ints) -> None:
        self._scores, self._stood = scores, stood

    @property
    def shape(self) -> tuple[int, int]:
        return self._scores.shape

    def block(self, start: int, stop: int) -> Scores:
        scores = self._scores.block(start, stop).copy()
        rows = np.flatnonzero(self._stood[start:stop] != NOBODY)
        columns = self._stood[start + rows]
        scores[rows, columns] = np.maximum(scores[rows, columns], EXCLUDED + 1)
        return scores


def _columns(mentees: Sequence[Person], mentors: Sequence[Person], before: Mapping[int, int]) -> Ints:
    columns = {one.id: column for column, one in enumerate(mentors)}
    if not before.keys() <= {one.id for one in mentees} or not set(before.values()) <= columns.keys():
        raise ValueError("before: somebody is not among the people")
    stood = [columns[before[one.id]] if one.id in before else NOBODY for one in mentees]
    return np.array(stood, dtype=np.int64)


def _allowed(mentees: Sequence[Person], mentors: Sequence[Person], stood: Ints, rules: Rules) -> Ints:
    """The running pairs that nobody ruled out."""
    ruled_out = [
        column != NOBODY and (mentees[row].id, mentors[column].id) in rules.excluded
        for row, column in enumerate(stood.tolist())
    ]
    return np.where(ruled_out, NOBODY, stood)


def _left_out(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    rules: Rules,
    problem: AssignmentProblem,
    mentor: Ints,
) -> list[LeftOut]:
    explained = explain_left_out(mentees, mentors, rules, problem, mentor)
    return [
        LeftOut(one.person, Reason("undisturbed", {})) if _has_room(one.reason) else one for one in explained
    ]


def _has_room(reason: Reason) -> bool:
    return reason.kind == "no_room" and reason.params["competing"] <= reason.params["places"]


def _id(mentors: Sequence[Person], column: int) -> int | None:
    return None if column == NOBODY else mentors[column].id
