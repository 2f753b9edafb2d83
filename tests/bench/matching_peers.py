"""The matching engine beside scipy's linear_sum_assignment and a greedy choice: same scores, one run.

Instances: people drawn with a seed, 16 topics with popularity 1/rank, 1 to 3 wanted and offered, three to
five free evenings in one of seven zones, English and perhaps a second language. Places are 1.25, 1 and 0.8
times the number of mentees. Ours also makes the worst-off as well off as possible, and proves all of it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

import matching

Scores = NDArray[np.int64]

TOPICS, SEEDS, SIZES = 16, (1, 2, 3), (200, 800)
ZONES = (
    "America/Sao_Paulo",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Kolkata",
    "Asia/Tokyo",
)
CAPACITY = {"enough": 1.25, "tight": 1.0, "short": 0.8}
WEEK_OF = date(2026, 11, 23)


@dataclass(frozen=True)
class Outcome:
    seconds: float
    matched: int
    worst: int
    total: int


def run() -> None:
    """Print one row an instance kind: medians over the seeds, times as ratios to scipy's."""
    print("| mentees | places | ours / scipy time | matched | worst-off | total, ours / scipy / greedy |")
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        for name, share in CAPACITY.items():
            print(_row(size, name, [_compare(size, share, seed) for seed in SEEDS]))


def _row(size: int, name: str, runs: list[dict[str, Outcome]]) -> str:
    def median(kind: str, field: str) -> float:
        return float(np.median([getattr(one[kind], field) for one in runs]))

    ratio = float(np.median([one["ours"].seconds / one["scipy"].seconds for one in runs]))
    figures = {
        field: " / ".join(f"{median(kind, field):,.0f}" for kind in ("ours", "scipy", "greedy"))
        for field in ("matched", "worst", "total")
    }
    return (
        f"| {size} | {name} | {ratio:.1f} | {figures['matched']} | {figures['worst']} | {figures['total']} |"
    )


def _compare(size: int, share: float, seed: int) -> dict[str, Outcome]:
    scores, capacity = _instance(size, share, seed)
    methods: dict[str, Callable[[Scores, list[int]], NDArray[np.int64]]] = {
        "ours": _ours,
        "scipy": _scipy,
        "greedy": _greedy,
    }
    return {name: _timed(method, scores, capacity) for name, method in methods.items()}


def _timed(
    method: Callable[[Scores, list[int]], NDArray[np.int64]], scores: Scores, capacity: list[int]
) -> Outcome:
    started = time.perf_counter()
    mentor = method(scores, capacity)
    seconds = time.perf_counter() - started
    made = scores[np.flatnonzero(mentor >= 0), mentor[mentor >= 0]]
    return Outcome(seconds, len(made), int(made.min(initial=10_000)), int(made.sum()))


def _instance(size: int, share: float, seed: int) -> tuple[Scores, list[int]]:
    random = np.random.default_rng(seed)
    mentors = size // 4
    capacity = np.bincount(random.integers(0, mentors, round(size * share)), minlength=mentors).tolist()
    learners = [_person(random, number, 0, is_mentor=False) for number in range(size)]
    teachers = [
        _person(random, size + number, places, is_mentor=True) for number, places in enumerate(capacity)
    ]
    matrix = matching.score_matrix(learners, teachers, matching.Rules())
    return matrix.block(0, size).astype(np.int64), capacity


def _person(random: np.random.Generator, number: int, places: int, *, is_mentor: bool) -> matching.Person:
    popularity = 1 / np.arange(1, TOPICS + 1)
    topics = random.choice(
        TOPICS, size=int(random.integers(1, 4)), replace=False, p=popularity / popularity.sum()
    )
    levels = {int(topic): int(random.integers(1, 4)) for topic in topics}
    days = random.choice(7, size=int(random.integers(3, 6)), replace=False)
    local = frozenset(int(day) * 48 + half for day in days for half in range(34, 44))
    week = matching.utc_week(local, str(random.choice(ZONES)), WEEK_OF)
    languages = frozenset({"en", str(random.choice(["es", "hi", "pt", "yo"]))})
    return matching.Person(
        number, {} if is_mentor else levels, levels if is_mentor else {}, week, languages, places
    )


def _ours(scores: Scores, capacity: list[int]) -> NDArray[np.int64]:
    result = matching.assign(matching.AssignmentProblem(scores, capacity))
    return np.asarray(result.mentor, dtype=np.int64)


def _scipy(scores: Scores, capacity: list[int]) -> NDArray[np.int64]:
    """Slots expanded, with as many empty slots as mentees; an excluded pair costs more than nobody."""
    slots = np.repeat(np.arange(len(capacity)), capacity)
    bonus = 10_000 * len(scores)  # one more match outweighs every score
    weights = np.where(scores < 0, -bonus, scores + bonus)[:, slots]
    padded = np.hstack([weights, np.zeros((len(scores), len(scores)), dtype=np.int64)])
    rows, columns = linear_sum_assignment(padded, maximize=True)
    mentor = np.full(len(scores), -1, dtype=np.int64)
    real = columns < len(slots)
    mentor[rows[real]] = slots[columns[real]]
    return mentor


def _greedy(scores: Scores, capacity: list[int]) -> NDArray[np.int64]:
    """The best pair that is left, again and again."""
    mentor = np.full(len(scores), -1, dtype=np.int64)
    left = list(capacity)
    for place in np.argsort(-scores, axis=None, kind="stable"):
        row, column = divmod(int(place), scores.shape[1])
        if scores[row, column] < 0:
            break
        if mentor[row] < 0 and left[column]:
            mentor[row] = column
            left[column] -= 1
    return mentor
