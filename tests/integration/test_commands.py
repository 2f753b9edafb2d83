"""The administrators' commands, from the command line itself: each builds the application that it needs."""

import json

from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.cli import main
from lti_tool.db import clock, engine, models
from lti_tool.outbox import events
from tests.cast import Cast

REFUSED = {
    "kind": "statement",
    "key": "x",
    "version": 1,
    "body": "{}",
    "state": "dead",
    "attempts": 1,
    "due_at": clock.now(),
    "created_at": clock.now(),
    "answer_status": 400,
}


def test_a_link_into_the_administration_is_printed(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(main, ["admin-link", "--json"])
    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.output)["url"].startswith("https://tool.example/admin/enter?link=")


def test_refused_deliveries_are_counted_and_replayed(app: Flask, session: Session, cast: Cast) -> None:
    session.rollback()
    engine.begin_write(session)
    events.cohort_joined(session, cast.p_mentee)
    stores = [models.Delivery(route=route, **REFUSED) for route in ("lrs", "lrs:1")]
    session.add_all(stores)
    engine.commit(session)
    run = app.test_cli_runner()
    rows = json.loads(run.invoke(main, ["outbox", "status", "--json"]).output)
    assert {row["route"]: row["dead"] for row in rows} == {"lrs": 1, "lrs:1": 1}
    for arguments, count in ((["--route", "lrs:1"], 1), ([], 1), ([], 0)):
        session.rollback()
        printed = run.invoke(main, ["outbox", "replay", *arguments])
        assert printed.output == f"{count} to be sent again.\n"


def test_statements_are_written_as_lines(app: Flask, session: Session, cast: Cast) -> None:
    session.rollback()
    engine.begin_write(session)
    events.cohort_joined(session, cast.p_mentee)
    engine.commit(session)
    printed = app.test_cli_runner().invoke(main, ["statements", "export"])
    (line,) = printed.output.splitlines()
    assert json.loads(line)["verb"]["display"] == {"en": "joined"}


def test_the_self_test_says_when_there_is_nothing_to_try(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(main, ["selftest"])
    assert printed.exit_code == 1
    assert "There is no such platform" in printed.output
