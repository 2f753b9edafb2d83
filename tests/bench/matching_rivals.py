"""Methods of others, and simple ones, on a whole matrix of scores.

OR-tools and the packages `matching` and `mentor-match` are optional. OR-tools cannot share a process with
HiGHS, and both packages are imported as `matching`, like our own: so OR-tools and `matching` live in an
environment whose Python is BENCH_PYTHON, `mentor-match` in that of BENCH_MENTOR_MATCH. Without them their
rows say so.
"""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.int64]


def greedy(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """The best pair that is left, again and again."""
    mentor = np.full(len(scores), -1, dtype=np.int64)
    left = capacity.tolist()
    flat = scores.ravel()
    allowed = np.flatnonzero(flat >= 0)
    for place in allowed[np.argsort(-flat[allowed], kind="stable")].tolist():
        row, column = divmod(place, scores.shape[1])
        if mentor[row] < 0 and left[column]:
            mentor[row] = column
            left[column] -= 1
    return mentor


def gale_shapley(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """Mentees propose in the order of their scores; mentors keep the best (Gale and Shapley 1962)."""
    wishes = np.argsort(-scores, axis=1, kind="stable").astype(np.int32)
    mentor = np.full(len(scores), -1, dtype=np.int64)
    asked = np.zeros(len(scores), dtype=np.int64)
    held: list[list[tuple[int, int]]] = [[] for _ in capacity]
    waiting = list(range(len(scores)))
    while waiting:
        row = waiting.pop()
        if asked[row] == scores.shape[1]:
            continue
        column = int(wishes[row, asked[row]])
        asked[row] += 1
        if scores[row, column] < 0:
            continue
        held[column].append((int(scores[row, column]), -row))
        mentor[row] = column
        if len(held[column]) > capacity[column]:
            weakest = min(held[column])
            held[column].remove(weakest)
            mentor[-weakest[1]] = -1
            waiting.append(-weakest[1])
    return mentor


_OR_TOOLS = """
import sys, numpy as np
from ortools.graph.python import min_cost_flow
with np.load(sys.argv[1]) as given:
    scores, capacity = given["scores"], given["capacity"]
n, m = scores.shape
row, column = np.nonzero(scores >= 0)
flow = min_cost_flow.SimpleMinCostFlow()
flow.add_arcs_with_capacity_and_unit_cost(
    row.astype(np.int32), (n + column).astype(np.int32), np.ones(len(row), dtype=np.int64),
    -(scores[row, column].astype(np.int64)))
flow.add_arcs_with_capacity_and_unit_cost(
    np.arange(n, n + m, dtype=np.int32), np.full(m, n + m, dtype=np.int32), capacity,
    np.zeros(m, dtype=np.int64))
flow.add_arcs_with_capacity_and_unit_cost(
    np.arange(n, dtype=np.int32), np.full(n, n + m, dtype=np.int32), np.ones(n, dtype=np.int64),
    np.full(n, 10_000 * n, dtype=np.int64))
flow.set_nodes_supplies(np.r_[np.arange(n), n + m].astype(np.int32), np.r_[np.ones(n), -n].astype(np.int64))
assert flow.solve() == flow.OPTIMAL
used = flow.flows(np.arange(len(row))) > 0
mentor = np.full(n, -1)
mentor[row[used]] = column[used]
np.save(sys.argv[2], mentor)
"""
_MATCHING = """
import sys, numpy as np
from matching.games import HospitalResident
with np.load(sys.argv[1]) as given:
    scores, capacity = given["scores"], given["capacity"]
def order(line, room):
    return [int(k) for k in np.argsort(-line, kind="stable") if line[k] >= 0 and room[k]]
wishes = {i: order(row, capacity) for i, row in enumerate(scores)}
ranks = {j: order(scores[:, j], np.ones(len(scores))) for j in range(len(capacity)) if capacity[j]}
wishes = {i: w for i, w in wishes.items() if w}
ranks = {j: r for j, r in ranks.items() if r}
game = HospitalResident.create_from_dictionaries(wishes, ranks, {j: int(capacity[j]) for j in ranks})
mentor = np.full(len(scores), -1)
for hospital, residents in game.solve().items():
    for resident in residents:
        mentor[resident.name] = hospital.name
np.save(sys.argv[2], mentor)
"""
_MENTOR_MATCH = """
import sys, numpy as np
from matching import process
from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.rules import rule
with np.load(sys.argv[1]) as given:
    scores, capacity = given["scores"], given["capacity"]
class Score(rule.Rule):
    def apply(self, match):
        return int(scores[int(match.mentee.email[1:]), int(match.mentor.email[1:])])
def apart(match):
    return Score().apply(match) < 0
mentors = [Mentor(grade=1, email=f"m{j}") for j in np.flatnonzero(capacity)]
mentees = [Mentee(grade=0, email=f"e{i}") for i in range(len(scores))]
process.process_data(mentors, mentees, [[Score(), rule.Disqualify(apart)]])
mentor = np.full(len(scores), -1)
for row, mentee in enumerate(mentees):
    for other in mentee.mentors:
        mentor[row] = int(other.email[1:])
np.save(sys.argv[2], mentor)
"""


def or_tools(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """Dense min-cost flow; nobody costs more than every score. Its own process."""
    return _elsewhere("BENCH_PYTHON", _OR_TOOLS, scores, capacity)


def pypi_matching(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """HospitalResident of the package `matching`, mentees optimal."""
    return _elsewhere("BENCH_PYTHON", _MATCHING, scores, capacity)


def mentor_match(scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """One round of `mentor-match`: it gives each mentor one mentee a round."""
    return _elsewhere("BENCH_MENTOR_MATCH", _MENTOR_MATCH, scores, capacity)


def _elsewhere(python_of: str, code: str, scores: Scores, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    python = os.environ[python_of]
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder, "given.npz"), Path(folder, "found.npy")
        np.savez(given, scores=scores, capacity=capacity)
        subprocess.run([python, "-c", code, given, found], check=True, capture_output=True, cwd=folder)
        mentor: NDArray[np.int64] = np.load(found)
        return mentor
