"""Canvas' student view (LTI's TestUser): everything works, nothing reaches gradebook or record store."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from tests.cast import Cast, enter
from tests.integration.outbox.story import book, hold, pair_up, states
from tests.integration.rooms.matching_rounds import make_proposal, rounds_url


def become_test_student(session: Session, member: models.Member) -> None:
    engine.begin_write(session)
    member.is_test = True
    engine.commit(session)


def test_a_test_student_joins_and_uses_every_page(client: FlaskClient, session: Session, cast: Cast) -> None:
    become_test_student(session, cast.mentee)
    enter(client, cast.mentee)
    base = f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}"
    for page in ("topics", "times", "me", "home", "participation"):
        answer = client.get(f"{base}/{page}", follow_redirects=True)
        assert answer.status_code == 200, page


def test_a_test_student_is_matched_like_everybody(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    become_test_student(session, cast.mentee)
    enter(client, cast.instructor)
    made = make_proposal(app, client, session, cast)
    page = client.get(rounds_url(cast, f"/{made.id}"))
    assert page.status_code == 200
    assert cast.mentee.display_name in page.text


def test_no_grade_and_no_statement_is_sent_under_a_test_student(session: Session, cast: Cast) -> None:
    become_test_student(session, cast.mentee)
    engine.begin_write(session)
    hold(session, book(session, pair_up(session, cast)))
    engine.commit(session)
    bodies = session.scalars(select(models.Delivery.body)).all()
    assert bodies != []
    assert not [body for body in bodies if f'"{cast.mentee.person.sub}"' in body]
    # The events are there, and so are the points and statements of the real person.
    kinds = set(session.scalars(select(models.Event.kind)))
    assert {"session.attended", "session.completed"} <= kinds
    assert states(session, "score") == {"pending": 1}


def test_a_test_student_in_the_course_keeps_nobody_elses_statements_back(
    session: Session, cast: Cast
) -> None:
    become_test_student(session, cast.both)
    engine.begin_write(session)
    hold(session, book(session, pair_up(session, cast)))
    engine.commit(session)
    assert states(session)["pending"] > 4
