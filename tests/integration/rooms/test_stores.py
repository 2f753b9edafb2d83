"""The page on which an instructor adds, tries and switches the course's record stores."""

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import worker
from lti_tool.db import engine, models
from lti_tool.db.secrets import decrypt
from lti_tool.outbox import events, stores
from lti_tool.settings import Settings
from tests.cast import Cast, enter
from tests.conftest import make_settings
from tests.integration.rooms.statements import statements_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

GOOD = {
    "name": "Biology",
    "endpoint": "https://8.8.8.8/xapi/",
    "version": "1.0.3",
    "auth": "basic",
    "username": "bio",
    "secret": "hush hush",
}


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url)


@pytest.fixture
def browser(client: FlaskClient, session: Session, cast: Cast) -> FlaskClient:
    enter(client, cast.instructor)
    session.commit()
    return client


def url(cast: Cast, rest: str = "") -> str:
    return f"/courses/{cast.course.id}/stores{rest}"


def rows(session: Session) -> list[models.RecordStore]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(models.RecordStore).order_by(models.RecordStore.id)))


def work(app: Flask, session: Session) -> None:
    """Do the newest job as the worker would."""
    session.rollback()
    job_id = session.scalars(select(models.Job.id).order_by(models.Job.id.desc())).first()
    session.rollback()
    assert job_id is not None
    with app.app_context():
        worker.run(job_id)


def test_without_any_store_the_page_says_so(browser: FlaskClient, cast: Cast) -> None:
    shown = browser.get(url(cast)).text
    assert "There is none. Statements stay in this tool" in shown
    assert "None yet" in shown


def test_a_store_is_added_encrypted_tried_and_shown(
    app: Flask, browser: FlaskClient, session: Session, cast: Cast
) -> None:
    assert browser.post(url(cast, "/add"), data=GOOD).status_code == 303
    (row,) = rows(session)
    assert (row.endpoint, decrypt(row.secret)) == ("https://8.8.8.8/xapi", "hush hush")
    assert "hush" not in row.secret
    with responses.RequestsMock() as net:
        net.get("https://8.8.8.8/xapi/statements", json={}, headers={"X-Experience-API-Version": "1.0.3"})
        work(app, session)
        assert net.calls[0].request.headers["Authorization"].startswith("Basic ")
    shown = browser.get(url(cast)).text
    assert "Lets this tool in" in shown
    assert "hush" not in shown
    assert [one.action for one in session.scalars(select(models.AuditEntry))] == ["store.added"]


def test_a_second_click_adds_no_second_store(browser: FlaskClient, session: Session, cast: Cast) -> None:
    for _ in range(2):
        assert browser.post(url(cast, "/add"), data=GOOD).status_code == 303
    assert len(rows(session)) == 1
    assert session.query(models.Job).count() == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.7", "[::1]", "169.254.169.254"])
def test_an_address_inside_is_never_called(
    app: Flask, browser: FlaskClient, session: Session, cast: Cast, host: str
) -> None:
    browser.post(url(cast, "/add"), data=GOOD | {"endpoint": f"https://{host}/xapi"})
    work(app, session)
    (row,) = rows(session)
    assert row.test_error == "the host is not on the public internet"
    assert "Did not let this tool in" in browser.get(url(cast)).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Give it a name."),
        ({"endpoint": "lrs.example"}, "Give the whole address"),
        ({"endpoint": "http://lrs.example/xapi"}, "begins with https://"),
        ({"endpoint": "https://user:pw@lrs.example/"}, "Give the whole address"),
        ({"secret": ""}, "The store gave it to you, with the user name."),
        ({"auth": "oauth2"}, "Give the whole address"),
        ({"auth": "magic"}, "Not a valid choice"),
        ({"version": "9"}, "Not a valid choice"),
        ({"name": "x" * 101}, "Use at most 100 characters."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    browser: FlaskClient, session: Session, cast: Cast, changed: dict[str, str], said: str
) -> None:
    answer = browser.post(url(cast, "/add"), data=GOOD | changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert "hush" not in answer.text
    assert rows(session) == []


def test_a_change_keeps_the_password_unless_the_address_is_another(
    browser: FlaskClient, session: Session, cast: Cast
) -> None:
    browser.post(url(cast, "/add"), data=GOOD)
    (row,) = rows(session)
    same = GOOD | {"endpoint": row.endpoint, "secret": "", "name": "Botany"}
    assert browser.post(url(cast, f"/{row.id}/edit"), data=same).status_code == 303
    (row,) = rows(session)
    assert (row.name, decrypt(row.secret)) == ("Botany", "hush hush")
    other = same | {"endpoint": "https://thief.example"}
    assert "give it again" in browser.post(url(cast, f"/{row.id}/edit"), data=other).text


def test_switching_off_forgets_what_waits_and_a_backfill_finds_it_again(
    app: Flask, browser: FlaskClient, session: Session, cast: Cast
) -> None:
    browser.post(url(cast, "/add"), data=GOOD)
    (row,) = rows(session)
    route, switch = stores.route_of(row), url(cast, f"/{row.id}/switch")
    session.rollback()
    engine.begin_write(session)
    events.cohort_joined(session, cast.p_mentee)
    engine.commit(session)
    waiting = select(models.Delivery).where(models.Delivery.route == route)
    assert len(session.scalars(waiting).all()) == 1
    session.rollback()
    browser.post(switch, data={"on": "0"})
    session.rollback()
    assert session.scalars(waiting).all() == []
    session.rollback()
    assert "Switched off" in browser.get(url(cast)).text
    browser.post(switch, data={"on": "1"})
    assert "1 statement was recorded before its store was there" in browser.get(url(cast)).text
    browser.post(url(cast, "/backfill"))
    work(app, session)
    assert len(session.scalars(waiting).all()) == 1


def test_the_page_asks_the_database_no_more_for_more_stores(
    app: Flask, browser: FlaskClient, session: Session, cast: Cast
) -> None:
    with app.app_context():
        browser.post(url(cast, "/add"), data=GOOD)
        first = statements_of(browser, url(cast))
        for number in range(3):
            browser.post(url(cast, "/add"), data=GOOD | {"username": f"user-{number}"})
        assert statements_of(browser, url(cast)) == first
