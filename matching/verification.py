"""An independent check of a certificate: NumPy and the standard library, no line shared with the engine.

Every number a certificate states is computed anew from the problem and must agree. The mathematics is weak
duality: a cover bounds how many can be matched, and any prices bound the total, however they were found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matching.problem import AssignmentProblem

_VALUES = {"matched", "worst", "total", "bound", "proved"}
_PROOFS = {"matched_cover", "worst_cover", "prices", "minimum_prices", "matched_price"}
_FIELDS = {"version", "input", "objective", "mentor", "checksum"} | _VALUES | _PROOFS
_OBJECTIVES = (["matched", "worst", "total"], ["matched", "total"])
_CELLS = 1_000_000
_LARGEST = 10**12  # keeps sums over 100,000 people within 64 bits


@dataclass(frozen=True)
class Verification:
    """ok: everything the certificate states is true of this problem. gap: greatest possible total minus the
    total, in score points, 0 is optimal; None when the check ended before it was known. reason: "optimal"
    (ok, every stage is optimal), "unproved" (ok, but the run was stopped early), or the first field that is
    wrong: "malformed", "version", "checksum", "objective", "input", "mentor", "matched", "worst", "total",
    "matched_cover", "worst_cover", "bound", "proved"."""

    ok: bool
    gap: int | None
    reason: str


class _WrongError(Exception):
    pass


def verify(
    problem: AssignmentProblem,
    certificate: Mapping[str, Any],
    progress: Callable[[float, str], None] | None = None,
) -> Verification:
    """Check a certificate against the problem it speaks of. Never raises for a bad certificate.

    progress: called with the share of the scores that was looked at (0.0 to 1.0) and "checking", before each
    block of scores and at the end; what it raises passes through.
    """
    gap: int | None = None
    try:
        _check_form(certificate, problem)
        seen = _look(problem, certificate, progress or (lambda _share, _stage: None))
        gap = _check_assignment(problem, certificate, seen)
        _check_covers(problem, certificate, seen)
        tight = _check_bound(problem, certificate, seen)
    except _WrongError as wrong:
        return Verification(False, gap, str(wrong))
    return Verification(True, gap, "optimal" if tight else "unproved")


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise _WrongError(reason)


# Form


def _check_form(certificate: Mapping[str, Any], problem: AssignmentProblem) -> None:
    mentees, mentors = problem.scores.shape
    _require(isinstance(certificate, Mapping) and set(certificate) == _FIELDS, "malformed")
    _require(_is_int(certificate["version"]) and certificate["version"] == 1, "version")
    numbers = ("matched", "worst", "total", "bound", "matched_price")
    _require(all(_is_int(certificate[name]) for name in numbers), "malformed")
    _require(all(abs(certificate[name]) <= _LARGEST**2 for name in numbers), "malformed")
    _require(all(isinstance(certificate[name], str) for name in ("input", "checksum")), "malformed")
    _require(abs(certificate["matched_price"]) <= _LARGEST, "malformed")
    _require(isinstance(certificate["proved"], bool), "malformed")
    _require(_are_ints(certificate["mentor"], -1, mentors - 1, mentees), "malformed")
    for name in ("prices", "minimum_prices"):
        _require(_are_ints(certificate[name], 0, _LARGEST, mentors), "malformed")
    _require(_is_cover(certificate["matched_cover"], mentors), "malformed")
    _check_worst_form(certificate["worst_cover"], mentors)
    _require(certificate["objective"] in _OBJECTIVES, "objective")
    _require(certificate["checksum"] == _checksum(certificate), "checksum")


def _check_worst_form(cover: object, mentors: int) -> None:
    if cover is None:
        return
    _require(isinstance(cover, Mapping) and set(cover) == {"kind", "mentors"}, "malformed")
    assert isinstance(cover, Mapping)
    _require(cover["kind"] in ("capacity", "minimum") and _is_cover(cover["mentors"], mentors), "malformed")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_ints(values: object, least: int, most: int, length: int | None) -> bool:
    if not isinstance(values, list) or (length is not None and len(values) != length):
        return False
    return all(_is_int(value) and least <= value <= most for value in values)


def _is_cover(values: object, mentors: int) -> bool:
    return _are_ints(values, 0, mentors - 1, None) and len(set(values)) == len(values)  # type: ignore[call-overload,arg-type]


def _checksum(certificate: Mapping[str, Any]) -> str:
    body = {name: value for name, value in certificate.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


# One pass over the scores


@dataclass
class _Seen:
    """What one pass over all scores found."""

    made: list[int] = field(default_factory=list)  # score of each made pair; -1 where the pair is not allowed
    outside_matched: int = 0  # mentees with an allowed pair outside the matched cover
    outside_worst: int = 0  # mentees with a pair better than `worst` outside the worst cover
    gains: int = 0  # sum of the mentees' best score minus price
    digest: str = ""


def _look(
    problem: AssignmentProblem, certificate: Mapping[str, Any], progress: Callable[[float, str], None]
) -> _Seen:
    mentees, mentors = problem.scores.shape
    seen, digest = _Seen(), hashlib.sha256(b"matching-problem-2")
    digest.update(np.array([mentees, mentors], dtype="<i8").tobytes())
    digest.update(np.asarray(problem.capacity, dtype="<i8").tobytes())
    digest.update(_minimum(problem).astype("<i8").tobytes())
    look = _Look(problem, certificate, seen)
    step = max(1, _CELLS // mentors)
    for start in range(0, mentees, step):
        progress(start / mentees, "checking")
        stop = min(mentees, start + step)
        scores = np.asarray(problem.scores.block(start, stop))
        digest.update(scores.astype("<i2").tobytes())
        look.at(scores.astype(np.int64), start)
    progress(1.0, "checking")
    seen.digest = digest.hexdigest()
    return seen


class _Look:
    def __init__(self, problem: AssignmentProblem, certificate: Mapping[str, Any], seen: _Seen) -> None:
        mentors = problem.scores.shape[1]
        self.seen = seen
        self.places = np.asarray(problem.capacity) > 0
        self.mentor = np.array(certificate["mentor"], dtype=np.int64)
        self.worst = certificate["worst"]
        fair = "worst" in certificate["objective"]
        self.floor = max(0, self.worst) if fair else 0
        self.free_matched = _outside(certificate["matched_cover"], mentors)
        self.free_worst = _outside((certificate["worst_cover"] or {"mentors": []})["mentors"], mentors)
        price = np.array(certificate["prices"], dtype=np.int64)
        self.price = (
            price - np.array(certificate["minimum_prices"], dtype=np.int64) + certificate["matched_price"]
        )

    def at(self, scores: NDArray[np.int64], start: int) -> None:
        allowed = (scores >= 0) & self.places
        mentor = self.mentor[start : start + len(scores)]
        rows = np.flatnonzero(mentor >= 0)
        made = np.where(allowed[rows, mentor[rows]], scores[rows, mentor[rows]], -1)
        self.seen.made.extend(int(score) for score in made)
        self.seen.outside_matched += int((allowed & self.free_matched).any(axis=1).sum())
        better = allowed & (scores > self.worst) & self.free_worst
        self.seen.outside_worst += int(better.any(axis=1).sum())
        gains = np.where(allowed & (scores >= self.floor), scores - self.price, 0)
        self.seen.gains += int(np.maximum(gains.max(axis=1), 0).sum())


def _outside(cover: list[int], mentors: int) -> NDArray[np.bool_]:
    outside = np.ones(mentors, dtype=bool)
    outside[cover] = False
    return outside


def _minimum(problem: AssignmentProblem) -> NDArray[np.int64]:
    if problem.minimum is None:
        return np.zeros(problem.scores.shape[1], dtype=np.int64)
    return np.asarray(problem.minimum, dtype=np.int64)


# The statements


def _check_assignment(problem: AssignmentProblem, certificate: Mapping[str, Any], seen: _Seen) -> int:
    _require(certificate["input"] == seen.digest, "input")
    mentor = np.array(certificate["mentor"], dtype=np.int64)
    load = np.bincount(mentor[mentor >= 0], minlength=problem.scores.shape[1])
    within = bool((load <= np.asarray(problem.capacity)).all()) and bool((load >= _minimum(problem)).all())
    _require(within and all(score >= 0 for score in seen.made), "mentor")
    _require(certificate["matched"] == len(seen.made), "matched")
    _require(certificate["worst"] == min(seen.made, default=-1), "worst")
    _require(certificate["total"] == sum(seen.made), "total")
    return _bound(problem, certificate, seen) - int(certificate["total"])


def _check_covers(problem: AssignmentProblem, certificate: Mapping[str, Any], seen: _Seen) -> None:
    cover = _sum(problem.capacity, certificate["matched_cover"])
    _require(seen.outside_matched + cover == certificate["matched"], "matched_cover")
    worst = certificate["worst_cover"]
    if worst is None:
        return
    _require("worst" in certificate["objective"], "worst_cover")
    if worst["kind"] == "capacity":
        short = seen.outside_worst + _sum(problem.capacity, worst["mentors"]) < certificate["matched"]
    else:
        least = _minimum(problem)
        short = seen.outside_worst + _sum(least, worst["mentors"]) < int(least.sum())
    _require(short, "worst_cover")


def _check_bound(problem: AssignmentProblem, certificate: Mapping[str, Any], seen: _Seen) -> bool:
    bound = _bound(problem, certificate, seen)
    _require(certificate["bound"] == bound, "bound")
    needs_worst = "worst" in certificate["objective"] and certificate["matched"] > 0
    tight = bound == certificate["total"] and (certificate["worst_cover"] is not None or not needs_worst)
    _require(certificate["proved"] == tight, "proved")
    return tight


def _bound(problem: AssignmentProblem, certificate: Mapping[str, Any], seen: _Seen) -> int:
    """Sum of best gains, plus the price of every place, less what the minimum loads give back (weak
    duality)."""
    places = sum(int(c) * p for c, p in zip(problem.capacity, certificate["prices"], strict=True))
    back = sum(int(c) * p for c, p in zip(_minimum(problem), certificate["minimum_prices"], strict=True))
    total: int = seen.gains + places - back + certificate["matched_price"] * certificate["matched"]
    return total


def _sum(loads: NDArray[np.int64], mentors: list[int]) -> int:
    return sum(int(loads[j]) for j in mentors)
