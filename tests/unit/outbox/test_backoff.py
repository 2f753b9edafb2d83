"""How long a message waits after a try that failed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.outbox.outcome import CAP, LONGEST_WAIT, backoff

attempts = st.integers(1, 10_000)
chances = st.floats(0, 1)


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 10), (2, 20), (5, 160), (9, 2560), (10, 3600), (99, 3600)]
)
def test_the_longest_wait_doubles_up_to_an_hour(tries: int, seconds: int) -> None:
    assert backoff(tries, None, chance=1.0) == timedelta(seconds=seconds)


@given(attempts, chances)
def test_a_wait_is_at_least_a_second_and_at_most_an_hour(tries: int, chance: float) -> None:
    assert timedelta(seconds=1) <= backoff(tries, None, chance) <= CAP


@given(attempts, st.floats(0, 1e9), chances)
def test_the_other_side_is_given_the_time_that_it_asks_for(tries: int, asked: float, chance: float) -> None:
    wait = backoff(tries, asked, chance)
    assert wait >= min(timedelta(seconds=asked), LONGEST_WAIT)


def test_without_a_chance_given_it_is_drawn() -> None:
    assert len({backoff(9, None) for _ in range(20)}) > 1
