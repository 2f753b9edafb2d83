"""What tests of rounds share: starting one through its page, running its job, and larger cohorts."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from lti_tool import worker
from lti_tool.db import engine, models
from lti_tool.db.base import Base
from lti_tool.db.engine import db
from tests.cast import Cast, make_member, make_participant


def rounds_url(cast: Cast, tail: str = "") -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/rounds{tail}"


def start_round(client: FlaskClient, cast: Cast) -> int:
    """POST the button; gives the job's id."""
    response = client.post(rounds_url(cast))
    assert response.status_code == 303, response.text
    return int(response.location.rsplit("/", 1)[1])


def run_job(app: Flask, job_id: int) -> None:
    with app.app_context():
        worker.run(job_id)


def make_proposal(app: Flask, client: FlaskClient, session: Session, cast: Cast) -> models.Round:
    job_id = start_round(client, cast)
    run_job(app, job_id)
    session.rollback()
    return session.scalars(select(models.Round).where(models.Round.job_id == job_id)).one()


def scenario_url(cast: Cast, matching_round: models.Round) -> str:
    """The page of a round's newest result."""
    return rounds_url(cast, f"/{matching_round.id}/scenarios/{matching_round.scenarios[-1].id}")


def only_round(session: Session) -> models.Round:
    """The one round that there is, as it stands now."""
    session.rollback()
    return session.scalars(select(models.Round)).one()


def count(session: Session, model: type[Base]) -> int:
    """Rows of a table as they stand now."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


@contextmanager
def change(session: Session) -> Iterator[None]:
    """Write to the database beside the requests; what was read before is read anew."""
    session.rollback()
    engine.begin_write(session)
    yield
    session.commit()


def add_pairs(session: Session, cast: Cast, count: int) -> None:
    """So many more learners and mentors, who all fit each other."""
    with change(session):
        _add_pairs(session, cast, count)


def _add_pairs(session: Session, cast: Cast, count: int) -> None:
    topic = {cast.statistics: 2}
    for number in range(count):
        mentee = make_member(session, cast.course, uuid.uuid4().hex, f"Mentee {number}")
        mentor = make_member(session, cast.course, uuid.uuid4().hex, f"Mentor {number}")
        make_participant(session, cast.cohort, mentee, "mentee", wants=topic)
        make_participant(session, cast.cohort, mentor, "mentor", offers=topic)


def queries(app: Flask, client: FlaskClient, url: str) -> int:
    """Statements that a page takes."""
    with app.app_context():
        statements: list[str] = []
        listen = (
            db.engine,
            "before_cursor_execute",
            lambda _c, _u, statement, *_a: statements.append(statement),
        )
        event.listen(*listen)
        assert client.get(url).status_code == 200
        event.remove(*listen)
    return len(statements)
