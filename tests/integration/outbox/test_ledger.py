"""The daily reconciliation: nothing that arrived stays lost, and everybody can see how it stands."""

import json
from collections import Counter
from datetime import timedelta

import pytest
import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import worker
from lti_tool.cli import main
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import ledger
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.loopback import ScriptedStore

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def arrived(session: Session, cast: Cast, deliver: Deliver) -> list[str]:
    """The ids of ten statements that the store took."""
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    ids = story.statement_ids(session)
    session.rollback()
    assert deliver()["delivered"] == len(ids) == 10
    return ids


def reconcile(app: Flask, after: timedelta) -> Counter[str]:
    with app.app_context(), clock.at(clock.now() + after):
        return ledger.reconcile(db.session)


def entries(session: Session) -> list[models.LedgerEntry]:
    session.rollback()
    return list(session.scalars(select(models.LedgerEntry).order_by(models.LedgerEntry.day)))


def test_a_store_that_has_everything_is_only_counted(
    app: Flask, session: Session, arrived: list[str]
) -> None:
    assert reconcile(app, HOUR) == Counter(same=10)
    (entry,) = entries(session)
    assert (entry.kind, entry.recorded, entry.delivered, entry.pending, entry.dead) == (
        "statement",
        10,
        10,
        0,
        0,
    )
    assert (entry.checked, entry.missing, entry.different) == (10, 0, 0)


def test_what_the_store_lost_is_sent_again_with_the_same_bytes(
    app: Flask, session: Session, arrived: list[str], store: ScriptedStore, deliver: Deliver
) -> None:
    lost = {one: store.statements.pop(one) for one in arrived[:3]}
    assert reconcile(app, HOUR) == Counter(same=7, missing=3)
    assert story.states(session) == {"pending": 3, "delivered": 7}
    assert deliver(after=HOUR)["delivered"] == 3
    assert {one: store.statements[one] for one in lost} == lost
    assert len(store.bodies[1]) < len(store.bodies[0])
    assert reconcile(app, 2 * DAY) == Counter(same=10)
    assert [(one.missing, one.pending) for one in entries(session)] == [(3, 3), (0, 0)]


def test_a_statement_that_was_voided_in_the_store_is_not_sent_again(
    app: Flask, session: Session, arrived: list[str], store: ScriptedStore
) -> None:
    store.voided = {arrived[0]}
    assert reconcile(app, HOUR) == Counter(same=10)
    assert story.states(session) == {"delivered": 10}


def test_another_statement_under_the_same_id_is_a_dead_letter(
    app: Flask, session: Session, arrived: list[str], store: ScriptedStore
) -> None:
    store.statements[arrived[4]] = store.statements[arrived[4]] | {"timestamp": "2020-01-01T00:00:00.000Z"}
    assert reconcile(app, HOUR) == Counter(same=9, different=1)
    assert story.states(session)["dead"] == 1
    assert entries(session)[0].different == 1


@pytest.mark.parametrize("code", [401, 500, 302])
def test_a_store_that_gives_no_answers_is_no_store_that_lost_everything(
    app: Flask, session: Session, arrived: list[str], store: ScriptedStore, code: int
) -> None:
    store.shows_nothing = code
    assert reconcile(app, HOUR) == Counter()
    assert story.states(session) == {"delivered": 10}
    assert (entries(session)[0].checked, entries(session)[0].delivered) == (0, 10)


def test_over_the_days_all_are_asked_for_in_turn(
    app: Flask, arrived: list[str], store: ScriptedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MOST_CHECKED", 4)
    monkeypatch.setattr(ledger, "TOGETHER", 3)
    for day in range(1, 4):
        reconcile(app, day * DAY)
    assert len(store.asked) == 12
    assert set(store.asked[:10]) == set(arrived)


def test_what_was_recorded_without_a_store_is_shown_as_unsent(
    app: Flask, session: Session, arrived: list[str]
) -> None:
    engine.begin_write(session)
    for row in session.scalars(select(models.Delivery).limit(4)):
        session.delete(row)
    engine.commit(session)
    reconcile(app, HOUR)
    (entry,) = entries(session)
    assert (entry.recorded, entry.delivered, entry.unsent) == (10, 6, 4)


def test_the_worker_reconciles_once_a_day(app: Flask, session: Session, arrived: list[str]) -> None:
    start = clock.now()
    for hours in (1, 2, 24, 26):
        with app.app_context(), clock.at(start + hours * HOUR):
            worker.sweep()
    assert len({one.finished_at for one in entries(session)}) == 2


def test_what_waits_too_long_is_an_alarm_in_the_log_once_an_hour(
    app: Flask, session: Session, cast: Cast, store: ScriptedStore
) -> None:
    story.tell_everything(session, cast)
    start = clock.now()
    store.down = True
    with structlog.testing.capture_logs() as logged:
        for minutes in (0, 30, 500, 510, 570):
            with app.app_context(), clock.at(start + timedelta(minutes=minutes)):
                worker.sweep()
    alarms = [one for one in logged if one["event"] == "deliveries overdue" and one["kind"] == "statement"]
    assert [one["waiting"] for one in alarms] == [10, 10]
    assert alarms[0]["log_level"] == "error"


def test_the_command_line_shows_and_does_it(app: Flask, arrived: list[str], store: ScriptedStore) -> None:
    run = app.test_cli_runner()
    store.statements.pop(arrived[0])
    with clock.at(clock.now() + HOUR):
        done = run.invoke(main, ["outbox", "reconcile", "--json"])
        assert json.loads(done.output)[0] == {"kind": "statement", "same": 9, "missing": 1, "different": 0}
        (row,) = json.loads(run.invoke(main, ["outbox", "status", "--json"]).output)
    assert (row["route"], row["delivered"], row["pending"]) == ("lrs", 9, 1)
    assert (row["checked"], row["missing"], row["different"], row["overdue"]) == (10, 1, 0, False)
