"""A route that is out of order waits as a whole, for all workers, and is then tried by one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from lti_tool.cli import main
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import breaker, claim, replay
from lti_tool.outbox.outcome import Outcome
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.loopback import ScriptedStore, Step

MINUTE = timedelta(minutes=1)
BUSY = Outcome("retry", 500)


def note(session: Session, *ended: Outcome) -> None:
    session.rollback()
    engine.begin_write(session)
    breaker.note(session, "lrs", ended)
    engine.commit(session)


def admit(app: Flask, after: timedelta = timedelta()) -> bool:
    """Whether a worker of its own may take something now."""
    with app.app_context(), clock.at(clock.now() + after):
        engine.begin_write(db.session)
        may = breaker.admit(db.session, "lrs")
        engine.commit(db.session)
        return may


def rests(session: Session) -> bool:
    session.rollback()
    found = "lrs" in breaker.paused(session)
    session.rollback()
    return found


def test_after_a_pause_one_worker_tries_and_a_lost_one_is_followed_by_another(
    app: Flask, session: Session
) -> None:
    note(session, Outcome("retry", 503, retry_after=600))
    assert not admit(app)
    assert [admit(app, after=11 * MINUTE) for _ in range(3)] == [True, False, False]
    assert admit(app, after=11 * MINUTE + breaker.TRIAL)
    note(session, Outcome("delivered", 200))
    assert admit(app)
    assert admit(app)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestWhatCounts:
    def test_two_batches_in_a_row_that_fail_whole(self, session: Session) -> None:
        note(session, BUSY, BUSY)
        assert not rests(session)
        note(session, BUSY, BUSY)
        assert rests(session)

    def test_a_success_between_two_failures_starts_the_count_anew(self, session: Session) -> None:
        for ended in ([BUSY, BUSY], [BUSY, Outcome("delivered", 200)], [BUSY, BUSY]):
            note(session, *ended)
        assert not rests(session)

    def test_one_alone_that_fails_tells_nothing_of_the_route(self, session: Session) -> None:
        for _ in range(5):
            note(session, BUSY)
        assert not rests(session)

    @pytest.mark.parametrize("status", [None, 502, 504])
    def test_unless_the_other_side_is_not_reached(self, session: Session, status: int | None) -> None:
        note(session, Outcome("retry", status))
        note(session, Outcome("retry", status))
        assert rests(session)

    @pytest.mark.parametrize("status", sorted(breaker.CLOSED & {302, 401, 403, 429, 503}))
    def test_an_answer_about_the_route_stops_it_at_once(self, session: Session, status: int) -> None:
        note(session, Outcome("delivered", 200), Outcome("retry", status))
        assert rests(session)

    def test_a_clock_that_was_set_back_ends_no_pause_in_a_month(self, session: Session) -> None:
        with clock.at(clock.now() + timedelta(days=30)):
            note(session, Outcome("paused", 401))
            assert rests(session)
        assert not rests(session)


def test_nothing_waits_longer_than_the_route(
    session: Session, cast: Cast, store: ScriptedStore, deliver: Deliver
) -> None:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    session.rollback()
    store.script.extend([Step(503)] * 8)
    for hour in range(8):
        deliver(after=hour * timedelta(hours=1))
    assert deliver(after=8 * timedelta(hours=1))["delivered"] == 10


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_somebody_says_that_the_reason_is_gone(
    app: Flask, session: Session, cast: Cast, store: ScriptedStore, deliver: Deliver
) -> None:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    session.rollback()
    store.script.append(Step(401))
    assert deliver()["paused"] == 10
    assert sum(deliver().values()) == 0
    done = app.test_cli_runner().invoke(main, ["outbox", "resume"])
    assert done.output == "1 route will be tried at once.\n"
    assert deliver()["delivered"] == 10


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sending_a_refused_one_again_lifts_the_pause(session: Session, cast: Cast) -> None:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    note(session, Outcome("paused", 401))
    engine.begin_write(session)
    session.query(models.Delivery).limit(1).one().state = "dead"
    session.flush()
    assert replay.replay(session) == 1
    engine.commit(session)
    assert not rests(session)


@contextmanager
def statements(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database inside the block."""
    seen: list[tuple[str, Any]] = []

    def see(_c: Connection, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith("BEGIN"):
            seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", see)
    yield seen
    event.remove(db.engine, "before_cursor_execute", see)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_claim_reads_the_index_in_its_order(app: Flask, session: Session) -> None:
    with statements(app) as seen:
        assert claim.due_routes(session) == []
        assert claim.claim(session, "lrs", 50) is None
        assert not claim.in_flight(session, "lrs")
    for statement, values in seen:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        steps = [step for *_numbers, step in plan if "delivery" in step and "delivery_route" not in step]
        assert steps, statement
        assert all("USING" in step and "ix_delivery_claim (state=?" in step for step in steps), steps
        assert not any("TEMP B-TREE FOR ORDER BY" in step for *_numbers, step in plan)
