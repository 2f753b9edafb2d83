"""Assignments within quotas, couples, people kept apart and locks."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from matching import tied
from tests.unit.matching.instances import dense, loads, problems, random_problem


def holds(rules: matching.SideRules, mentor: tuple[int, ...]) -> bool:
    for quota in rules.quotas:
        columns = quota.mentors
        count = sum(mentor[row] >= 0 and (columns is None or mentor[row] in columns) for row in quota.mentees)
        if count < quota.least or (quota.most is not None and count > quota.most):
            return False
    return (
        all(mentor[one] == mentor[other] for one, other in rules.together)
        and not any(mentor[one] == mentor[other] >= 0 for one, other in rules.apart)
        and all(mentor[lock.mentee] == lock.mentor for lock in rules.locks)
    )


@st.composite
def side_rules(draw: st.DrawFn, mentees: int, mentors: int) -> matching.SideRules:
    rows, columns = st.integers(0, mentees - 1), st.integers(0, mentors - 1)
    couple = st.tuples(rows, rows).filter(lambda pair: pair[0] != pair[1])
    couples = st.lists(couple, max_size=1).map(tuple) if mentees > 1 else st.just(())
    quotas = []
    for _ in range(draw(st.integers(0, 2))):
        least = draw(st.integers(0, 1))
        most = draw(st.one_of(st.none(), st.integers(least, 2)))
        theirs = draw(st.one_of(st.none(), st.frozensets(columns, min_size=1)))
        quotas.append(matching.Quota(draw(st.frozensets(rows, min_size=1)), theirs, least, most, "those"))
    locks = draw(st.lists(st.builds(matching.Lock, rows, columns), max_size=1).map(tuple))
    return matching.SideRules(tuple(quotas), draw(couples), draw(couples), locks)


@settings(deadline=None, max_examples=60)
@given(problems(most=4), st.data(), st.booleans())
def test_no_assignment_within_the_rules_is_better(
    problem: matching.AssignmentProblem, data: st.DataObject, fair: bool
) -> None:
    rules = data.draw(side_rules(*problem.shape))
    scores, found = dense(problem), []
    for mentor in itertools.product(range(-1, problem.shape[1]), repeat=problem.shape[0]):
        made = [int(scores[row, column]) for row, column in enumerate(mentor) if column >= 0]
        within = all(own <= most for own, most in zip(loads(problem, mentor), problem.capacity, strict=True))
        if within and -1 not in made and holds(rules, mentor):
            found.append((len(made), min(made, default=-1) if fair else 0, sum(made)))
    if not found:
        with pytest.raises(matching.ImpossibleRules):
            matching.assign_within(problem, rules)
        return
    result = matching.assign_within(problem, rules, fair=fair)
    assert (result.matched, result.worst if fair else 0, result.total) == max(found)
    assert holds(rules, tuple(result.mentor.tolist()))
    assert result.proved


def test_few_pairs_at_a_time_find_what_all_at_once_find(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(3, mentees=50, mentors=16, places=4)
    rules = matching.SideRules(
        quotas=(matching.Quota(frozenset(range(0, 50, 2)), frozenset(range(8)), 15),),
        together=((0, 1), (4, 9)),
        apart=((2, 3),),
    )
    whole = matching.assign_within(problem, rules)
    monkeypatch.setattr(tied, "ALL_CELLS", 0)
    monkeypatch.setattr(tied, "FIRST", 3)
    few = matching.assign_within(problem, rules)
    assert (few.matched, few.worst, few.total) == (whole.matched, whole.worst, whole.total)
    assert few.proved
    assert whole.proved


def test_what_cannot_hold_is_named() -> None:
    problem = matching.AssignmentProblem([[5, 5], [-1, 5]], [1, 1])
    quota = matching.Quota(frozenset({1}), frozenset({0}), 1, name="section B")
    with pytest.raises(matching.ImpossibleRules) as caught:
        matching.assign_within(problem, matching.SideRules(quotas=(quota,)))
    assert caught.value.broken == ("section B",)


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (matching.SideRules(quotas=(matching.Quota(frozenset({9})),)), "quotas"),
        (matching.SideRules(quotas=(matching.Quota(frozenset({0}), None, 2, 1),)), "quotas"),
        (matching.SideRules(together=((0, 0),)), "together"),
        (matching.SideRules(apart=((0, 7),)), "apart"),
        (matching.SideRules(locks=(matching.Lock(0, 5),)), "locks"),
    ],
)
def test_rules_about_nobody_name_their_field(rules: matching.SideRules, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}"):
        matching.assign_within(matching.AssignmentProblem([[1], [1]], [2]), rules)
