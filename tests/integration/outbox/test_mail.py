"""Mail: written down with what it tells of, worded for each person, sent to a real SMTP server."""

import email
import itertools
import smtplib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import delivery, events, mail
from lti_tool.rooms.admin import service as administration
from lti_tool.settings import Settings
from tests.cast import Cast, enter
from tests.conftest import make_settings
from tests.integration.outbox import story
from tests.ports import free_port

HOUR = timedelta(hours=1)


class Postbox:
    """What an SMTP server was given. It answers with the next of ``answers``, or takes what comes."""

    def __init__(self) -> None:
        self.got: list[tuple[str, EmailMessage]] = []
        self.answers: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.got.append((envelope.rcpt_tos[0], message))
        return answer

    def to(self, address: str) -> list[EmailMessage]:
        return [message for to, message in self.got if to == address]


@pytest.fixture(scope="module")
def server() -> Iterator[Controller]:
    running = Controller(Postbox(), hostname="127.0.0.1", port=free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def postbox(server: Controller) -> Postbox:
    made = Postbox()
    server.handler.got, server.handler.answers = made.got, made.answers
    return made


@pytest.fixture
def smtp_url(server: Controller) -> str:
    return f"smtp://127.0.0.1:{server.port}"


@pytest.fixture
def settings(database_url: str, smtp_url: str) -> Settings:
    return make_settings(database_url, allow_loopback=True, smtp_url=smtp_url, mail_from="pm@tool.example")


@pytest.fixture
def addressed(session: Session, cast: Cast) -> Cast:
    """The cast, whose addresses are known."""
    engine.begin_write(session)
    cast.course.scopes = []
    for member in (cast.mentee, cast.mentor, cast.expert):
        member.person.email = f"{member.person.sub}@mail.example"
    engine.commit(session)
    return cast


def pair_up(session: Session, cast: Cast) -> models.Mentorship:
    session.rollback()
    engine.begin_write(session)
    mentorship = story.pair_up(session, cast)
    engine.commit(session)
    return mentorship


def book(session: Session, mentorship: models.Mentorship, days: int = 7) -> models.Session:
    session.rollback()
    engine.begin_write(session)
    meeting = story.book(session, mentorship, days=days)
    engine.commit(session)
    return meeting


def deliver(app: Flask, after: timedelta = timedelta()) -> Counter[str]:
    with app.app_context(), clock.at(clock.now() + after):
        return delivery.deliver_due()


def calendar_of(message: EmailMessage) -> Any:
    part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
    made = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == made["METHOD"]
    return made


def event_of(message: EmailMessage) -> Any:
    return next(iter(calendar_of(message).walk("VEVENT")))


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_pair_hears_of_each_other(app: Flask, session: Session, addressed: Cast, postbox: Postbox) -> None:
    pair_up(session, addressed)
    assert deliver(app)["delivered"] == 2
    (message,) = postbox.to("ana@mail.example")
    assert message["Subject"] == "You and Bo Đặng"
    assert message["From"] == "Peer Mentor <pm@tool.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "learn about “Statistics”" in text_of(message)
    assert deliver(app, HOUR) == Counter()


def test_a_session_is_an_invitation_that_follows_its_changes(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox
) -> None:
    mentorship = pair_up(session, addressed)
    meeting = book(session, mentorship)
    for cancelled in (True, False):
        engine.begin_write(session)
        meeting.cancelled_at = clock.now() if cancelled else None
        change = events.session_cancelled if cancelled else events.session_scheduled
        change(session, meeting, addressed.p_mentor)
        engine.commit(session)
    deliver(app)
    mails = [one for one in postbox.to("bo@mail.example") if "Statistics" not in text_of(one)]
    made = [event_of(one) for one in mails]
    assert [calendar_of(one)["METHOD"] for one in mails] == ["REQUEST", "CANCEL", "REQUEST"]
    assert [int(one["SEQUENCE"]) for one in made] == [0, 1, 2]
    assert len({str(one["UID"]) for one in made}) == 1
    assert [str(one["STATUS"]) for one in made] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert made[0].decoded("DTSTART") == meeting.starts_at.replace(microsecond=0)
    assert str(made[0]["ATTENDEE"]) == "mailto:bo@mail.example"
    assert "Called off" in mails[1]["Subject"]


def test_times_are_those_of_each_persons_zone(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox
) -> None:
    mentorship = pair_up(session, addressed)
    engine.begin_write(session)
    addressed.p_mentee.timezone, addressed.p_mentor.timezone = "Asia/Tokyo", "Africa/Lagos"
    engine.commit(session)
    meeting = book(session, mentorship)
    deliver(app)
    for address, zone, hours in (("ana", "Asia/Tokyo", 9), ("bo", "Africa/Lagos", 1)):
        local: datetime = meeting.starts_at + timedelta(hours=hours)
        said = text_of(postbox.to(f"{address}@mail.example")[-1])
        assert f"{local:%H:%M} ({zone})" in said
        assert "Room 12, next to the oak" in said


def test_a_session_noted_afterwards_invites_nobody(app: Flask, session: Session, addressed: Cast) -> None:
    mentorship = pair_up(session, addressed)
    before = deliver(app)["delivered"]
    book(session, mentorship, days=-1)
    assert before == 2
    assert deliver(app, HOUR) == Counter()


def test_an_expert_is_reminded_once_of_a_review_that_is_due_soon(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox
) -> None:
    pair_up(session, addressed)
    deliver(app)
    for days, number in ((0, 0), (12, 1), (13, 0)):
        with app.app_context(), clock.at(clock.now() + timedelta(days=days)):
            assert mail.remind_of_reviews(db.session) == number
    deliver(app, timedelta(days=12))
    (message,) = postbox.to("eva@mail.example")
    assert message["Subject"].startswith("A review is due on")
    assert "Ana Álvarez and Bo Đặng work on “Statistics”" in text_of(message)


@pytest.mark.parametrize("reason", ["test", "unknown", "switched off", "no names", "left"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_gets_no_mail(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox, reason: str
) -> None:
    session.rollback()
    engine.begin_write(session)
    person = addressed.mentee.person
    if reason == "test":
        addressed.mentee.is_test = True
    elif reason == "unknown":
        person.email = None
    elif reason == "switched off":
        person.mail_off = [mail.MATCHES]
    elif reason == "no names":
        person.platform.keeps_names = False
    else:
        addressed.p_mentee.left_at = clock.now()
    engine.commit(session)
    pair_up(session, addressed)
    deliver(app)
    assert postbox.to("ana@mail.example") == []
    assert len(postbox.to("bo@mail.example")) == (0 if reason == "no names" else 1)


def test_forgetting_names_reaches_what_was_not_sent_yet(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox
) -> None:
    pair_up(session, addressed)
    bodies = " ".join(session.scalars(select(models.Delivery.body)))
    assert "Bo" not in bodies
    assert "@" not in bodies
    session.rollback()
    engine.begin_write(session)
    administration.keep_names(session, addressed.platform, "link 1", keep=False)
    engine.commit(session)
    assert deliver(app) == Counter(unwanted=2)
    assert postbox.got == []


def test_what_the_server_cannot_take_now_is_sent_later_under_the_same_id(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox
) -> None:
    pair_up(session, addressed)
    postbox.answers[:] = ["451 try later"]
    assert deliver(app) == Counter(retry=2)
    assert deliver(app, HOUR)["delivered"] == 2
    assert len({message["Message-ID"] for _to, message in postbox.got}) == 2


def test_one_mail_that_is_refused_does_not_hold_up_the_other(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox
) -> None:
    pair_up(session, addressed)
    postbox.answers[:] = ["550 no such person"]
    assert deliver(app) == Counter(refused=1, delivered=1)
    dead = session.scalars(select(models.Delivery).where(models.Delivery.state == "dead")).one()
    assert (dead.answer_status, dead.answer) == (550, "550 no such person")


@pytest.mark.parametrize("smtp_url", ["smtp://127.0.0.1:9"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_server_it_waits(app: Flask, session: Session, addressed: Cast, smtp_url: str) -> None:
    pair_up(session, addressed)
    assert deliver(app) == Counter(retry=2)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_repeat_writes_no_second_mail(session: Session, addressed: Cast) -> None:
    mentorship = pair_up(session, addressed)
    engine.begin_write(session)
    for _ in range(2):
        mail.match_published(session, mentorship)
    engine.commit(session)
    assert session.query(models.Delivery).filter_by(kind="mail").count() == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_person_chooses_on_a_page(client: FlaskClient, session: Session, addressed: Cast) -> None:
    enter(client, addressed.mentee)
    url = f"/courses/{addressed.course.id}/mail"
    session.rollback()
    shown = client.get(url).text
    assert shown.count("checked") == 3
    assert "ana@mail.example" in shown
    assert client.post(url, data={"kinds": ["sessions"]}).status_code == 303
    assert client.get(url).text.count("checked") == 1
    session.expire_all()
    assert addressed.mentee.person.mail_off == [mail.MATCHES, mail.REVIEWS]
    assert client.post(url, data={"kinds": ["everything"]}).status_code == 422


def test_a_mail_that_a_slow_server_was_not_given_goes_back(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = SimpleNamespace(monotonic=itertools.count(0, 60).__next__)  # every mail takes a minute
    monkeypatch.setattr("lti_tool.outbox.routes_mail.time", watch)
    monkeypatch.setattr(delivery, "MOST_BATCHES", 1)
    pair_up(session, addressed)
    assert deliver(app) == {"delivered": 1}
    assert deliver(app) == {"delivered": 1}
    assert len(postbox.to("ana@mail.example")) == len(postbox.to("bo@mail.example")) == 1


def test_what_was_not_begun_is_not_delivered_however_the_server_takes_leave(
    app: Flask, session: Session, addressed: Cast, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(server: smtplib.SMTP, *_: object) -> None:
        server.close()
        raise smtplib.SMTPResponseException(421, b"timeout")

    monkeypatch.setattr(smtplib.SMTP, "__exit__", leave)
    watch = SimpleNamespace(monotonic=itertools.count(0, 60).__next__)
    monkeypatch.setattr("lti_tool.outbox.routes_mail.time", watch)
    monkeypatch.setattr(delivery, "MOST_BATCHES", 1)
    pair_up(session, addressed)
    assert deliver(app) == {"delivered": 1}
    assert len(postbox.to("ana@mail.example")) + len(postbox.to("bo@mail.example")) == 1
