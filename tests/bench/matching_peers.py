"""The matching engine beside its peers: same scores, one run, each method in a process of its own.

Instances: people drawn with a seed. 64 topics with popularity 1/rank; a mentee wants 2 to 4, a mentor offers
3 to 8, at levels 1 to 3. Three to six days of one time window of 5 to 9.5 hours in one of seven zones;
English and one of five languages. A quarter as many mentors as mentees; places, 1.05, 1 and 0.76 times the
mentees, are dealt to mentors at random. Ours also makes the worst-off as well off as possible, and proves it.

Times are processor seconds, so that they hold on a busy machine, with one thread for each method. Peak memory
is that of the process, with Python, NumPy, the people and the scores in it. "passes" is the time by that of
making all scores once; "rows scored / n" counts the rows that were really scored.

All sizes take about ten minutes on two cores. BENCH_SIZES="200 1000" picks sizes; BENCH_SLOW=1 also runs the
methods that need minutes.
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
from tests.bench import expert_peers, joint_reviews, matching_rivals
from tests.bench.matching_instances import CAPACITY, instance

Scores = NDArray[np.int64]
Method = Callable[[Scores, NDArray[np.int64]], NDArray[np.int64]]

SEEDS = (1, 2, 3)
SIZES = (200, 1_000, 10_000)
OURS = ("ours", "ours, no worst-off")
#: Methods that take too long above this many mentees, unless BENCH_SLOW is set.
LIMITS = {
    "scipy linear_sum_assignment": 1_000,
    "scipy sparse": 1_000,
    "PyPI matching": 200,
    "PyPI mentor-match": 200,
}
#: Above this many mentees the others get the first seed only.
ALL_SEEDS = 1_000
TIMEOUT = 900
HEADINGS = ("mentees x mentors", "places", "method", "runs", "unmatched", "worst-off", "total", "seconds")
MORE = ("time / ours", "passes", "rows scored / n", "MB", "MB / ours")


def run() -> None:
    """Print one row for each size, capacity and method: medians over the seeds. Then the experts."""
    sizes = [int(size) for size in os.environ.get("BENCH_SIZES", "").split()] or SIZES
    print(f"| {' | '.join(HEADINGS + MORE)} |")
    print(f"|{'---|' * len(HEADINGS + MORE)}")
    for size in sizes:
        for name in CAPACITY:
            _print_rows(size, name)
    expert_peers.run()
    joint_reviews.run()


def _print_rows(size: int, capacity: str) -> None:
    slow = "BENCH_SLOW" in os.environ
    wanted = [name for name in METHODS if slow or size <= LIMITS.get(name, size)]
    ours: dict[int, dict[str, float] | None] = {}
    for name in wanted:
        seeds = SEEDS if name in OURS or size <= ALL_SEEDS else SEEDS[:1]
        outcomes = {seed: _apart(name, size, capacity, seed) for seed in seeds}
        ours = ours or outcomes
        print(
            f"| {size:,} x {size // 4:,} | {capacity} | {name} | {_cells(outcomes, ours, size)}", flush=True
        )


def _cells(
    outcomes: dict[int, dict[str, float] | None], ours: dict[int, dict[str, float] | None], size: int
) -> str:
    done = [outcome for outcome in outcomes.values() if outcome is not None]
    if len(done) < len(outcomes):
        return "did not finish, or is not installed |" + " |" * (len(HEADINGS + MORE) - 4)
    beside = [one for seed in outcomes if (one := ours[seed]) is not None]
    value = {field: _median(done, field) for field in done[0]}
    ratio = {
        field: np.median([a[field] / b[field] for a, b in zip(done, beside, strict=True)])
        for field in ("seconds", "mb")
    }
    return (
        f"{len(done)} | {size - value['matched']:,.0f} | {value['worst']:,.0f} | {value['total']:,.0f} "
        f"| {value['seconds']:.2f} | {ratio['seconds']:.2f} | {value['passes']:.1f} | {value['rows']:.1f} "
        f"| {value['mb']:,.0f} | {ratio['mb']:.2f} |"
    )


def _median(outcomes: list[dict[str, float]], field: str) -> float:
    return float(np.median([outcome[field] for outcome in outcomes]))


def _apart(method: str, size: int, capacity: str, seed: int) -> dict[str, float] | None:
    """Run one method on one instance in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.matching_peers", method, str(size), capacity, str(seed)]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    try:
        ran = subprocess.run(
            command, capture_output=True, check=True, timeout=TIMEOUT, env=os.environ | threads
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    outcome: dict[str, float] = json.loads(ran.stdout)
    return outcome


class _Counted:
    """Scores whose rows are counted as they are made."""

    def __init__(self, matrix: matching.ScoreMatrix) -> None:
        self._matrix, self.shape, self.rows = matrix, matrix.shape, 0

    def block(self, start: int, stop: int) -> NDArray[np.int16]:
        self.rows += stop - start
        return self._matrix.block(start, stop)


def _measure(method: str, size: int, share: float, seed: int) -> dict[str, float]:
    mentees, mentors, capacity = instance(size, share, seed)
    matrix = _Counted(matching.score_matrix(mentees, mentors, matching.Rules()))
    one_pass = float(np.median([_pass(matrix, capacity) for _ in range(3)]))
    matrix.rows = 0
    measured = (
        _ours(matrix, capacity, method) if method in OURS else _other(matrix, capacity, method, one_pass)
    )
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    return {**measured, "mb": peak, "passes": measured["seconds"] / one_pass, "rows": matrix.rows / size}


def _pass(matrix: _Counted, capacity: NDArray[np.int64]) -> float:
    started = _seconds()
    for _ in matching.AssignmentProblem(matrix, capacity).blocks():
        pass
    return _seconds() - started


def _ours(matrix: _Counted, capacity: NDArray[np.int64], method: str) -> dict[str, float]:
    stages = ("matched", "worst", "total") if method == OURS[0] else ("matched", "total")
    random = np.random.default_rng(0)  # a first small run, so that nothing is imported within the time
    matching.assign(matching.AssignmentProblem(random.integers(0, 9_999, (400, 100)), np.full(100, 4)))
    started = _seconds()
    result = matching.assign(matching.AssignmentProblem(matrix, capacity), stages)
    seconds = _seconds() - started
    if not result.proved:
        raise RuntimeError("unproved")
    return {"matched": result.matched, "worst": result.worst, "total": result.total, "seconds": seconds}


def _other(matrix: _Counted, capacity: NDArray[np.int64], method: str, one_pass: float) -> dict[str, float]:
    scores = matrix.block(0, matrix.shape[0]).astype(np.int64)
    started = _seconds()
    mentor = METHODS[method](scores, capacity)
    seconds = _seconds() - started + one_pass  # ours makes its scores within its time
    made = scores[np.flatnonzero(mentor >= 0), mentor[mentor >= 0]]
    worst, total = int(made.min(initial=10_000)), int(made.sum())
    return {"matched": len(made), "worst": worst, "total": total, "seconds": seconds}


def _seconds() -> float:
    """Processor seconds of this process and of those that it waited for."""
    used = [resource.getrusage(kind) for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _none(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    raise NotImplementedError  # ours is measured from the people on, not from a whole matrix


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
    "ours": _none,
    "ours, no worst-off": _none,
    "scipy linear_sum_assignment": _scipy,
    "scipy sparse": _scipy_sparse,
    "OR-tools min-cost flow": matching_rivals.or_tools,
    "greedy": matching_rivals.greedy,
    "Gale-Shapley": matching_rivals.gale_shapley,
    "PyPI matching": matching_rivals.pypi_matching,
    "PyPI mentor-match": matching_rivals.mentor_match,
}

if __name__ == "__main__":
    wanted, people, places, drawn = sys.argv[1:]
    print(json.dumps(_measure(wanted, int(people), CAPACITY[places], int(drawn))))
