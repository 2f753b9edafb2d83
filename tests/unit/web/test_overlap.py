from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.web.overlap import FreeWeek, Stretch, exists, is_ambiguous, proposals, stretches

MONDAY, TUESDAY, SUNDAY = 0, 1, 6


def hours(day: int, first: float, last: float) -> frozenset[int]:
    return frozenset(range(day * 48 + int(first * 2), day * 48 + int(last * 2)))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_two_people_in_one_zone_share_what_both_marked() -> None:
    ana = FreeWeek(hours(MONDAY, 18, 21), "Europe/Madrid")
    bo = FreeWeek(hours(MONDAY, 19, 22), "Europe/Madrid")
    found = stretches([ana, bo], utc("2026-11-23T00:00"), utc("2026-11-30T00:00"))
    assert found == [Stretch(utc("2026-11-23T18:00"), utc("2026-11-23T20:00"))]


def test_the_shared_hour_moves_when_only_one_zone_changes_its_clocks() -> None:
    # Lagos keeps its time; Madrid leaves summer time on Sunday 25 October 2026.
    madrid = FreeWeek(hours(MONDAY, 18, 21), "Europe/Madrid")
    lagos = FreeWeek(hours(MONDAY, 18, 21), "Africa/Lagos")
    before = stretches([madrid, lagos], utc("2026-10-19T00:00"), utc("2026-10-20T00:00"))
    after = stretches([madrid, lagos], utc("2026-10-26T00:00"), utc("2026-10-27T00:00"))
    assert before == [Stretch(utc("2026-10-19T17:00"), utc("2026-10-19T19:00"))]
    assert after == [Stretch(utc("2026-10-26T17:00"), utc("2026-10-26T20:00"))]


def test_the_hour_that_clocks_jump_over_is_nobodys_free_time() -> None:
    # In Madrid 02:00 to 03:00 does not exist on Sunday 29 March 2026.
    night = FreeWeek(hours(SUNDAY, 1, 4), "Europe/Madrid")
    found = stretches([night], utc("2026-03-28T12:00"), utc("2026-03-29T12:00"))
    assert found == [Stretch(utc("2026-03-29T00:00"), utc("2026-03-29T02:00"))]


def test_the_hour_that_comes_twice_is_free_twice() -> None:
    # In Madrid 02:00 to 03:00 comes twice on Sunday 25 October 2026.
    night = FreeWeek(hours(SUNDAY, 2, 3), "Europe/Madrid")
    found = stretches([night], utc("2026-10-24T12:00"), utc("2026-10-25T12:00"))
    assert found == [Stretch(utc("2026-10-25T00:00"), utc("2026-10-25T02:00"))]


def test_zones_a_quarter_of_an_hour_apart_still_meet() -> None:
    nepal = FreeWeek(hours(TUESDAY, 12, 14), "Asia/Kathmandu")
    london = FreeWeek(hours(TUESDAY, 6, 8), "Europe/London")
    found = stretches([nepal, london], utc("2026-11-24T00:00"), utc("2026-11-25T00:00"))
    assert found == [Stretch(utc("2026-11-24T06:15"), utc("2026-11-24T08:00"))]


def test_people_on_both_sides_of_the_date_line_meet_on_different_days() -> None:
    auckland = FreeWeek(hours(TUESDAY, 8, 10), "Pacific/Auckland")
    los_angeles = FreeWeek(hours(MONDAY, 11, 13), "America/Los_Angeles")
    found = stretches([auckland, los_angeles], utc("2026-11-22T00:00"), utc("2026-11-29T00:00"))
    assert found == [Stretch(utc("2026-11-23T19:00"), utc("2026-11-23T21:00"))]


def test_nobody_shares_nothing() -> None:
    assert stretches([], utc("2026-11-23T00:00"), utc("2026-11-30T00:00")) == []


def test_a_proposal_leaves_room_for_the_whole_session() -> None:
    week = FreeWeek(hours(MONDAY, 18, 19.5), "UTC")
    starts = proposals([week], utc("2026-11-23T00:00"), utc("2026-11-24T00:00"), minutes=60, limit=12)
    assert starts == [utc("2026-11-23T18:00"), utc("2026-11-23T18:30")]


def test_what_is_booked_already_is_not_proposed() -> None:
    week = FreeWeek(hours(MONDAY, 18, 20), "UTC")
    taken = [Stretch(utc("2026-11-23T18:30"), utc("2026-11-23T19:00"))]
    starts = proposals(
        [week], utc("2026-11-23T00:00"), utc("2026-11-24T00:00"), minutes=60, limit=12, taken=taken
    )
    assert starts == [utc("2026-11-23T19:00")]


def test_a_few_proposals_are_spread_over_all_days() -> None:
    week = FreeWeek(frozenset().union(*(hours(day, 9, 17) for day in range(5))), "UTC")
    starts = proposals([week], utc("2026-11-23T00:00"), utc("2026-12-07T00:00"), minutes=60, limit=10)
    assert len({start.date() for start in starts}) == 10


def test_proposals_begin_at_quarters_of_an_hour_even_when_now_cuts_a_stretch() -> None:
    week = FreeWeek(hours(MONDAY, 18, 20), "UTC")
    starts = proposals([week], utc("2026-11-23T18:07:30"), utc("2026-11-24T00:00"), minutes=30, limit=12)
    assert starts[0] == utc("2026-11-23T18:15")


@pytest.mark.parametrize(
    ("local", "there", "twice"),
    [
        ("2026-03-29T02:30", False, False),
        ("2026-10-25T02:30", True, True),
        ("2026-11-23T02:30", True, False),
    ],
)
def test_times_of_the_nights_in_which_clocks_change_are_recognised(
    local: str, there: bool, twice: bool
) -> None:
    moment = datetime.fromisoformat(local)
    assert exists(moment, "Europe/Madrid") is there
    assert is_ambiguous(moment, "Europe/Madrid") is twice


ZONES = ["UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]
WEEKS = st.builds(FreeWeek, st.frozensets(st.integers(0, 335), max_size=60), st.sampled_from(ZONES))


@given(WEEKS, WEEKS, st.integers(0, 364))
def test_in_every_shared_quarter_both_clocks_show_a_free_half_hour(
    one: FreeWeek, other: FreeWeek, offset: int
) -> None:
    begin = utc("2026-01-01T00:00") + timedelta(days=offset)
    for stretch in stretches([one, other], begin, begin + timedelta(days=7)):
        moment = stretch.start
        while moment < stretch.end:
            for week in (one, other):
                local = moment.astimezone(ZoneInfo(week.zone))
                assert local.weekday() * 48 + local.hour * 2 + local.minute // 30 in week.slots
            moment += timedelta(minutes=15)


@given(WEEKS, WEEKS, st.sampled_from([30, 45, 60, 90]))
def test_both_people_are_offered_the_same_hours_whoever_asks(
    one: FreeWeek, other: FreeWeek, minutes: int
) -> None:
    begin, end = utc("2026-10-20T00:00"), utc("2026-11-03T00:00")
    ours = proposals([one, other], begin, end, minutes=minutes, limit=1000)
    theirs = proposals([other, one], begin, end, minutes=minutes, limit=1000)
    assert sorted(ours) == sorted(theirs)
