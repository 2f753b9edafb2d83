"""A registered platform whose keys can be fetched, for every conformance test."""

from collections.abc import Iterator

import pytest
import responses
from sqlalchemy.orm import Session

from tests.lms import Lms


@pytest.fixture
def outside() -> Iterator[responses.RequestsMock]:
    """Everything outside the tool; what a test does not announce cannot be reached."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def lms(session: Session, outside: responses.RequestsMock) -> Lms:
    platform = Lms()
    platform.register(session)
    platform.publish(outside)
    return platform
