"""What it costs a request to record what is to be sent, and to wake the worker."""

import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from lti_tool.app import create_app
from lti_tool.db import clock, engine
from lti_tool.db.engine import db
from lti_tool.outbox import recording
from tests.applications import Browser
from tests.cast import enter, make_cast, make_mentorship
from tests.conftest import make_settings
from tests.databases import PostgreSQLDatabases, SQLiteDatabases

REQUESTS = 400
"""Every other one records nothing to be sent."""


def run() -> None:
    """A learner books sessions, by turns with and without statement, delivery and waking the worker."""
    print("\n| book a session | milliseconds | of it for what is to be sent |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        with SQLiteDatabases(Path(folder)).fresh() as url:
            _row("SQLite", url, f"sqlite:///{folder}/queue.db")
        server = PostgreSQLDatabases()
        with server.fresh() as url:
            _row("PostgreSQL", url, f"sqlite:///{folder}/queue.db")
        server.stop()


def _row(name: str, url: str, queue_url: str) -> None:
    plain, telling = _book(url, queue_url)
    added = [1 - without / with_it for without, with_it in zip(plain, telling, strict=True)]
    print(f"| {name} | {1000 * median(telling):.1f} | {100 * median(added):.1f} % |", flush=True)


def _book(url: str, queue_url: str) -> tuple[list[float], list[float]]:
    app = create_app(
        make_settings(url, allow_loopback=True, lrs_endpoint="http://127.0.0.1:9", queue_url=queue_url)
    )
    app.test_client_class = Browser
    app.config.update(WTF_CSRF_ENABLED=False, SERVER_NAME="tool.example", PREFERRED_URL_SCHEME="https")
    with app.app_context():
        engine.begin_write(db.session)
        cast = make_cast(db.session)
        made = make_mentorship(db.session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
        db.session.commit()
        address = f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/mentorships/{made.id}/book"
        client = app.test_client()
        enter(client, cast.mentee)
        db.session.rollback()
        measured = _measure(client, address)
        db.engine.dispose()
        return measured


def _measure(client: Any, address: str) -> tuple[list[float], list[float]]:
    plain: list[float] = []
    telling: list[float] = []
    for number in range(REQUESTS):
        seconds = _book_one(client, address, number, plainly=number % 2 == 0)
        (telling if number % 2 else plain).append(seconds)
    return plain, telling


def _book_one(client: Any, address: str, number: int, *, plainly: bool) -> float:
    day = clock.now() + timedelta(days=1 + number // 12)
    form = {"date": day.date().isoformat(), "time": f"{8 + number % 12:02}:00", "minutes": "60"}
    quietly: AbstractContextManager[object] = (
        patch.object(recording, "_to_tell", lambda *_: None) if plainly else nullcontext()
    )
    with quietly:
        start = time.perf_counter()
        answer = client.post(address, data={**form, "place": "Library"})
        seconds = time.perf_counter() - start
    if answer.status_code != 303:
        raise RuntimeError(f"the session was not booked: {answer.status_code}")
    return seconds
