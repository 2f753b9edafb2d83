"""What partners promise each other, the training of mentors, and what both are worth in points."""

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.outbox import participation
from lti_tool.settings import Settings
from tests.cast import Cast, enter, make_mentorship
from tests.conftest import make_settings

WORDS = "Read chapter 3 and bring two questions"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, lrs_endpoint="https://lrs.example/xapi")


@pytest.fixture
def url(session: Session, cast: Cast) -> str:
    engine.begin_write(session)
    mentorship = make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
    cast.cohort.grade_rule.parts.clear()
    session.flush()
    cast.cohort.grade_rule.parts += [
        models.GradePart(kind=kind, weight=1, needed=needed, period="week", makeup=0)
        for kind, needed in (("sessions", 4), ("commitments", 2), ("training", 1))
    ]
    engine.commit(session)
    here = f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}"
    made = f"{here}/mentorships/{mentorship.id}/commitments"
    session.rollback()
    return made


def promise(client: FlaskClient, url: str, **changed: str) -> int:
    due = (clock.today() + timedelta(days=3)).isoformat()
    return client.post(url, data={"text": WORDS, "due_on": due} | changed).status_code


def only(session: Session) -> models.Commitment:
    session.rollback()
    session.expire_all()
    return session.scalars(select(models.Commitment)).one()


def points(session: Session, participant_id: int) -> str:
    session.rollback()
    found = participation.current(session, session.get_one(models.Participant, participant_id))
    return f"{found.points}/{found.maximum}"


def statements(session: Session) -> list[str]:
    session.rollback()
    query = select(models.Statement.body).join(models.Statement.event).order_by(models.Event.recorded_at)
    return [json.loads(body)["verb"]["display"]["en"] for body in session.scalars(query)]


def test_the_partner_confirms_and_it_counts_for_who_promised(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    mentee, mentor = cast.p_mentee.id, cast.p_mentor.id
    enter(client, cast.mentee)
    session.rollback()
    assert promise(client, url) == 303
    assert "Your partner confirms it" in client.get(url).text
    row_id = only(session).id
    client.post(f"{url}/{row_id}/settle", data={"kept": "1"})
    assert only(session).settled_at is None
    enter(client, cast.mentor)
    session.rollback()
    assert WORDS in client.get(url).text
    for _ in range(2):
        assert client.post(f"{url}/{row_id}/settle", data={"kept": "1"}).status_code == 303
    client.post(f"{url}/{row_id}/settle", data={"kept": "0"})
    assert only(session).kept
    assert points(session, mentee) == "16.67/100"
    assert points(session, mentor) == "0.00/100"
    assert statements(session) == ["committed", "kept"]
    assert all(WORDS not in body for body in session.scalars(select(models.Statement.body)))
    sent = session.scalars(select(models.Delivery.body).where(models.Delivery.kind == "score")).all()
    assert "1 of 2 commitments confirmed" in sent[-1]


def test_one_that_was_not_kept_gives_nothing(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    mentee = cast.p_mentee.id
    enter(client, cast.mentee)
    session.rollback()
    promise(client, url)
    row_id = only(session).id
    enter(client, cast.mentor)
    session.rollback()
    client.post(f"{url}/{row_id}/settle", data={"kept": "0"})
    assert "Not kept" in client.get(url).text
    assert points(session, mentee) == "0.00/100"
    assert statements(session) == ["committed", "missed"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_second_click_promises_nothing_twice(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    enter(client, cast.mentee)
    session.rollback()
    assert [promise(client, url), promise(client, url)] == [303, 303]
    assert only(session).text == WORDS


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": ""}, "Say what you will do."),
        ({"text": "x" * 301}, "Use at most 300 characters."),
        ({"due_on": ""}, "Choose a day."),
        ({"due_on": "2001-01-01"}, "This day is over."),
        ({"due_on": "2999-01-01"}, "By then the cohort has ended."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_at_the_field(
    client: FlaskClient, session: Session, cast: Cast, url: str, changed: dict[str, str], said: str
) -> None:
    enter(client, cast.mentee)
    session.rollback()
    due = (clock.today() + timedelta(days=3)).isoformat()
    answer = client.post(url, data={"text": WORDS, "due_on": due} | changed)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_commitment_of_another_pair_is_not_found(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    session.rollback()
    engine.begin_write(session)
    other = make_mentorship(session, cast.cohort, cast.p_both, cast.p_mentor, cast.writing)
    theirs = models.Commitment(
        mentorship=other, participant=cast.p_both, text="x", due_on=clock.today(), made_at=clock.now()
    )
    session.add(theirs)
    engine.commit(session)
    theirs_id = theirs.id
    enter(client, cast.mentee)
    session.rollback()
    assert client.post(f"{url}/{theirs_id}/settle", data={"kept": "1"}).status_code == 404


def test_training_is_noted_by_who_teaches_and_can_be_taken_back(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    mentor = cast.p_mentor.id
    people = f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/people"
    enter(client, cast.instructor)
    session.rollback()
    assert "Note as trained" in client.get(people).text
    for on, worth in (("1", "33.33/100"), ("0", "0.00/100"), ("1", "33.33/100")):
        assert client.post(f"{people}/{mentor}/trained", data={"on": on}).status_code == 303
        assert points(session, mentor) == worth
    assert statements(session) == ["completed"]
    assert "Trained: take back" in client.get(people).text
