from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel

from lti_tool.web.pair_times import Clock, for_all, span_for_all

MOMENT = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        (
            [Clock("Ana", "America/New_York")],
            "Thursday 26 November, 15:30 your time, 09:30 for Ana",
        ),
        ([Clock("Ana", "Africa/Lagos")], "Thursday 26 November, 15:30 for you both"),
        (
            [Clock("Ana", "Pacific/Auckland")],
            "Thursday 26 November, 15:30 your time, Friday 27 November, 03:30 for Ana",
        ),
        (
            [Clock("Ana", "Africa/Lagos"), Clock("Bo", "Europe/London")],
            "Thursday 26 November, 15:30 your time, 14:30 for Bo",
        ),
        (
            [Clock("Ana", "Africa/Lagos"), Clock("Bo", "Europe/Paris")],
            "Thursday 26 November, 15:30 for you all",
        ),
    ],
)
def test_a_time_is_said_by_everybodys_clock(others: list[Clock], sentence: str) -> None:
    assert for_all(MOMENT, "Europe/Madrid", others) == sentence


def test_a_stretch_is_said_from_beginning_to_end() -> None:
    end = MOMENT.replace(hour=16)
    said = span_for_all(MOMENT, end, "Europe/Madrid", [Clock("Ana", "America/New_York")])
    assert said == "Thursday 26 November, 15:30 to 17:30 your time, 09:30 to 11:30 for Ana"
