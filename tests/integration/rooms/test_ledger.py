"""The page that shows an instructor what of the course arrived, and sends again what was refused."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.outbox import events, ledger
from lti_tool.rooms.ledger import queries
from lti_tool.settings import Settings
from tests.cast import Cast, enter, make_cohort, make_participant
from tests.conftest import make_settings
from tests.integration.outbox import story


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, allow_loopback=True, lrs_endpoint="http://127.0.0.1:9")


@pytest.fixture
def told(session: Session, cast: Cast) -> None:
    story.tell_everything(session, cast)


def url(cast: Cast, rest: str = "") -> str:
    return f"/courses/{cast.course.id}/ledger{rest}"


def page(client: FlaskClient, cast: Cast) -> str:
    enter(client, cast.instructor)
    answer = client.get(url(cast))
    assert answer.status_code == 200
    return answer.text


def refuse(session: Session, kind: str, most: int = 2, status: int = 400) -> list[int]:
    session.rollback()
    engine.begin_write(session)
    rows = session.scalars(
        select(models.Delivery).where(models.Delivery.kind == kind).order_by(models.Delivery.id).limit(most)
    ).all()
    for row in rows:
        row.state, row.answer_status, row.answer = "dead", status, "<b>not this one</b>"
    ids = [row.id for row in rows]
    engine.commit(session)
    return ids


def test_a_course_without_anything_says_so(client: FlaskClient, session: Session, cast: Cast) -> None:
    session.commit()
    shown = page(client, cast)
    assert "Nothing to send yet" in shown
    assert "Not counted yet" in shown


def test_it_counts_what_is_on_its_way(client: FlaskClient, cast: Cast, told: None) -> None:
    shown = page(client, cast)
    assert "10 on their way" in shown
    assert "2 on their way" in shown
    assert "has waited since" not in shown


def test_what_waits_for_long_is_said(client: FlaskClient, cast: Cast, told: None) -> None:
    with clock.at(clock.now() + timedelta(hours=7)):
        assert "Something has waited since" in page(client, cast)


def test_what_was_refused_is_shown_with_the_reason_and_sent_again(
    client: FlaskClient, session: Session, cast: Cast, told: None
) -> None:
    one, other = refuse(session, "statement")
    (score,) = refuse(session, "score", most=1, status=404)
    shown = page(client, cast)
    assert "It was not accepted as it stands." in shown
    assert "The column or the person is gone." in shown
    assert "&lt;b&gt;not this one" in shown
    assert client.post(url(cast, "/resend"), data={"delivery": one}).status_code == 303
    session.rollback()
    assert [session.get_one(models.Delivery, each).state for each in (one, other, score)] == [
        "pending",
        "dead",
        "dead",
    ]
    assert "1 is being sent again." in client.get(url(cast)).text
    client.post(url(cast, "/resend"))
    session.rollback()
    assert session.query(models.Delivery).filter_by(state="dead").count() == 0
    assert "2 are being sent again." in client.get(url(cast)).text


@pytest.mark.parametrize("number", ["", "x", "0", "-3", "9" * 30])
def test_a_number_that_is_none_sends_nothing(
    client: FlaskClient, session: Session, cast: Cast, told: None, number: str
) -> None:
    refuse(session, "statement")
    enter(client, cast.instructor)
    assert client.post(url(cast, "/resend"), data={"delivery": number}).status_code == 303
    session.rollback()
    assert session.query(models.Delivery).filter_by(state="dead").count() == 2


def test_another_courses_deliveries_are_neither_shown_nor_sent(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    engine.begin_write(session)
    cohort, *_topics = make_cohort(session, cast.outsider.course, cast.outsider)
    events.cohort_joined(session, make_participant(session, cohort, cast.outsider, "mentee"))
    engine.commit(session)
    (theirs,) = refuse(session, "statement")
    assert "Nothing to send yet" in page(client, cast)
    assert "not this one" not in page(client, cast)
    client.post(url(cast, "/resend"), data={"delivery": theirs})
    client.post(url(cast, "/resend"))
    session.rollback()
    assert session.get_one(models.Delivery, theirs).state == "dead"


def test_the_days_of_reconciliation_are_listed(
    client: FlaskClient, session: Session, cast: Cast, told: None
) -> None:
    session.rollback()
    ledger.reconcile(session)
    engine.begin_write(session)
    entry = session.query(models.LedgerEntry).filter_by(kind="statement").one()
    entry.checked, entry.missing = 10, 3
    engine.commit(session)
    assert "3 were gone and are sent again" in page(client, cast)


def test_a_long_list_of_refusals_comes_in_pages(
    client: FlaskClient, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, told: None
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 4)
    refuse(session, "statement", most=10)
    page(client, cast)
    assert client.get(url(cast) + "?page=3").text.count('name="delivery"') == 2
    assert client.get(url(cast) + "?page=99").text.count('name="delivery"') == 2
