"""Whose pair ends because people were brought together anew is told so kindly."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import mail_text
from lti_tool.settings import Settings
from tests.cast import Cast
from tests.conftest import make_settings
from tests.integration.rooms import test_adjusting
from tests.integration.rooms.matching_rounds import change, rounds_url
from tests.integration.rooms.test_adjusting import MidLife, adjust, book, publish

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

life = test_adjusting.life


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, smtp_url="smtp://mail.example", allow_loopback=True)


def mails(app: Flask, session: Session) -> list[tuple[str, str]]:
    """Subject and text of each, in the order in which they were written down."""
    session.rollback()
    rows = session.scalars(
        select(models.Delivery).where(models.Delivery.kind == "mail").order_by(models.Delivery.id)
    ).all()
    found = []
    with app.test_request_context():
        for row in rows:
            to = session.get_one(models.Participant, row.participant_id)
            told = mail_text.of_delivery(session, to, row.body)
            assert told is not None
            assert "name" not in json.loads(row.body)
            found.append((told.subject, told.text))
    session.rollback()
    return found


def test_the_end_the_session_and_the_way_back_are_told(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
) -> None:
    book(session, life, cast)
    with change(session):
        cast.mentee.person.email = "ana@mail.example"
    made = adjust(app, client, session, cast)
    publish(client, cast, made)
    subjects = [subject for subject, _text in mails(app, session)]
    assert subjects[0].startswith("Called off: ")
    assert subjects[1:] == ["You and Bo Đặng: a change", "You and Dan Second"]
    assert "It says nothing about either of you" in mails(app, session)[1][1]
    client.post(rounds_url(cast, f"/{made.id}/unpublish"))
    subjects = [subject for subject, _text in mails(app, session)][3:]
    assert sorted(subjects)[-1] == "You and Bo Đặng go on"
    assert len(subjects) == 2
