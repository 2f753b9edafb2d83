"""Statements of what happened before there was a record store, or that got lost here."""

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.cli import main
from lti_tool.db import engine, models
from lti_tool.outbox import backfill
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.loopback import ScriptedStore


@pytest.fixture
def before(session: Session, cast: Cast) -> dict[str, str]:
    """Id and bytes of ten statements, of which nothing is there any more but their events."""
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    bodies = {str(one.id): one.body for one in session.scalars(select(models.Statement))}
    session.rollback()
    engine.begin_write(session)
    session.execute(delete(models.Delivery))
    session.execute(delete(models.Statement))
    engine.commit(session)
    session.expunge_all()
    return bodies


def test_a_backfill_sends_everything_with_the_same_ids_and_bytes(
    app: Flask,
    session: Session,
    before: dict[str, str],
    store: ScriptedStore,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backfill, "PAGE", 4)
    done = app.test_cli_runner().invoke(main, ["statements", "backfill"])
    assert done.output == "10 to be sent.\n"
    assert {str(one.id): one.body for one in session.scalars(select(models.Statement))} == before
    session.rollback()
    assert deliver()["delivered"] == 10
    assert sorted(store.statements) == sorted(before)


def test_a_second_backfill_finds_nothing_to_do(app: Flask, before: dict[str, str]) -> None:
    run = app.test_cli_runner()
    assert run.invoke(main, ["statements", "backfill", "--since", "2001-01-01"]).output == "10 to be sent.\n"
    assert run.invoke(main, ["statements", "backfill"]).output == "0 to be sent.\n"


def test_a_day_to_come_leaves_everything_out(app: Flask, before: dict[str, str]) -> None:
    done = app.test_cli_runner().invoke(main, ["statements", "backfill", "--since", "2099-01-01"])
    assert done.output == "0 to be sent.\n"


@pytest.mark.parametrize("lrs_endpoint", [None])
def test_without_a_record_store_it_says_what_is_missing(
    app: Flask, before: dict[str, str], lrs_endpoint: None
) -> None:
    done = app.test_cli_runner().invoke(main, ["statements", "backfill"])
    assert done.exit_code == 1
    assert "PEER_MENTOR_LRS_ENDPOINT" in done.output
