"""The grade rule by itself."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.outbox import participation

counts = st.integers(0, 200)
needs = st.integers(1, 60)
maxima = st.integers(1, 1000)


@pytest.mark.parametrize(
    ("confirmed", "needed", "maximum", "points"),
    [
        (0, 6, 100, "0.00"),
        (2, 6, 100, "33.33"),
        (4, 6, 100, "66.67"),
        (6, 6, 100, "100.00"),
        (9, 6, 100, "100.00"),
        (1, 8, 1, "0.13"),  # 0.125: half is rounded up
        (3, 8, 1, "0.38"),
        (5, 8, 1, "0.63"),
    ],
)
def test_points_are_the_share_of_sessions_rounded_half_up(
    confirmed: int, needed: int, maximum: int, points: str
) -> None:
    assert participation.rule(confirmed, needed, maximum).points == Decimal(points)


@given(counts, needs, maxima)
def test_points_lie_between_nothing_and_the_maximum(confirmed: int, needed: int, maximum: int) -> None:
    reckoning = participation.rule(confirmed, needed, maximum)
    assert 0 <= reckoning.points <= maximum
    assert reckoning.complete == (confirmed >= needed or reckoning.points == maximum)
    assert sum(part.points for part in reckoning.parts) == reckoning.points


@given(counts, needs, maxima)
def test_one_more_session_never_costs_points(confirmed: int, needed: int, maximum: int) -> None:
    fewer = participation.rule(confirmed, needed, maximum).points
    assert participation.rule(confirmed + 1, needed, maximum).points >= fewer
