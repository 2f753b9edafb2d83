"""No two workers have the same delivery, and none is lost with its worker."""

import threading
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine
from lti_tool.db.engine import db
from lti_tool.outbox import claim, delivery
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.loopback import ScriptedStore


@pytest.fixture
def told(session: Session, cast: Cast) -> list[str]:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    ids = story.statement_ids(session)
    session.rollback()
    return ids


def take(app: Flask, limit: int) -> list[int]:
    """What a worker of its own gets in one claim."""
    with app.app_context():
        engine.begin_write(db.session)
        taken = claim.claim(db.session, "lrs", limit)
        rows = [row.id for row in claim.leased(db.session, taken.token)] if taken else []
        engine.commit(db.session)
        return rows


def test_workers_at_the_same_time_never_take_the_same_row(app: Flask, told: list[str]) -> None:
    taken: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(10):
            taken.extend(take(app, limit=2))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == len(told)


def test_two_workers_delivering_send_each_statement_once(
    app: Flask, told: list[str], store: ScriptedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.outbox.routes_lrs.BATCH", 2)
    start = threading.Barrier(2)
    ended: list[Counter[str]] = []

    def work() -> None:
        with app.app_context():
            start.wait()
            ended.append(delivery.deliver_due())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one["delivered"] for one in ended) == len(told)
    assert sorted(one for post in store.posts for one in post) == sorted(told)


def test_what_a_killed_worker_had_taken_is_taken_again_when_its_lease_ends(
    app: Flask, session: Session, told: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    assert len(take(app, limit=50)) == len(told)  # and this worker is never heard of again
    assert deliver() == Counter()
    assert deliver(after=claim.LEASE)["delivered"] == len(told)
    assert sorted(store.statements) == sorted(told)
    assert story.states(session) == {"delivered": len(told)}


def test_a_worker_whose_lease_ran_out_changes_nothing_any_more(
    app: Flask, session: Session, told: list[str]
) -> None:
    engine.begin_write(session)
    slow = claim.claim(session, "lrs", 50)
    engine.commit(session)
    assert slow is not None
    with clock.at(clock.now() + claim.LEASE):
        assert len(take(app, limit=50)) == len(told)
    assert claim.leased(session, slow.token) == []
