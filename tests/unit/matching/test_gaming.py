"""What becomes of somebody who offers fewer hours than they have."""

from __future__ import annotations

import pytest

import matching
from tests.unit.matching.cast import ALGEBRA, EVENING, MORNING, mentee, mentor

RULES = matching.Rules()
BOTH = MORNING | EVENING
# Mentor 8 knows more; mentee 1 could have either, mentee 2 only mentor 8 where 1 does not need them.
MENTORS = [mentor(8, {ALGEBRA: 3}, MORNING), mentor(9, {ALGEBRA: 1}, EVENING)]
MENTEES = [mentee(1, {ALGEBRA: 3}, BOTH), mentee(2, {ALGEBRA: 3}, MORNING)]


def test_withholding_the_evening_gains_the_better_mentor_at_anothers_cost() -> None:
    tried = matching.fewer_hours(MENTEES, MENTORS, RULES, 1, MORNING)
    assert (tried.person, tried.withheld, tried.before, tried.after) == (1, len(EVENING), (9,), (8,))
    assert (tried.gain > 0, tried.matched) == (True, -1)


def test_the_search_finds_it_and_ends_with_done() -> None:
    heard: list[str] = []
    tries = matching.gaming_check(
        MENTEES, MENTORS, RULES, 1, progress=lambda _share, stage: heard.append(stage)
    )
    assert tries[0] == matching.fewer_hours(MENTEES, MENTORS, RULES, 1, MORNING)
    assert [one.gain for one in tries] == sorted((one.gain for one in tries), reverse=True)
    assert heard[-1] == "done"
    assert len(matching.gaming_check(MENTEES, MENTORS, RULES, 1, tries=1)) == 1


def test_the_search_can_be_stopped_within_each_of_its_matchings() -> None:
    heard: list[tuple[float, str]] = []

    def progress(share: float, stage: str) -> None:
        heard.append((share, stage))
        if len(heard) == stop:
            raise matching.Cancelled

    stop = 0
    tries = matching.gaming_check(MENTEES, MENTORS, RULES, 1, progress=progress)
    shares = [share for share, _stage in heard]
    assert shares == sorted(shares)
    # The matching under the truth, and one for each try.
    assert [stage for _share, stage in heard].count("total") == 1 + len(tries)
    within = [number for number, (_share, stage) in enumerate(heard, start=1) if stage == "total"]
    for stop in within:
        heard.clear()
        with pytest.raises(matching.Cancelled):
            matching.gaming_check(MENTEES, MENTORS, RULES, 1, progress=progress)
        assert len(heard) == stop


def test_a_mentor_who_offers_less_is_judged_by_the_truth() -> None:
    tries = matching.gaming_check(MENTEES, MENTORS, RULES, 8)
    assert tries
    assert all(one.gain <= 0 for one in tries)


def test_who_has_nothing_to_withhold_is_not_tried() -> None:
    short = [mentee(1, {ALGEBRA: 3}, frozenset({18}))]
    assert matching.gaming_check(short, MENTORS, RULES, 1) == ()


@pytest.mark.parametrize(("person", "week", "field"), [(7, MORNING, "person"), (2, EVENING, "week")])
def test_an_unknown_person_or_hours_never_offered_are_refused(
    person: int, week: frozenset[int], field: str
) -> None:
    with pytest.raises(ValueError, match=f"^{field}"):
        matching.fewer_hours(MENTEES, MENTORS, RULES, person, week)
