"""Workers killed, side by side, on a full disk, with a database that restarts: each arrives, and once.

`make soak` kills 200 workers; a run of the suite kills some of them.
"""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine
from lti_tool.db.engine import db
from lti_tool.outbox import delivery
from tests.cast import Cast
from tests.databases import PostgreSQLDatabases
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.loopback import Behaviour, ScriptedStore
from tests.integration.outbox.mortal_workers import Generation, Mortals
from tests.integration.outbox.test_faults import assert_each_arrived_once, tell_more
from tests.lrs import RecordStore

KILLS = int(os.environ.get("PEER_MENTOR_KILLS", "25"))
"""In all, on both databases, with each kind of store."""
EACH = -(-KILLS // 5)
LIFE = 0.06
"""Seconds after it is connected: some die before they have taken anything, some when they have sent it."""
LATER = 300
"""Days: after all leases."""


def kill_all(mortals: Mortals, app: Flask, session: Session, endpoint: str) -> None:
    """Let workers die one after the other, then one live."""
    ends = mortals.live(app, endpoint, [Generation(longest_life=LIFE)] * EACH, batch=3)
    killed = ends.count([9])
    left = story.states(session)
    print(f"{killed} of {EACH} workers were killed at work; they leave {left}")
    assert killed, "nobody died at work"
    assert left.get("delivered") or EACH < 40, "nobody came to work"
    assert mortals.live(app, endpoint, [Generation()], after=LATER) == [[0]]


@pytest.mark.parametrize("behaviour", ["adl-lrs", "ralph"])
def test_workers_killed_at_any_moment(
    mortals: Mortals, app: Flask, session: Session, cast: Cast, store: ScriptedStore, behaviour: Behaviour
) -> None:
    store.behaviour = behaviour
    ids = tell_more(session, cast, times=4 * EACH)
    kill_all(mortals, app, session, store.endpoint)
    assert sorted(store.statements) == sorted(ids)
    assert_each_arrived_once(session, store)


@pytest.mark.node
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_workers_killed_before_the_real_store(
    mortals: Mortals, app: Flask, session: Session, cast: Cast, record_store: RecordStore
) -> None:
    ids = tell_more(session, cast, times=4 * EACH)
    kill_all(mortals, app, session, record_store.endpoint)
    assert story.states(session) == {"delivered": len(ids)}
    assert all(record_store.get(one) is not None for one in ids)


def test_two_and_four_workers_on_one_database(
    mortals: Mortals, app: Flask, session: Session, cast: Cast, store: ScriptedStore
) -> None:
    for workers in (2, 4):
        ids = tell_more(session, cast, times=20)
        store.posts.clear()
        new = set(ids) - store.statements.keys()
        assert mortals.live(app, store.endpoint, [Generation(workers)]) == [[0] * workers]
        assert sorted(one for post in store.posts for one in post) == sorted(new)
        assert_each_arrived_once(session, store)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_disk_is_full(
    mortals: Mortals, app: Flask, session: Session, cast: Cast, store: ScriptedStore
) -> None:
    tell_more(session, cast, times=20)
    log = _log_size(app)
    full = [Generation(largest_file=log + step) for step in (0, 20_000, 80_000)]
    ends = mortals.live(app, store.endpoint, full)
    assert ends == [[0]] * len(full)  # the worker lives, whatever could not be written
    assert story.states(session).get("delivered", 0) < 40
    assert mortals.live(app, store.endpoint, [Generation()], after=LATER) == [[0]]
    assert_each_arrived_once(session, store)


def _log_size(app: Flask) -> int:
    """Bytes of SQLite's log, which everything is written to first."""
    name = app.config["SETTINGS"].database_url.removeprefix("sqlite:///")
    return Path(f"{name}-wal").stat().st_size


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_disk_is_full_when_something_happens(
    session: Session, cast: Cast, store: ScriptedStore, deliver: Deliver
) -> None:
    ids = tell_more(session, cast, times=2)
    pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
    session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(OperationalError) as raised:
        tell_more(session, cast, times=300)
    # A full SQLite ends the transaction by itself, so undoing the savepoint may fail after it.
    assert "full" in f"{raised.value} {raised.value.__context__}"
    session.rollback()
    assert story.statement_ids(session) == ids  # nothing of it is there: neither event nor statement
    session.connection().exec_driver_sql("PRAGMA max_page_count=1000000")
    session.rollback()
    assert deliver()["delivered"] == len(ids)
    assert_each_arrived_once(session, store)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("when", ["while-sending", "before-claiming"])
def test_the_database_restarts(
    app: Flask,
    session: Session,
    cast: Cast,
    store: ScriptedStore,
    postgresql_databases: PostgreSQLDatabases,
    deliver: Deliver,
    when: str,
) -> None:
    ids = tell_more(session, cast, times=4)
    session.rollback()
    restarted = threading.Event()

    def restart() -> None:
        if not restarted.is_set():
            restarted.set()
            postgresql_databases.restart()

    if when == "while-sending":
        store.on_post = restart
    else:
        with app.app_context():
            db.session.execute(text("SELECT 1"))  # its pooled connection dies with the server
            db.session.rollback()
        restart()
    deliver()
    assert restarted.is_set()
    with app.app_context(), clock.at(clock.now() + timedelta(hours=2)):
        delivery.deliver_due()
        engine.rollback(db.session)
    assert sorted(store.statements) == sorted(ids)
    assert_each_arrived_once(session, store)
