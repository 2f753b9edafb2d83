"""The services of the cast's platform, answered by the test."""

from collections.abc import Iterator

import pytest
import responses

TOKEN_URL = "https://lms.example/token"


@pytest.fixture
def outside() -> Iterator[responses.RequestsMock]:
    """Everything outside the tool; what a test does not announce cannot be reached."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def lms(outside: responses.RequestsMock) -> responses.RequestsMock:
    """The outside, where the platform gives tokens for whatever is asked."""
    outside.post(TOKEN_URL, json={"access_token": "t-1", "token_type": "Bearer", "expires_in": 3600})
    return outside
