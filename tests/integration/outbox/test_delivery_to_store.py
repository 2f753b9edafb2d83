"""Statements on their way to a store that answers in every way that stores do."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.outbox import events, replay, status
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.loopback import BEHAVIOURS, Behaviour, ScriptedStore, Step

HOUR = timedelta(hours=1)


@pytest.fixture
def told(session: Session, cast: Cast) -> list[str]:
    """The ids of ten statements that wait to be sent."""
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    ids = story.statement_ids(session)
    assert len(ids) == 10
    return ids


def lrs(session: Session) -> status.RouteTotals:
    session.rollback()
    return next(one for one in status.totals(session) if one["route"] == "lrs")


def deliveries(session: Session) -> list[models.Delivery]:
    session.rollback()
    return list(session.scalars(select(models.Delivery).where(models.Delivery.route == "lrs")))


def test_all_arrive_in_one_request_with_the_bytes_that_were_recorded(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    assert deliver()["delivered"] == 10
    assert sorted(store.statements) == sorted(told)
    assert len(store.posts) == 1
    for body in session.scalars(select(models.Statement.body)):
        assert body.encode() in store.bodies[0]
    assert deliver() == Counter()


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_an_answer_lost_after_storing_leaves_each_statement_once(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver, behaviour: Behaviour
) -> None:
    store.behaviour = behaviour
    store.script.append(Step(stores=True, drops=True))
    assert deliver()["retry"] == 10
    assert deliver(after=HOUR)["delivered"] == 10
    assert sorted(store.statements) == sorted(told)
    assert story.states(session) == {"delivered": 10}


def test_one_bad_statement_is_found_and_the_others_arrive(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    store.refuses = {told[6]}
    ended = deliver()
    assert (ended["delivered"], ended["refused"]) == (9, 1)
    assert sorted(store.statements) == sorted(set(told) - {told[6]})
    dead = next(one for one in deliveries(session) if one.state == "dead")
    assert (dead.key, dead.answer_status, dead.answer) == (told[6], 400, "this one is wrong")


def test_a_batch_too_large_for_the_store_is_halved(
    told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    store.script.extend([Step(413), Step(413)])
    assert deliver()["delivered"] == 10
    assert [len(one) for one in store.posts] == [10, 5, 2, 3, 5]


def test_a_conflict_with_the_same_statement_counts_as_delivered(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    store.script.append(Step(503, stores=True))
    deliver()
    assert deliver(after=HOUR)["delivered"] == 10
    assert [len(one) for one in store.posts].count(1) == 10


def test_a_conflict_with_another_statement_is_a_dead_letter(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    store.statements[told[0]] = {"id": told[0], "timestamp": "2020-01-01T00:00:00.000Z"}
    ended = deliver()
    assert (ended["delivered"], ended["refused"]) == (9, 1)
    assert [one.key for one in deliveries(session) if one.state == "dead"] == [told[0]]


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_a_busy_store_is_tried_again_later(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver, code: int
) -> None:
    store.script.append(Step(code))
    assert deliver()["retry"] == 10
    assert store.statements == {}
    assert {one.attempts for one in deliveries(session)} == {1}
    assert deliver(after=HOUR)["delivered"] == 10


def test_the_store_is_left_alone_for_as_long_as_it_asks(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    store.script.append(Step(429, {"Retry-After": "1200"}))
    deliver()
    assert deliver(after=timedelta(seconds=1100)) == Counter()
    assert deliver(after=timedelta(seconds=1300))["delivered"] == 10


@pytest.mark.parametrize("code", [401, 403, 302, 404])
def test_a_store_that_lets_nobody_in_pauses_the_route_and_burns_no_tries(
    session: Session, cast: Cast, told: list[str], store: ScriptedStore, deliver: Deliver, code: int
) -> None:
    store.script.append(Step(code, {"Location": "/elsewhere"}))
    assert deliver()["paused"] == 10
    assert {one.attempts for one in deliveries(session)} == {0}
    assert lrs(session)["paused_until"] is not None
    session.rollback()
    engine.begin_write(session)
    events.cohort_joined(session, cast.p_mentor)
    engine.commit(session)
    assert deliver() == Counter()  # what is new waits with the rest
    assert len(store.posts) == 1
    assert deliver(after=timedelta(minutes=16))["delivered"] == 11
    assert lrs(session)["paused_until"] is None


def test_nothing_listening_means_later(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    store.script.extend([Step(drops=True)] * 3)
    for hours in range(3):
        assert deliver(after=hours * HOUR)["retry"] == 10
    assert deliver(after=3 * HOUR)["delivered"] == 10


def test_a_dead_letter_is_sent_again_on_demand(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    store.refuses = {told[0], told[1]}
    deliver()
    assert lrs(session)["dead"] == 2
    store.refuses = set()
    session.rollback()
    engine.begin_write(session)
    assert replay.replay(session, route="ags:1") == 0
    assert replay.replay(session, route="lrs") == 2
    engine.commit(session)
    assert deliver()["delivered"] == 2
    assert sorted(store.statements) == sorted(told)


def test_more_than_a_batch_is_sent_in_batches(
    session: Session, told: list[str], store: ScriptedStore, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.outbox.routes_lrs.BATCH", 4)
    assert deliver()["delivered"] == 10
    assert [len(one) for one in store.posts] == [4, 4, 2]


def test_a_long_queue_wakes_the_worker_again(
    app: object, told: list[str], deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr("lti_tool.outbox.wake", lambda: woken.append("woken"))
    monkeypatch.setattr("lti_tool.outbox.routes_lrs.BATCH", 2)
    monkeypatch.setattr("lti_tool.outbox.delivery.MOST_BATCHES", 3)
    assert deliver()["delivered"] == 6
    assert woken == ["woken"]
    assert deliver()["delivered"] == 4


def test_status_tells_the_age_of_the_oldest_that_waits(
    session: Session, told: list[str], deliver: Deliver
) -> None:
    waiting = status.oldest_pending(session)
    assert waiting is not None
    assert clock.now() - waiting < HOUR
    assert (lrs(session)["pending"], lrs(session)["delivered"]) == (10, 0)
    session.rollback()
    deliver()
    assert (lrs(session)["pending"], lrs(session)["delivered"]) == (0, 10)
    assert lrs(session)["oldest_pending"] is None
