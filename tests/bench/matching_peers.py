"""The matching engine beside its peers: same scores, one run, each method in a process of its own.

Instances: people drawn with a seed. 64 topics with popularity 1/rank; a mentee wants 2 to 4, a mentor offers
3 to 8, at levels 1 to 3. Three to six days of one time window of 5 to 9.5 hours in one of seven zones;
English and one of five languages. A quarter as many mentors as mentees; places, 1.05, 1 and 0.76 times the
mentees, are dealt to mentors at random. Ours also makes the worst-off as well off as possible, and proves it.

Times are processor seconds, so that they hold on a busy machine, with one thread for each method. Peak memory
is that of the process, with Python, NumPy and the scores in it.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

import matching
from tests.bench import matching_rivals
from tests.bench.matching_instances import CAPACITY, instance

Scores = NDArray[np.int64]
Method = Callable[[Scores, NDArray[np.int64]], NDArray[np.int64]]

SEEDS = (1, 2, 3)
SIZES = {200: SEEDS, 1_000: SEEDS, 10_000: (1,)}
#: Methods that do not finish in a sensible time above this many mentees.
LIMITS = {"scipy sparse": 1_000, "PyPI matching": 200}


def run() -> None:
    """Print one row for each size, capacity and method: medians over the seeds."""
    sizes = {int(size): SEEDS[:1] for size in os.environ.get("BENCH_SIZES", "").split()} or SIZES
    print("| mentees x mentors | places | method | matched | worst-off | total | time / ours | MB | passes |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size, seeds in sizes.items():
        for name in CAPACITY:
            _print_rows(size, name, seeds)


def _print_rows(size: int, capacity: str, seeds: tuple[int, ...]) -> None:
    wanted = [name for name in METHODS if size <= LIMITS.get(name, size)]
    runs = {name: [_apart(name, size, capacity, seed) for seed in seeds] for name in wanted}
    ours = _median(runs["ours"], "seconds")
    for name, outcomes in runs.items():
        if None in outcomes:
            print(f"| {size} x {size // 4} | {capacity} | {name} | did not finish | | | | | |", flush=True)
            continue
        values = {field: _median(outcomes, field) for field in ("matched", "worst", "total", "mb", "passes")}
        ratio = _median(outcomes, "seconds") / ours
        print(
            f"| {size} x {size // 4} | {capacity} | {name} | {values['matched']:.0f} | {values['worst']:.0f} "
            f"| {values['total']:,.0f} | {ratio:.2f} | {values['mb']:.0f} | {values['passes']:.1f} |",
            flush=True,
        )


def _median(outcomes: list[dict[str, float] | None], field: str) -> float:
    return float(np.median([outcome[field] for outcome in outcomes if outcome is not None]))


def _apart(method: str, size: int, capacity: str, seed: int) -> dict[str, float] | None:
    """Run one method on one instance in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.matching_peers", method, str(size), capacity, str(seed)]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    try:
        ran = subprocess.run(command, capture_output=True, check=True, timeout=900, env=os.environ | threads)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    outcome: dict[str, float] = json.loads(ran.stdout)
    return outcome


def _measure(method: str, size: int, share: float, seed: int) -> dict[str, float]:
    mentees, mentors, capacity = instance(size, share, seed)
    matrix = matching.score_matrix(mentees, mentors, matching.Rules())
    started = _seconds()
    for _ in matching.AssignmentProblem(matrix, capacity).blocks():
        pass
    one_pass = _seconds() - started
    if method.startswith("ours"):
        started = _seconds()
        stages = ("matched", "total") if method == "ours, no fairness" else ("matched", "worst", "total")
        result = matching.assign(matching.AssignmentProblem(matrix, capacity), stages)
        seconds = _seconds() - started
        if not result.proved:
            raise RuntimeError("unproved")
        figures = {"matched": result.matched, "worst": result.worst, "total": result.total}
    else:
        scores = matrix.block(0, size).astype(np.int64)
        started = _seconds()
        mentor = METHODS[method](scores, capacity)
        seconds = _seconds() - started + one_pass  # ours makes its scores within its time
        made = scores[np.flatnonzero(mentor >= 0), mentor[mentor >= 0]]
        figures = {"matched": len(made), "worst": int(made.min(initial=10_000)), "total": int(made.sum())}
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    return {**figures, "seconds": seconds, "mb": peak, "passes": seconds / one_pass}


def _seconds() -> float:
    """Processor seconds of this process and of those that it waited for."""
    return sum(os.times()[:4])


def _ours(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    raise NotImplementedError  # measured from the people on, not from a whole matrix


def _scipy(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """A column for each place; an excluded pair costs more than nobody."""
    slots = np.repeat(np.arange(len(capacity)), capacity)
    bonus = 10_000.0 * len(scores)  # one more match outweighs every score
    weights = np.where(scores < 0, 0.0, scores + bonus)[:, slots]
    rows, columns = linear_sum_assignment(weights, maximize=True)
    mentor = np.full(len(scores), -1, dtype=np.int64)
    real = scores[rows, slots[columns]] >= 0
    mentor[rows[real]] = slots[columns[real]]
    return mentor


def _scipy_sparse(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """All allowed pairs, a column for each place, and a place with nobody for each mentee."""
    slots = np.repeat(np.arange(len(capacity)), capacity)
    size, bonus = len(scores), 10_000.0 * len(scores)
    rows, columns = np.nonzero(scores[:, slots] >= 0)
    weight = np.concatenate([scores[rows, slots[columns]] + bonus, np.ones(size)])
    at = (np.r_[rows, np.arange(size)], np.r_[columns, len(slots) + np.arange(size)])
    graph = csr_array((weight, at), shape=(size, len(slots) + size))
    matched, place = min_weight_full_bipartite_matching(graph, maximize=True)
    mentor = np.full(size, -1, dtype=np.int64)
    mentor[matched[place < len(slots)]] = slots[place[place < len(slots)]]
    return mentor


METHODS: dict[str, Method] = {
    "ours": _ours,
    "ours, no fairness": _ours,
    "scipy linear_sum_assignment": _scipy,
    "scipy sparse": _scipy_sparse,
    "OR-tools min-cost flow": matching_rivals.or_tools,
    "greedy": matching_rivals.greedy,
    "Gale-Shapley": matching_rivals.gale_shapley,
    "PyPI matching": matching_rivals.pypi_matching,
}

if __name__ == "__main__":
    wanted, people, places, drawn = sys.argv[1:]
    print(json.dumps(_measure(wanted, int(people), CAPACITY[places], int(drawn))))
