from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from lti_tool.db import clock
from lti_tool.outbox import delivery
from lti_tool.settings import Settings
from tests.conftest import make_settings
from tests.integration.outbox.loopback import ScriptedStore, scripted_store
from tests.integration.outbox.mortal_workers import Mortals
from tests.lrs import npm_packages, record_store

__all__ = ["npm_packages", "record_store"]

Deliver = Callable[..., Counter[str]]


@pytest.fixture
def store() -> Iterator[ScriptedStore]:
    with scripted_store() as running:
        yield running


@pytest.fixture
def lrs_endpoint(store: ScriptedStore) -> str | None:
    """Which record store the tool is set to; modules that need another one say so."""
    return store.endpoint


@pytest.fixture
def people() -> str:
    """How statements name people."""
    return "account"


@pytest.fixture
def settings(database_url: str, lrs_endpoint: str | None, people: str) -> Settings:
    return make_settings(
        database_url,
        allow_loopback=True,
        lrs_endpoint=lrs_endpoint,
        lrs_username="test",
        lrs_password="test",
        xapi_people=people,
    )


@pytest.fixture(scope="session")
def mortals(project: Path) -> Iterator[Mortals]:
    """The parent of workers that may be killed: loaded once for all tests."""
    parent = Mortals(project)
    yield parent
    parent.end()


@pytest.fixture
def deliver(app: Flask) -> Deliver:
    """Do the worker's delivery once, as if some time had passed."""

    def run(after: timedelta = timedelta()) -> Counter[str]:
        with app.app_context(), clock.at(clock.now() + after):
            return delivery.deliver_due()

    return run
