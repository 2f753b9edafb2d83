"""Small problems for the tests, and the answer found by trying every assignment."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st

import matching


@st.composite
def problems(draw: st.DrawFn, most: int = 5, minimum: bool = False) -> matching.AssignmentProblem:
    """Problems of up to `most` mentees and mentors with many ties, exclusions and full mentors."""
    mentees, mentors = draw(st.integers(1, most)), draw(st.integers(1, most))
    score = st.one_of(st.just(-1), st.integers(0, 4), st.integers(0, 10_000))
    scores = draw(
        st.lists(st.lists(score, min_size=mentors, max_size=mentors), min_size=mentees, max_size=mentees)
    )
    capacity = draw(st.lists(st.integers(0, 3), min_size=mentors, max_size=mentors))
    least = [draw(st.integers(0, min(1, places))) for places in capacity] if minimum else None
    return matching.AssignmentProblem(scores, capacity, least)


def dense(problem: matching.AssignmentProblem) -> np.typing.NDArray[np.int64]:
    return problem.scores.block(0, problem.shape[0]).astype(np.int64)


def loads(problem: matching.AssignmentProblem, mentor: Any) -> list[int]:
    return [list(mentor).count(column) for column in range(problem.shape[1])]


def best(
    problem: matching.AssignmentProblem, fair: bool = True, made: tuple[int, int] | None = None
) -> tuple[int, int, int, int] | None:
    """The best of all assignments as (matched, worst, total, -sum of squared loads), compared in that order;
    None when the minimum loads cannot be met. Without `fair`, worst is 0 throughout. `made`: a pair (row,
    column) that has to be among them."""
    scores, least = dense(problem), problem.least
    found = []
    for mentor in itertools.product(range(-1, problem.shape[1]), repeat=problem.shape[0]):
        load = loads(problem, mentor)
        pairs = [int(scores[row, column]) for row, column in enumerate(mentor) if column >= 0]
        within = all(low <= own <= high for low, own, high in zip(least, load, problem.capacity, strict=True))
        if within and -1 not in pairs and (made is None or mentor[made[0]] == made[1]):
            worst = min(pairs, default=-1) if fair else 0
            found.append((len(pairs), worst, sum(pairs), -sum(own * own for own in load)))
    return max(found, default=None)


def resealed(certificate: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A forged certificate: fields changed and the checksum made anew, as a forger would."""
    body = {name: value for name, value in (certificate | changes).items() if name != "checksum"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return body | {"checksum": hashlib.sha256(text.encode()).hexdigest()}


def numbers(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every number in plain JSON."""
    if isinstance(value, int) and not isinstance(value, bool):
        yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from numbers(inner, (*place, key))


def change_number(value: Any, place: tuple[Any, ...], change: int) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] += change


def random_problem(seed: int, mentees: int, mentors: int, places: int) -> matching.AssignmentProblem:
    """A problem in which about half of the pairs are excluded."""
    random = np.random.default_rng(seed)
    scores = random.integers(0, 10_001, (mentees, mentors))
    scores[random.random((mentees, mentors)) < 0.5] = -1
    return matching.AssignmentProblem(scores, [places] * mentors)
