"""What load balancers and Prometheus are told: does it work, how much waits, for how long; never who."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from lti_tool import jobs, periodic, worker
from lti_tool.db import clock, engine
from lti_tool.db.engine import db
from lti_tool.settings import Settings
from tests.cast import Cast
from tests.conftest import make_settings
from tests.integration.outbox import story

SAMPLE = re.compile(r'peer_mentor_[a-z_]+(\{[a-z]+="[a-z]+"(,[a-z]+="[a-z]+")*\})? [0-9.e+]+')
NOWHERE = "http://127.0.0.1:9"
"""Where nothing listens: what is recorded waits."""


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, allow_loopback=True, lrs_endpoint=NOWHERE)


def sweep(app: Flask) -> None:
    with app.app_context():
        worker.sweep()


def readings(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in samples)}


def test_readiness_tells_whether_a_worker_is_there(app: Flask, client: FlaskClient) -> None:
    assert client.get("/readyz").get_json() == {"status": "ok", "database": "ok", "worker": "silent"}
    assert client.get("/readyz?require=worker").status_code == 503
    sweep(app)
    assert client.get("/readyz?require=worker").get_json()["worker"] == "ok"
    with clock.at(clock.now() + periodic.SILENT_AFTER + timedelta(seconds=5)):
        assert client.get("/readyz").status_code == 200
        assert client.get("/readyz?require=worker").get_json()["worker"] == "silent"


def test_a_worker_that_is_busy_with_a_long_work_is_not_taken_for_dead(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    job = jobs.start(session, cast.course.id, "roster")
    job.state = "running"
    session.commit()
    assert client.get("/readyz?require=worker").status_code == 200


def test_metrics_are_prometheus_text(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert all(line.startswith("# ") or SAMPLE.fullmatch(line) for line in lines)
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    assert {line.split("{")[0].split()[0] for line in lines if not line.startswith("#")} <= set(families)


def test_metrics_count_what_waits_and_how_long(client: FlaskClient, session: Session, cast: Cast) -> None:
    assert readings(client)['peer_mentor_delivery_oldest_pending_seconds{kind="statement"}'] == 0
    story.tell_everything(session, cast)
    jobs.start(session, cast.course.id, "roster")
    session.commit()
    with clock.at(clock.now() + timedelta(hours=7)):
        now = readings(client)
    assert now['peer_mentor_deliveries{kind="statement",state="pending"}'] == 10
    assert now['peer_mentor_deliveries{kind="score",state="pending"}'] == 2
    assert 7 * 3600 <= now['peer_mentor_delivery_oldest_pending_seconds{kind="statement"}'] < 7 * 3600 + 300
    assert now['peer_mentor_delivery_overdue{kind="score"}'] == 1
    assert now['peer_mentor_jobs{kind="roster",state="queued"}'] == 1


def test_metrics_name_nobody_and_no_course(client: FlaskClient, session: Session, cast: Cast) -> None:
    story.tell_everything(session, cast)
    shown = client.get("/metrics").text
    for secret in ("ana", "Quiet Heron", "Bio", "Spring", "lms.example", "ags:"):
        assert secret not in shown


@pytest.fixture
def broken_database(app: Flask) -> Iterator[None]:
    rename(app, "periodic_work", "elsewhere")
    yield
    rename(app, "elsewhere", "periodic_work")


def rename(app: Flask, old: str, new: str) -> None:
    with app.app_context():
        engine.begin_write(db.session)
        db.session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
        db.session.commit()


@pytest.mark.usefixtures("broken_database")
def test_a_broken_database_is_an_answer_and_no_crash(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 503
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "unavailable")


def test_of_workers_at_the_same_time_one_does_the_periodic_work(app: Flask) -> None:
    start = threading.Barrier(4)
    got: list[bool] = []

    def work() -> None:
        with app.app_context():
            start.wait()
            engine.begin_write(db.session)
            got.append(periodic.claim(db.session, "reconciliation", timedelta(days=1)))
            engine.commit(db.session)

    for _again in range(2):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(got) == [False] * 7 + [True]


def test_periodic_work_goes_on_after_a_clock_was_set_back(app: Flask) -> None:
    day = timedelta(days=1)

    def claims() -> bool:
        with app.app_context():
            engine.begin_write(db.session)
            mine = periodic.claim(db.session, "reconciliation", day)
            engine.commit(db.session)
            return mine

    with clock.at(clock.now() + 400 * day):
        assert claims()
    assert claims()
    assert not claims()
