"""The two formulas, worked by hand."""

from datetime import UTC, date, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rooms.reports import measure


def test_a_whole_month_counts_one_and_parts_count_by_their_days() -> None:
    months = measure.months(date(2026, 10, 5), date(2027, 1, 3), today=date(2026, 12, 15))
    assert [month.share for month in months] == [Fraction(27, 31), 1, Fraction(15, 31)]
    assert measure.length(months) == Fraction(73, 31)


def test_a_month_ends_where_the_next_begins_in_utc() -> None:
    december = measure.months(date(2026, 12, 1), date(2027, 1, 31), today=date(2027, 1, 31))[0]
    assert december.begins == datetime(2026, 12, 1, tzinfo=UTC)
    assert december.ends == datetime(2027, 1, 1, tzinfo=UTC)


def test_no_month_is_counted_before_the_first_day_or_after_the_last() -> None:
    assert measure.months(date(2026, 10, 5), date(2027, 1, 3), today=date(2026, 10, 4)) == []
    ended = measure.months(date(2026, 10, 5), date(2026, 10, 9), today=date(2027, 5, 1))
    assert measure.length(ended) == Fraction(5, 31)


def test_the_rate_is_percent_of_the_headcount() -> None:
    assert measure.engagement_rate(9, 24) == Fraction(75, 2)
    assert measure.engagement_rate(0, 0) is None


def test_the_frequency_is_per_person_and_month() -> None:
    assert measure.learning_frequency(12, 4, Fraction(3, 2)) == 2
    assert measure.learning_frequency(0, 0, Fraction(1)) is None
    assert measure.learning_frequency(3, 1, Fraction(0)) is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 800), st.integers(-10, 900))
def test_months_cover_each_day_once_and_in_order(first: date, days: int, later: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    today = date.fromordinal(first.toordinal() + later)
    months = measure.months(first, last, today)
    covered = [day for month in months for day in range(month.first.toordinal(), month.last.toordinal() + 1)]
    assert covered == list(range(first.toordinal(), min(last, today).toordinal() + 1))
    assert all(0 < month.share <= 1 for month in months)
