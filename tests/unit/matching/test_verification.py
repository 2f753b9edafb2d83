"""A certificate is believed only where it is true."""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, settings

import matching
from matching import verification
from tests.unit.matching.instances import problems, random_problem, resealed

SCORES = [[900, 100, -1], [800, 700, 50], [600, -1, -1], [-1, -1, 40], [500, 300, -1]]
PROBLEM = matching.AssignmentProblem(SCORES, [1, 2, 1], [0, 1, 0])
CERTIFICATE = matching.assign(PROBLEM).certificate

# Each field with values that look plausible and are wrong.
FORGERIES: list[tuple[str, Any]] = [
    ("version", 2),
    ("version", True),
    ("input", "0" * 64),
    ("objective", ["matched", "total"]),
    ("objective", ["total"]),
    ("mentor", [0, 0, -1, 2, 1]),
    ("mentor", [1, 1, 0, 2, 0]),
    ("mentor", [1, 1, 0, 2]),
    ("mentor", [1, 1, 0, 0, -1]),
    ("mentor", [1, 1, 0, 3, -1]),
    ("matched", CERTIFICATE["matched"] + 1),
    ("matched", CERTIFICATE["matched"] - 1),
    ("worst", CERTIFICATE["worst"] + 1),
    ("worst", CERTIFICATE["worst"] - 1),
    ("total", CERTIFICATE["total"] + 1),
    ("total", float(CERTIFICATE["total"])),
    ("bound", CERTIFICATE["bound"] + 1),
    ("bound", CERTIFICATE["bound"] - 1),
    ("proved", False),
    ("proved", 1),
    ("matched_cover", []),
    ("matched_cover", [0, 0, 1, 2]),
    ("matched_cover", [7]),
    ("worst_cover", None),
    ("worst_cover", {"kind": "capacity", "mentors": [0, 1, 2]}),
    ("worst_cover", {"kind": "other", "mentors": []}),
    ("worst_cover", []),
    ("prices", [0, 0, 0]),
    ("prices", [-1, 0, 0]),
    ("prices", [10**30, 0, 0]),
    ("minimum_prices", [5, 5, 5]),
    ("minimum_prices", [0, 0]),
    ("matched_price", CERTIFICATE["matched_price"] + 10_000),
    ("matched_price", None),
]


def test_the_certificate_of_a_result_is_accepted_after_a_round_trip_through_json() -> None:
    verdict = matching.verify(PROBLEM, json.loads(json.dumps(CERTIFICATE)))
    assert (verdict.ok, verdict.gap, verdict.reason) == (True, 0, "optimal")


def test_the_forgeries_touch_every_field_but_the_checksum() -> None:
    assert {name for name, _ in FORGERIES} == set(CERTIFICATE) - {"checksum"}


@pytest.mark.parametrize(("name", "value"), FORGERIES)
def test_a_changed_field_is_rejected(name: str, value: Any) -> None:
    assert not matching.verify(PROBLEM, CERTIFICATE | {name: value}).ok


@pytest.mark.parametrize(("name", "value"), FORGERIES)
def test_a_changed_field_is_rejected_even_under_a_new_checksum(name: str, value: Any) -> None:
    assert not matching.verify(PROBLEM, resealed(CERTIFICATE, **{name: value})).ok


@pytest.mark.parametrize("name", sorted(CERTIFICATE))
def test_a_missing_field_is_rejected(name: str) -> None:
    short = {key: value for key, value in CERTIFICATE.items() if key != name}
    assert matching.verify(PROBLEM, short).reason == "malformed"


@pytest.mark.parametrize("junk", [{}, [], None, "certificate", 3, CERTIFICATE | {"more": 1}])
def test_something_that_is_no_certificate_is_rejected(junk: Any) -> None:
    assert matching.verify(PROBLEM, junk).reason == "malformed"


@pytest.mark.parametrize("name", sorted(CERTIFICATE))
def test_junk_in_any_field_is_rejected_and_never_raises(name: str) -> None:
    junk: Any
    for junk in (None, [], {}, "x", 1.5, [None], [[1]], [True], {"kind": []}, "ü", 10**400):
        assert not matching.verify(PROBLEM, CERTIFICATE | {name: junk}).ok, junk
        if name != "checksum":
            forged = resealed(CERTIFICATE, **{name: junk})
            assert not matching.verify(PROBLEM, forged).ok, junk


def test_a_certificate_of_another_problem_is_rejected() -> None:
    scores = copy.deepcopy(SCORES)
    scores[0][0] += 1
    other = matching.AssignmentProblem(scores, [1, 2, 1], [0, 1, 0])
    assert matching.verify(other, CERTIFICATE).reason == "input"


def test_a_worse_assignment_cannot_be_passed_off_as_proved() -> None:
    problem = matching.AssignmentProblem([[9, 8], [8, 9]], [1, 1])
    certificate = matching.assign(problem, ("matched", "total")).certificate
    forged = resealed(certificate, mentor=[1, 0], worst=8, total=16)
    verdict = matching.verify(problem, forged)
    assert (verdict.ok, verdict.gap, verdict.reason) == (False, 2, "proved")


def test_a_minimum_load_that_holds_the_worst_off_down_is_proved_and_not_forged() -> None:
    problem = matching.AssignmentProblem([[900, -1], [800, 10]], [2, 2], minimum=[0, 1])
    result = matching.assign(problem)
    assert (result.mentor.tolist(), result.worst) == ([0, 1], 10)
    assert result.certificate["worst_cover"] == {"kind": "minimum", "mentors": [0]}
    assert matching.verify(problem, result.certificate).reason == "optimal"
    for mentors in ([1], [0, 1]):
        claim = {"kind": "minimum", "mentors": mentors}
        assert (
            matching.verify(problem, resealed(result.certificate, worst_cover=claim)).reason == "worst_cover"
        )


def test_an_unfair_assignment_cannot_be_passed_off_as_fair() -> None:
    problem = matching.AssignmentProblem([[9_000, 3_000], [3_100, 2_000]], [1, 1])
    plain = matching.assign(problem, ("matched", "total")).certificate
    for cover in ([], [0], [1], [0, 1]):
        claim = {"kind": "capacity", "mentors": cover}
        forged = resealed(plain, objective=["matched", "worst", "total"], worst_cover=claim)
        assert not matching.verify(problem, forged).ok


@settings(deadline=None, max_examples=100)
@given(problems(most=6, minimum=True))
def test_every_result_carries_a_proof(problem: matching.AssignmentProblem) -> None:
    for objective in (("matched", "worst", "total"), ("matched", "total")):
        try:
            result = matching.assign(problem, objective)
        except matching.InfeasibleMinimum:
            reject()
        verdict = matching.verify(problem, result.certificate)
        assert (verdict.ok, verdict.gap, verdict.reason) == (True, 0, "optimal")


def test_a_proof_is_found_for_hundreds_of_people_with_minimum_loads() -> None:
    free = random_problem(4, mentees=300, mentors=60, places=6)
    problem = matching.AssignmentProblem(free.scores, free.capacity, [3] * 60)
    result = matching.assign(problem)
    assert matching.verify(problem, result.certificate).reason == "optimal"
    assert min(result.mentor.tolist().count(column) for column in range(60)) >= 3


def test_a_check_tells_how_far_it_is_and_can_be_stopped_between_two_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verification, "_CELLS", 1)
    heard: list[float] = []

    def progress(share: float, stage: str) -> None:
        assert stage == "checking"
        heard.append(share)
        if len(heard) == stop:
            raise matching.Cancelled

    stop = 0
    assert matching.verify(PROBLEM, CERTIFICATE, progress).reason == "optimal"
    assert heard == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    heard, stop = [], 3
    with pytest.raises(matching.Cancelled):
        matching.verify(PROBLEM, CERTIFICATE, progress)
    assert heard == [0.0, 0.2, 0.4]


def test_verification_imports_nothing_of_the_engine() -> None:
    tree = ast.parse(Path(verification.__file__).read_text(encoding="utf-8"))
    guarded = [node for node in tree.body if isinstance(node, ast.If)]
    typing_only = {id(inner) for node in guarded for inner in ast.walk(node)}
    imported = {
        name
        for node in ast.walk(tree)
        if id(node) not in typing_only
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {
        "__future__",
        "hashlib",
        "json",
        "collections.abc",
        "dataclasses",
        "typing",
        "numpy",
        "numpy.typing",
    }
