"""The page on which an instructor looks through the statements of a course and takes them away."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.outbox import events
from lti_tool.rooms.statements import queries
from lti_tool.settings import Settings
from tests.cast import Cast, enter, make_cohort, make_participant
from tests.conftest import make_settings
from tests.integration.outbox import story
from tests.integration.rooms.statements import statements_of


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, lrs_endpoint="https://lrs.example/xapi")


@pytest.fixture
def browser(client: FlaskClient, session: Session, cast: Cast) -> FlaskClient:
    story.tell_everything(session, cast)
    engine.begin_write(session)
    cohort, *_topics = make_cohort(session, cast.outsider.course, cast.outsider)
    events.cohort_joined(session, make_participant(session, cohort, cast.outsider, "mentee"))
    engine.commit(session)
    enter(client, cast.instructor)
    session.rollback()
    return client


def show(browser: FlaskClient, cast: Cast, query: str = "", status: int = 200) -> str:
    answer = browser.get(f"/courses/{cast.course.id}/statements?{query}")
    assert answer.status_code == status
    return answer.text


def exported(browser: FlaskClient, cast: Cast, query: str = "") -> list[str]:
    answer = browser.get(f"/courses/{cast.course.id}/statements/export?{query}")
    assert answer.mimetype == "application/jsonl"
    return [json.loads(line)["id"] for line in answer.text.splitlines()]


def test_it_shows_the_courses_own_newest_first(browser: FlaskClient, cast: Cast) -> None:
    shown = show(browser, cast)
    assert "10 statements" in shown
    assert shown.count("<details>") == 10
    assert "Expert review signed" in shown
    assert "Omar" not in shown


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("kind=session.attended", 2),
        ("person=Ana+%C3%81lvarez&kind=session.attended", 1),
        ("person=quiet+heron+bo&kind=session.attended", 2),
        ("state=waiting", 10),
        ("state=delivered", 0),
        ("first=2001-01-01&last=2001-01-02", 0),
        ("first=2001-01-01&last=9999-12-31", 10),
    ],
)
def test_it_can_be_filtered_and_the_file_holds_the_same(
    browser: FlaskClient, cast: Cast, query: str, number: int
) -> None:
    shown = show(browser, cast, query)
    assert shown.count("<details>") == number
    assert len(exported(browser, cast, query)) == number


def test_states_follow_the_deliveries(browser: FlaskClient, session: Session, cast: Cast) -> None:
    engine.begin_write(session)
    rows = session.scalars(
        select(models.Delivery).where(models.Delivery.kind == "statement").order_by(models.Delivery.id)
    ).all()
    rows[0].state, rows[1].state, rows[1].delivered_at = "dead", "delivered", clock.now()
    session.delete(rows[2])
    engine.commit(session)
    for state in ("refused", "delivered", "kept"):
        assert show(browser, cast, f"state={state}").count("<details>") == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("person=Nobody", "Nobody in this course is called so."),
        ("person=Omar+Outsider", "Nobody in this course is called so."),
        ("first=yesterday", "Give the day as year-month-day."),
        ("first=2026-02-02&last=2026-02-01", "This day is before the first one."),
        ("kind=nothing", "Not a valid choice"),
        ("state=nothing", "Not a valid choice"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_at_the_field(browser: FlaskClient, cast: Cast, query: str, said: str) -> None:
    assert said in show(browser, cast, query, 422)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_and_a_file_read_in_parts(
    app: Flask, browser: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "EXPORTED_AT_ONCE", 3)
    assert len(set(exported(browser, cast))) == 10
    with app.app_context():
        whole = statements_of(browser, f"/courses/{cast.course.id}/statements")
        monkeypatch.setattr(queries, "PAGE_SIZE", 4)
        assert statements_of(browser, f"/courses/{cast.course.id}/statements") == whole
    assert show(browser, cast, "page=3").count("<details>") == 2
    assert show(browser, cast, "page=99").count("<details>") == 2
