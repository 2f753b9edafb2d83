"""Reviews chosen with the assignment, beside those planned after it.

2,000 learners and 500 mentors with tight capacity, drawn as in `matching_peers`. A third of the 64 topics is
of high risk, one mentor in five has no training; 40 experts who are qualified for 8 to 16 topics have time
for no, one or two reviews in each of 12 weeks.
"""

import os

import numpy as np

import matching
from tests.bench.matching_instances import CAPACITY, TOPICS, instance

SIZE, EXPERTS, WEEKS, RISKY = 2_000, 40, 12, 22
SEEDS = (1, 2, 3)
WORTHS = (0, 500)
"""Points of 10,000 that a review may cost."""


def run() -> None:
    """Print two rows for each seed."""
    print(
        "\n| pairs x experts x weeks | seed | a review may cost | owed | uncovered, after | jointly "
        "| points given up of | gap | seconds to assign | for the reviews |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for seed in SEEDS:
        learners, teachers, _ = instance(SIZE, CAPACITY["tight"], seed)
        started = _seconds()
        problem = matching.people_problem(learners, teachers, matching.Rules())
        result = matching.assign(problem)
        assigning = _seconds() - started
        for worth in WORTHS:
            asked = _asked(learners, teachers, seed, worth)
            started = _seconds()
            found = matching.choose_jointly(problem, result, asked)
            reviewing = _seconds() - started
            owed = asked.uncovered(result.mentor)[1]
            print(
                f"| {SIZE:,} x {EXPERTS} x {WEEKS} | {seed} | {worth} | {owed} | {found.before} "
                f"| {found.uncovered} | {found.given_up:,} of {result.total:,} | {found.gap} "
                f"| {assigning:.1f} | {reviewing:.1f} |",
                flush=True,
            )


def _asked(
    learners: list[matching.Person], teachers: list[matching.Person], seed: int, worth: int
) -> matching.Reviewers:
    random = np.random.default_rng(seed)
    share = 1 / np.arange(1, TOPICS + 1)
    experts = []
    for number in range(EXPERTS):
        known = random.choice(TOPICS, int(random.integers(8, 17)), replace=False, p=share / share.sum())
        hours = float(random.integers(0, 3)) / 2
        experts.append(matching.Expert(3 * SIZE + number, frozenset(known.tolist()), hours))
    risky = frozenset(random.choice(TOPICS, RISKY, replace=False).tolist())
    untrained = frozenset(one.id for one in teachers if random.random() < 0.2)
    policy = matching.ReviewPolicy(risky, untrained)
    return matching.Reviewers(learners, teachers, experts, policy, weeks=WEEKS, worth=worth)


def _seconds() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    run()
