from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.outbox import delivery
from lti_tool.settings import Settings
from tests.cast import Cast
from tests.conftest import make_settings
from tests.integration.outbox import story
from tests.integration.outbox.gradebook import Gradebook, open_gradebook
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


@pytest.fixture
def gradebook(session: Session, cast: Cast) -> Iterator[Gradebook]:
    with open_gradebook(session, cast) as opened:
        yield opened


@pytest.fixture
def mentorship(session: Session, cast: Cast) -> models.Mentorship:
    engine.begin_write(session)
    made = story.pair_up(session, cast)
    engine.commit(session)
    return made
