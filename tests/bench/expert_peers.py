"""Experts' reviews: ours beside HiGHS, through PuLP, on the model that one would write first.

Drawn with a seed: 2,000 pairs that all owe a review, on one of 64 topics of popularity 1/rank; 40 experts who
are qualified for 8 to 16 topics and have half an hour to four hours a week; 12 weeks.

The naive model has a yes or no for each pair, expert and week, counts reviews first and nearness to the
middle of the window second. Ours besides spreads the reviews evenly over the experts.
"""

import os
from typing import NamedTuple

import numpy as np
import pulp

import matching
from tests.bench.matching_instances import TOPICS

SIZES = (2_000, 40, 12)
SEEDS = (1, 2, 3)
#: What a review is worth beside a week's distance, and the most seconds for HiGHS.
WORTH, PATIENCE = 1_000, 180


class Owed(NamedTuple):
    mentee: int
    mentor: int
    topic: int


def run() -> None:
    """Print one row for each seed."""
    print("\n| pairs x experts x weeks | seed | covered, ours | HiGHS | seconds, ours | HiGHS | ratio |")
    print("|---|---|---|---|---|---|---|")
    for seed in SEEDS:
        pairs, experts = _instance(seed)
        matching.review(pairs[:5], experts, range(TOPICS), weeks=SIZES[2])
        started = _seconds()
        slots = matching.review(pairs, experts, range(TOPICS), weeks=SIZES[2])
        ours = _seconds() - started
        covered = sum(slot.expert is not None for slot in slots)
        started = _seconds()
        theirs = _naive(pairs, experts)
        naive = _seconds() - started
        sizes = " x ".join(f"{size:,}" for size in SIZES)
        print(
            f"| {sizes} | {seed} | {covered:,} | {theirs} | {ours:.1f} | {naive:.1f} | {ours / naive:.2f} |",
            flush=True,
        )


def _instance(seed: int) -> tuple[list[Owed], list[matching.Expert]]:
    random = np.random.default_rng(seed)
    pairs, experts, _ = SIZES
    share = 1 / np.arange(1, TOPICS + 1)
    topics = random.choice(TOPICS, pairs, p=share / share.sum())
    owed = [Owed(row, pairs + row, int(topic)) for row, topic in enumerate(topics)]
    people = []
    for number in range(experts):
        known = random.choice(TOPICS, int(random.integers(8, 17)), replace=False, p=share / share.sum())
        hours = float(random.integers(1, 9)) / 2
        people.append(matching.Expert(3 * pairs + number, frozenset(known.tolist()), hours))
    return owed, people


def _naive(pairs: list[Owed], experts: list[matching.Expert]) -> str:
    """Reviews that HiGHS covers; a note instead when it had found no optimum at its limit of wall time."""
    weeks = range(1, SIZES[2] + 1)
    problem = pulp.LpProblem("reviews", pulp.LpMaximize)
    by_pair: dict[int, list[object]] = {}
    by_week: dict[tuple[int, int], list[object]] = {}
    worth = []
    for row, pair in enumerate(pairs):
        for column, expert in enumerate(experts):
            if not expert.may_review(*pair):
                continue
            for week in weeks:
                chosen = problem.add_variable(f"x_{row}_{column}_{week}", 0, 1, pulp.LpBinary)
                by_pair.setdefault(row, []).append(chosen)
                by_week.setdefault((column, week), []).append(chosen)
                worth.append((chosen, WORTH - abs(2 * week - SIZES[2] - 1) // 2))
    build = getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)  # from_list: PuLP 4
    problem += build(worth)
    for columns in by_pair.values():
        problem += build([(one, 1) for one in columns]) <= 1
    for (column, week), columns in by_week.items():
        problem += build([(one, 1) for one in columns]) <= experts[column].free_reviews(week)
    problem.solve(pulp.HiGHS(msg=False, timeLimit=PATIENCE))
    if problem.sol_status != pulp.LpSolutionOptimal:
        return "no optimum"
    covered = sum((one.varValue or 0) > 0.5 for columns in by_pair.values() for one in columns)  # type: ignore[attr-defined]
    return f"{covered:,}"


def _seconds() -> float:
    return sum(os.times()[:4])
