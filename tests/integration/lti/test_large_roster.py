"""A course of 10,000 people: read in pages, written in a bounded number of statements, all or nothing."""

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import engine, models
from lti_tool.db.engine import db
from lti_tool.lti import group_update
from tests.cast import Cast
from tests.databases import PostgreSQLDatabases
from tests.integration.lti.test_roster import CAST, URL, run_job, start_job

PEOPLE = 10_000
FEWER = 2_000
MEMORY = 15_000
"""Bytes for each person that the whole work may hold at once."""


class Platform:
    """Gives its list in pages of 100, and counts them."""

    def __init__(self, lms: responses.RequestsMock, people: int = PEOPLE) -> None:
        self.people = people
        self.pages = 0
        self.after_page: dict[int, Any] = {}
        lms.add_callback(responses.GET, URL, self._answer)

    def _answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        start = int(parse_qs(urlsplit(request.url).query).get("from", ["0"])[0])
        self.pages += 1
        self.after_page.get(self.pages, lambda: None)()
        rows = [self._row(number) for number in range(start, min(start + 100, self.people))]
        more = start + 100 < self.people
        headers = {"Link": f'<{URL}?limit=100&from={start + 100}>; rel="next"'} if more else {}
        return 200, headers, json.dumps({"members": (CAST if start == 0 else []) + rows})

    def _row(self, number: int) -> dict[str, Any]:
        return {"user_id": f"p-{number}", "roles": ["Learner"], "name": f"Person {number}"}


def members(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(models.Member)) or 0


def statements(app: Flask, job_id: int) -> int:
    """How many statements a job takes."""
    count = 0

    def note(*_arguments: object) -> None:
        nonlocal count
        count += 1

    with app.app_context():
        watched = db.engine
    event.listen(watched, "before_cursor_execute", note)
    try:
        run_job(app, job_id)
    finally:
        event.remove(watched, "before_cursor_execute", note)
    return count


def test_ten_thousand_people_are_read_within_bounds(
    app: Flask, session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    platform, before = Platform(lms), members(session)
    first, second = start_job(session, cast), start_job(session, cast)
    added = statements(app, first)
    assert platform.pages == PEOPLE // 100
    assert members(session) == before + PEOPLE
    done = session.get_one(models.Job, first)
    assert (done.state, done.percent) == ("done", 100)
    assert done.result is not None
    assert (done.result["added"], done.result["unchanged"]) == (PEOPLE, 6)
    # Some for each page (progress) and each chunk of 200; far from one for each person.
    assert added < 1_500
    assert statements(app, second) < 1_000
    session.rollback()
    again = session.get_one(models.Job, second)
    assert again.result is not None
    assert (again.result["added"], again.result["unchanged"]) == (0, PEOPLE + 6)


def test_it_needs_no_more_memory_than_the_people_do(
    app: Flask, session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    Platform(lms, FEWER)
    job_id = start_job(session, cast)
    tracemalloc.start()
    run_job(app, job_id)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert session.get_one(models.Job, job_id).state == "done"
    assert peak < FEWER * MEMORY


@pytest.mark.parametrize("page", [1, 100])
def test_stopping_it_leaves_nothing_half_written(
    app: Flask, session: Session, cast: Cast, lms: responses.RequestsMock, page: int
) -> None:
    platform, before = Platform(lms), members(session)
    job_id = start_job(session, cast)

    def stop() -> None:
        with app.app_context():
            engine.begin_write(db.session)
            jobs.cancel(db.session.get_one(models.Job, job_id))
            db.session.commit()

    platform.after_page[page] = stop
    run_job(app, job_id)
    assert members(session) == before
    job = session.get_one(models.Job, job_id)
    assert (job.state, job.result, cast.course.roster_read_at) == ("cancelled", None, None)


class TestWhileItWrites:
    """On SQLite whoever wants to stop the work waits until it is done: there is one writer."""

    @pytest.fixture
    def database_url(self, postgresql_databases: PostgreSQLDatabases) -> Iterator[str]:
        with postgresql_databases.fresh() as url:
            yield url

    def test_stopping_it_takes_back_what_was_written(
        self,
        app: Flask,
        session: Session,
        cast: Cast,
        lms: responses.RequestsMock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        before, write = members(session), group_update.write
        job_id = start_job(session, cast)

        def stop_then_write(*arguments: Any) -> None:
            write(*arguments)
            with app.app_context():
                jobs.cancel(db.session.get_one(models.Job, job_id))
                db.session.commit()

        monkeypatch.setattr(group_update, "write", stop_then_write)
        rows = [*CAST, *({"user_id": f"p-{number}", "roles": ["Learner"]} for number in range(300))]
        lms.get(URL, json={"members": rows})
        run_job(app, job_id)
        assert members(session) == before
        assert session.get_one(models.Job, job_id).state == "cancelled"
