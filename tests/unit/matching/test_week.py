"""Free half hours between a person's zone and UTC, also in the weeks in which clocks change."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import matching

WINTER, SUMMER = date(2026, 1, 14), date(2026, 7, 15)
SPRING_FORWARD, FALL_BACK = (
    date(2026, 3, 25),
    date(2026, 10, 21),
)  # Berlin changes on the Sunday of these weeks
MONDAY_9, SUNDAY = 18, 6 * 48


@pytest.mark.parametrize(
    ("zone", "on", "utc"),
    [
        ("UTC", WINTER, 18),
        ("Europe/Berlin", WINTER, 16),
        ("Europe/Berlin", SUMMER, 14),
        ("America/New_York", SUMMER, 26),
        ("Asia/Kolkata", WINTER, 7),
        ("Asia/Kathmandu", WINTER, 7),
        ("Pacific/Kiritimati", WINTER, 326),
    ],
)
def test_monday_nine_oclock_is_another_slot_in_each_zone(zone: str, on: date, utc: int) -> None:
    assert matching.utc_week({MONDAY_9}, zone, on) == {utc}


def test_the_week_runs_to_sunday_whatever_day_is_given() -> None:
    weeks = {matching.utc_week({SUNDAY + 30}, "Europe/Berlin", date(2026, 3, day)) for day in range(23, 30)}
    assert weeks == {frozenset({SUNDAY + 26})}


def test_an_hour_that_the_clocks_skip_is_left_out() -> None:
    night = {SUNDAY + 3, SUNDAY + 4, SUNDAY + 5, SUNDAY + 6}  # 01:30, 02:00, 02:30, 03:00
    assert matching.utc_week(night, "Europe/Berlin", SPRING_FORWARD) == {SUNDAY + 1, SUNDAY + 2}


def test_an_hour_that_comes_twice_is_free_both_times() -> None:
    assert matching.utc_week({SUNDAY + 4}, "Europe/Berlin", FALL_BACK) == {SUNDAY, SUNDAY + 2}
    assert matching.local_week({SUNDAY}, "Europe/Berlin", FALL_BACK) == frozenset()


@given(
    st.frozensets(st.integers(0, 335)),
    st.sampled_from(
        ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"]
    ),
    st.sampled_from([WINTER, SUMMER]),
)
def test_local_times_come_back_as_they_were(slots: frozenset[int], zone: str, on: date) -> None:
    there = matching.utc_week(slots, zone, on)
    assert len(there) == len(slots)
    assert matching.local_week(there, zone, on) == slots


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe", "\0"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match=r"^zone"):
        matching.utc_week({1}, zone, WINTER)


def test_a_slot_outside_the_week_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^local_slots"):
        matching.utc_week({336}, "UTC", WINTER)
    with pytest.raises(ValueError, match=r"^utc_slots"):
        matching.local_week({-1}, "UTC", WINTER)
