"""Record store and gradebook stop; the ledger shows it, raises the alarm, and then that all arrived."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine
from lti_tool.outbox import delivery, readback
from lti_tool.settings import Settings
from tests.cast import Cast, enter
from tests.conftest import make_settings
from tests.integration.outbox import story
from tests.integration.outbox.gradebook import STORE_LOGIN, Gradebook, open_gradebook

MINUTE = timedelta(minutes=1)
A_MOMENT = timedelta(seconds=2)
"""Scores go out in the second after the one that they name."""
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(database_url: str) -> Settings:
    name, password = STORE_LOGIN
    return make_settings(
        database_url,
        allow_loopback=True,
        overdue_minutes=2,
        lrs_endpoint="http://127.0.0.1:9/xapi",
        lrs_username=name,
        lrs_password=password,
    )


@pytest.fixture
def lms(app: Flask, session: Session, cast: Cast) -> Iterator[Gradebook]:
    """The platform, with the record store beside it."""
    with open_gradebook(session, cast) as opened:
        endpoint = f"{opened.lms.url}/xapi"
        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"lrs_endpoint": endpoint})
        yield opened


def stop(lms: Gradebook, *, stopped: bool) -> None:
    for area in ("gradebook", "record_store"):
        board = lms.lms.app.extensions["sandbox_faults"]
        board.switch(area, "unavailable" if stopped else None)


def page(client: FlaskClient, cast: Cast, after: timedelta = timedelta()) -> str:
    enter(client, cast.instructor)
    with clock.at(clock.now() + after):
        return client.get(f"/courses/{cast.course.id}/ledger").text


def deliver(app: Flask, after: timedelta) -> int:
    with app.app_context(), clock.at(clock.now() + after):
        return delivery.deliver_due()["delivered"]


def test_an_outage_is_shown_with_what_waits_and_then_that_all_arrived(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, lms: Gradebook
) -> None:
    stop(lms, stopped=True)
    engine.begin_write(session)
    story.hold(session, story.book(session, story.pair_up(session, cast)))
    engine.commit(session)
    assert deliver(app, after=A_MOMENT) == 0
    shown = page(client, cast, after=2 * A_MOMENT)
    assert shown.count("The other side is out of order.") == 2
    assert "has waited since" not in shown
    assert "Something has waited since" in page(client, cast, after=3 * MINUTE)
    stop(lms, stopped=False)
    assert (
        "It is tried now." in client.post(f"/courses/{cast.course.id}/ledger/try", follow_redirects=True).text
    )
    assert deliver(app, after=A_MOMENT) == 7
    shown = page(client, cast, after=4 * MINUTE)
    assert "On the way" not in shown.split("How it stands")[1].split("</table>")[1]
    assert shown.count("All arrived") == 2
    assert "Something has waited" not in shown


def test_points_that_a_teacher_changed_are_listed(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, lms: Gradebook
) -> None:
    engine.begin_write(session)
    story.hold(session, story.book(session, story.pair_up(session, cast)))
    engine.commit(session)
    deliver(app, after=A_MOMENT)
    assert "Changed in the gradebook" not in page(client, cast)
    lms.override("ana", 80)
    session.rollback()
    readback.reconcile(session)
    shown = page(client, cast)
    assert "Changed in the gradebook" in shown
    assert "25 of 100" in shown
    assert "80 of 100" in shown
