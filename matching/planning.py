"""One run from people to a plan: scores, assignment, reasons, and the experts' checkpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from matching.assignment import FAIR, AssignmentResult, assign
from matching.checkpoints import ReviewSlot
from matching.joint import Joint, choose_jointly
from matching.left_out import LeftOut, explain_left_out
from matching.people import Expert, Person
from matching.problem import AssignmentProblem, Ints, ScoreSource
from matching.progress import Progress, part, silent
from matching.reasons import Pair, pair_reasons, shared_topics
from matching.review_needs import ReviewNeed, ReviewPolicy, review_owed
from matching.reviewers import Reviewers
from matching.rules import Rules
from matching.scoring import ScoreMatrix, score_matrix


@dataclass(frozen=True, eq=False)
class Plan:
    """pairs, left_out: by mentee id. idle: ids of mentors with places who got nobody. reviews: the owed
    checkpoints. needs: why each of these is owed, in the same order. joint: how far they
    were chosen with the pairs. result: the assignment whose rows and
    columns are `people_problem`'s. summary: counts: mentees, mentors, places, matched, left_out, idle, worst,
    total, bound, proved (0 or 1), reviews_due, reviews_covered."""

    pairs: tuple[Pair, ...]
    left_out: tuple[LeftOut, ...]
    idle: tuple[int, ...]
    reviews: tuple[ReviewSlot, ...]
    needs: tuple[ReviewNeed, ...]
    joint: Joint
    result: AssignmentResult
    summary: Mapping[str, int]


def people_problem(mentees: Sequence[Person], mentors: Sequence[Person], rules: Rules) -> AssignmentProblem:
    """The assignment problem of these people, rows and columns in order of id: what `plan` solves and what
    its certificate is to be verified against. Raises ValueError naming mentees or mentors."""
    matrix = score_matrix(by_id(mentees), by_id(mentors), rules)
    return AssignmentProblem(matrix, *loads(by_id(mentors)))


def loads(mentors: Sequence[Person]) -> tuple[list[int], list[int] | None]:
    """Their capacities and minimum loads; None where nobody has one."""
    least = [person.minimum for person in mentors]
    return [person.capacity for person in mentors], least if any(least) else None


def plan(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    experts: Sequence[Expert],
    rules: Rules,
    *,
    weeks: int = 12,
    policy: ReviewPolicy | None = None,
    worth: int = 0,
    objective: tuple[str, ...] = FAIR,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Match mentees with mentors and give every pair that owes a review an expert and a week.

    The order in which people are given does not matter. weeks: length of the window of reviews. policy: which
    pairs owe one; those on a topic of `rules.high_risk` where it is None. worth: points of the total that a
    review may cost, see `choose_jointly`. objective: the stages, as in `assign`. time_limit: seconds for the
    assignment, again for choosing it with the reviews, and for these. Raises ValueError naming the field (an
    empty list, an id twice, weeks, worth, objective), and whatever `progress` raises.
    """
    if weeks < 1:
        raise ValueError("weeks: the window must have at least one week")
    report = progress or silent
    report(0.0, "scores")
    mentees, mentors = by_id(mentees), by_id(mentors)
    problem = people_problem(mentees, mentors, rules)
    result = assign(problem, objective, time_limit=time_limit, progress=part(report, 0.05, 0.7))
    policy = policy or ReviewPolicy(rules.high_risk)
    asked = Reviewers(mentees, mentors, experts, policy, weeks, worth)
    joint = choose_jointly(problem, result, asked, time_limit=time_limit, progress=part(report, 0.7, 0.8))
    result = joint.result
    pairs = made_pairs(mentees, mentors, rules, problem.scores, result.mentor)
    left_out = explain_left_out(mentees, mentors, rules, problem, result.mentor)
    needs, reviews = review_owed(
        pairs,
        experts,
        policy,
        weeks=weeks,
        time_limit=time_limit,
        progress=part(report, 0.85, 1.0),
    )
    idle = idle_mentors(mentors, result.mentor)
    report(1.0, "done")
    summary = _summary(mentees, mentors, left_out, idle, reviews, result)
    return Plan(pairs, left_out, idle, reviews, needs, joint, result, summary)


def by_id(people: Sequence[Person]) -> list[Person]:
    """People in the order of the engine's rows and columns."""
    return sorted(people, key=lambda person: person.id)


def made_pairs(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    rules: Rules,
    matrix: ScoreSource,
    mentor: Ints,
    only: Collection[int] | None = None,
) -> tuple[Pair, ...]:
    """The pairs of an assignment (n,), -1 = nobody, of people in the order of their ids; with `only`, those
    of these rows. matrix: `score_matrix` of the same people."""
    assert isinstance(matrix, ScoreMatrix)
    taken = Counter(mentor.tolist())
    return tuple(
        _pair(mentees[row], mentors[column], rules, matrix.parts(row, column), taken[column])
        for row, column in enumerate(mentor.tolist())
        if column >= 0 and (only is None or row in only)
    )


def _pair(mentee: Person, mentor: Person, rules: Rules, parts: dict[str, int], taken: int) -> Pair:
    topic = shared_topics(mentee, mentor)[0]
    reasons = pair_reasons(mentee, mentor, taken, rules)
    return Pair(mentee.id, mentor.id, topic, sum(parts.values()), reasons, parts)


def idle_mentors(mentors: Sequence[Person], mentor: Ints) -> tuple[int, ...]:
    """Ids of those with places who got nobody."""
    busy = set(mentor.tolist())
    return tuple(person.id for column, person in enumerate(mentors) if person.capacity and column not in busy)


def _summary(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    left_out: Sequence[LeftOut],
    idle: Sequence[int],
    reviews: Sequence[ReviewSlot],
    result: AssignmentResult,
) -> dict[str, int]:
    return {
        "mentees": len(mentees),
        "mentors": len(mentors),
        "places": sum(person.capacity for person in mentors),
        "matched": result.matched,
        "left_out": len(left_out),
        "idle": len(idle),
        "worst": result.worst,
        "total": result.total,
        "bound": result.bound,
        "proved": int(result.proved),
        "reviews_due": len(reviews),
        "reviews_covered": sum(slot.expert is not None for slot in reviews),
    }
