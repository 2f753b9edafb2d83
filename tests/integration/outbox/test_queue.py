"""The queue, of each kind: it wakes the worker, it may lose everything, and periodic work runs once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from huey import Huey
from huey.consumer import Consumer
from sqlalchemy.orm import Session

from lti_tool import periodic, worker
from lti_tool.app import create_app
from lti_tool.db import engine
from lti_tool.db.engine import db
from lti_tool.outbox import ledger
from lti_tool.settings import Settings
from tests.cast import Cast
from tests.conftest import make_settings
from tests.databases import PostgreSQLDatabases
from tests.integration.outbox import story
from tests.integration.outbox.loopback import ScriptedStore
from tests.integration.outbox.test_faults import assert_each_arrived_once

SECONDS = 30
"""Until somebody is woken; usually one."""


@pytest.fixture
def queue_url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    kind: str = request.param
    if kind == "postgresql":
        databases: PostgreSQLDatabases = request.getfixturevalue("postgresql_databases")
        with closing_connections(monkeypatch):
            yield databases.empty().replace("postgresql+psycopg:", "postgresql:")
    elif kind == "redis":
        yield request.getfixturevalue("redis_url")
    else:
        yield f"sqlite:///{tmp_path / 'queue.db'}"


@contextmanager
def closing_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The queue opens one for each thread and leaves it to the end of the process."""
    made: list[psycopg.Connection[Any]] = []
    connect = psycopg.connect

    def noted(*args: Any, **options: Any) -> psycopg.Connection[Any]:
        made.append(connect(*args, **options))
        return made[-1]

    monkeypatch.setattr(psycopg, "connect", noted)
    yield
    for one in made:
        one.close()


@pytest.fixture
def settings(database_url: str, lrs_endpoint: str, queue_url: str) -> Settings:
    return make_settings(database_url, allow_loopback=True, lrs_endpoint=lrs_endpoint, queue_url=queue_url)


@pytest.fixture
def other_machine(settings: Settings, app: Flask) -> Iterator[Flask]:
    """The same tool once more, as on a machine that only works."""
    made = create_app(settings)
    made.extensions["queue"].flush()
    yield made
    with made.app_context():
        db.engine.dispose()
    made.extensions["queue"].storage.close()


@contextmanager
def consuming(queue: Huey) -> Iterator[None]:
    """The queue's own consumer, with one thread, without periodic work."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    consumer = Consumer(queue, workers=1, periodic=False, scheduler_interval=1, check_worker_health=False)
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
        for number, handler in before.items():
            signal.signal(number, handler)


every_kind = pytest.mark.parametrize("queue_url", ["sqlite", "redis", "postgresql"], indirect=True)
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@every_kind
def test_what_is_recorded_on_one_machine_wakes_a_worker_on_another(
    app: Flask, other_machine: Flask, session: Session, cast: Cast, store: ScriptedStore
) -> None:
    arrived = threading.Event()
    store.on_post = arrived.set
    with consuming(other_machine.extensions["queue"]):
        story.without_gradebook(session, cast)
        story.tell_everything(session, cast)
        assert arrived.wait(SECONDS)
    assert_each_arrived_once(session, store)


@every_kind
def test_the_queue_is_dropped_and_the_next_sweep_finds_everything(
    app: Flask, other_machine: Flask, session: Session, cast: Cast, store: ScriptedStore
) -> None:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    queue = other_machine.extensions["queue"]
    assert queue.scheduled_count() + queue.pending_count() > 0
    queue.flush()
    assert (queue.scheduled_count(), queue.pending_count()) == (0, 0)
    with other_machine.app_context():
        worker.sweep()
    assert_each_arrived_once(session, store)


@pytest.mark.parametrize("queue_url", ["sqlite"], indirect=True)
def test_periodic_work_runs_once_however_many_workers_there_are(
    app: Flask, other_machine: Flask, session: Session
) -> None:
    start, mine = threading.Barrier(4), []

    def work(machine: Flask) -> None:
        with machine.app_context():
            start.wait()
            engine.begin_write(db.session)
            mine.append(periodic.claim(db.session, "reconciliation", ledger.EVERY))
            engine.commit(db.session)

    threads = [threading.Thread(target=work, args=(one,)) for one in (app, other_machine) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mine) == [False, False, False, True]
