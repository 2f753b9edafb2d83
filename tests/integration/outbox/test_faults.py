"""Whatever happens to stores, learning platforms, workers, clocks and queues: each arrives, and once.

Every test ends with the same question: is each event's statement (each person's newest score) there as it was
recorded, is nothing left behind, and nothing dead?
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import worker
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import claim, delivery, events, ledger, replay, routes_lrs, senders
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.loopback import (
    BEHAVIOURS,
    LATE,
    Behaviour,
    ScriptedGradebook,
    ScriptedStore,
    Step,
    scripted_gradebook,
)

HOUR = timedelta(hours=1)

STORE_FAULTS = {
    "200": Step(200, stores=True),
    "204": Step(204, stores=True),
    "400": Step(400, body="no"),
    "401": Step(401),
    "403": Step(403),
    "404": Step(404),
    "409-different-batch": Step(409),
    "409-same": Step(409, stores=True),
    "413": Step(413),
    "422": Step(422),
    "429": Step(429, {"Retry-After": "60"}),
    "500": Step(500),
    "502": Step(502, body="<html>"),
    "503": Step(503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    "time-out": Step(late=True),
    "time-out-after-storing": Step(late=True, stores=True),
    "drop": Step(drops=True),
    "drop-after-storing": Step(drops=True, stores=True),
    "500-after-storing": Step(500, stores=True),
    "garbage": Step(garbage=True),
    "garbage-after-storing": Step(garbage=True, stores=True),
    "redirect": Step(302, {"Location": "http://127.0.0.1:9/statements"}),
    "200-without-storing": Step(200, body="<html>Welcome to the campus network</html>"),
}


GRADEBOOK_FAULTS = {
    "200": Step(200, stores=True),
    "201": Step(201, stores=True),
    "204": Step(204, stores=True),
    "400": Step(400),
    "401": Step(401),
    "403": Step(403),
    "404": Step(404),
    "409": Step(409),
    "413": Step(413),
    "422": Step(422),
    "429": Step(429, {"Retry-After": "60"}),
    "500": Step(500),
    "503": Step(503, {"Retry-After": "60"}),
    "time-out": Step(late=True),
    "time-out-after-storing": Step(late=True, stores=True),
    "drop": Step(drops=True),
    "drop-after-storing": Step(drops=True, stores=True),
    "garbage": Step(garbage=True),
    "garbage-after-storing": Step(garbage=True, stores=True),
    "redirect": Step(302, {"Location": "http://127.0.0.1:9/"}),
}
# After 404 the column is looked for, which this platform does not answer: so that is tried again.
FOR_GOOD = frozenset({"400", "413", "422"})
"""Answers after which somebody has to look, and send again."""


@pytest.fixture
def told(session: Session, cast: Cast) -> list[str]:
    """The ids of ten statements that wait to be sent."""
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    ids = story.statement_ids(session)
    session.rollback()
    return ids


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a late answer."""
    monkeypatch.setattr(routes_lrs, "TIMEOUT", (LATE / 5, LATE / 5))


def tell_more(session: Session, cast: Cast, times: int) -> list[str]:
    """Somebody joins and leaves so often; gives the ids of all statements."""
    session.rollback()
    story.without_gradebook(session, cast)
    engine.begin_write(session)
    for _ in range(times):
        events.cohort_joined(session, cast.p_mentee)
        events.cohort_left(session, cast.p_mentee)
    engine.commit(session)
    ids = story.statement_ids(session)
    session.rollback()
    return ids


def assert_each_arrived_once(session: Session, store: ScriptedStore) -> None:
    session.rollback()
    recorded = {str(one.id): one.body for one in session.scalars(select(models.Statement))}
    assert {one: json.loads(body) for one, body in recorded.items()} == store.statements
    assert story.states(session) == {"delivered": len(recorded)}
    sent = b"\n".join(store.bodies)
    assert all(body.encode() in sent for body in recorded.values())


def settle(deliver: Deliver, hours: int = 6) -> None:
    for hour in range(1, hours + 1):
        deliver(after=hour * HOUR)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("fault", "behaviour"),
    [
        (name, behaviour)
        for name, step in sorted(STORE_FAULTS.items())
        # What a store says to what it knows already matters only where it came to know something.
        for behaviour in (BEHAVIOURS if step.stores else ["adl-lrs"])
    ],
)
@pytest.mark.usefixtures("impatient")
def test_store(
    app: Flask,
    session: Session,
    told: list[str],
    store: ScriptedStore,
    deliver: Deliver,
    fault: str,
    behaviour: Behaviour,
) -> None:
    store.behaviour = behaviour
    # A store that lies is believed until it is asked, so it lies once; the others fail three times.
    store.script.extend([STORE_FAULTS[fault]] * (1 if fault == "200-without-storing" else 3))
    settle(deliver)
    with app.app_context(), clock.at(clock.now() + 12 * HOUR):
        # Where the store lied (it said 200 and kept nothing), only looking it up finds out.
        lied = ledger.reconcile(db.session)["missing"]
    assert bool(lied) == (fault == "200-without-storing")
    deliver(after=13 * HOUR)
    assert_each_arrived_once(session, store)


def test_a_conflict_in_a_batch_that_holds_known_and_new_ones(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    bodies = session.scalars(select(models.Statement.body)).all()
    session.rollback()
    store.statements = {(one := json.loads(body))["id"]: one for body in bodies[:5]}
    assert deliver()["delivered"] == 10
    assert_each_arrived_once(session, store)


def test_a_store_that_is_down_is_left_alone_and_then_tried_by_one_batch(
    session: Session, cast: Cast, store: ScriptedStore, deliver: Deliver
) -> None:
    ids = tell_more(session, cast, times=90)
    store.down = True
    for _ in range(6):
        deliver()
    assert len(store.posts) == 2  # then the circuit is open: what is due stays where it is
    store.down = False
    settle(deliver)
    assert sorted(store.statements) == sorted(ids)
    assert_each_arrived_once(session, store)


def test_single_ones_that_fail_by_themselves_stop_nobody_else(
    session: Session, cast: Cast, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    engine.begin_write(session)
    for row in session.scalars(select(models.Delivery).limit(9)):
        row.attempts, row.answer_status, row.due_at = 5, 500, clock.now() + HOUR
    engine.commit(session)
    assert deliver()["delivered"] == 1


def test_the_queue_loses_everything(app: Flask, session: Session, cast: Cast, store: ScriptedStore) -> None:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    queue = app.extensions["queue"]
    assert queue.pending_count() > 0
    queue.flush()
    assert queue.pending_count() == 0
    with app.app_context():
        worker.sweep()
    assert_each_arrived_once(session, store)


def test_the_clock_is_set_back_while_something_waits(
    app: Flask, session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    assert deliver(after=-2 * HOUR) == Counter()
    assert deliver()["delivered"] == 10
    assert_each_arrived_once(session, store)


def test_the_clock_is_set_back_while_a_killed_worker_holds_a_lease(
    app: Flask, session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    with clock.at(clock.now() + timedelta(days=30)):
        engine.begin_write(session)
        assert claim.claim(session, "lrs", 50) is not None
        engine.commit(session)
    assert deliver()["delivered"] == 10
    assert_each_arrived_once(session, store)


@pytest.mark.parametrize(
    "meets", [(), (Step(503),), (Step(500, stores=True),)], ids=["taken", "busy", "lost"]
)
def test_the_clock_is_set_back_while_a_batch_is_under_way(
    app: Flask,
    session: Session,
    told: list[str],
    store: ScriptedStore,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
    meets: tuple[Step, ...],
) -> None:
    store.script.extend(meets)
    sending, before = senders.send, clock.now() + 12 * HOUR
    with app.app_context(), monkeypatch.context() as changed:

        def send(*args: Any) -> Any:
            outcomes = sending(*args)
            changed.setattr(clock, "now", lambda: before - 12 * HOUR)
            return outcomes

        changed.setattr(clock, "now", lambda: before)
        changed.setattr(senders, "send", send)
        delivery.deliver_due()
    deliver(after=timedelta(minutes=20))
    assert story.states(session) == {"delivered": 10}
    assert_each_arrived_once(session, store)


def test_a_lease_of_a_worker_whose_clock_is_a_little_ahead_is_respected(
    session: Session, told: list[str], deliver: Deliver
) -> None:
    with clock.at(clock.now() + timedelta(minutes=5)):
        engine.begin_write(session)
        assert claim.claim(session, "lrs", 50) is not None
        engine.commit(session)
    assert deliver() == Counter()


class TestGradebook:
    """The same for points: of each person the newest must stand in the gradebook."""

    @pytest.fixture
    def lrs_endpoint(self) -> None:
        """Only scores are sent here."""

    @pytest.fixture
    def gradebook(self, session: Session, cast: Cast) -> Iterator[ScriptedGradebook]:
        with scripted_gradebook() as opened:
            engine.begin_write(session)
            cast.platform.token_url = f"{opened.url}/token"
            cast.course.lineitems_url = f"{opened.url}/lineitems"
            self.keep_column(session, cast, opened)
            engine.commit(session)
            yield opened

    def keep_column(self, session: Session, cast: Cast, gradebook: ScriptedGradebook) -> None:
        kept = session.query(models.LineItem).filter_by(cohort_id=cast.cohort.id).one_or_none()
        column = kept or models.LineItem(cohort_id=cast.cohort.id, part="", label="Mentoring", maximum=100)
        column.url = f"{gradebook.url}/lineitems/1/lineitem"
        session.add(column)

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("fault", sorted(GRADEBOOK_FAULTS))
    def test_gradebook(
        self,
        session: Session,
        cast: Cast,
        gradebook: ScriptedGradebook,
        deliver: Deliver,
        fault: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("lti_tool.outgoing.READ_SECONDS", LATE / 5)
        engine.begin_write(session)
        mentorship = story.pair_up(session, cast)
        story.hold(session, story.book(session, mentorship))
        engine.commit(session)
        gradebook.script.extend([GRADEBOOK_FAULTS[fault]] * 2)
        settle(deliver)
        if fault in FOR_GOOD:
            assert story.states(session, "score") == {"dead": 2}
            session.rollback()
            engine.begin_write(session)
            assert replay.replay(session) == 2
            session.flush()
            self.keep_column(session, cast, gradebook)
            engine.commit(session)
            deliver(after=7 * HOUR)
        assert {who: score["scoreGiven"] for who, score in gradebook.scores.items()} == {"ana": 25, "bo": 25}
        left = story.states(session, "score")
        assert left.pop("delivered") == 2
        assert set(left) <= {"superseded"}
