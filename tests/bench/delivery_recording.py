"""What it costs a request that it records an event, its statement and its delivery, and wakes the worker."""

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from lti_tool import outbox
from lti_tool.app import create_app
from lti_tool.db import clock, engine
from lti_tool.db.engine import db
from lti_tool.outbox import recording
from tests.applications import Browser
from tests.cast import enter, make_cast, make_mentorship
from tests.conftest import make_settings
from tests.databases import migrate

REQUESTS = 60


def run() -> None:
    """A learner books sessions: the time of each request, and the part of it spent on what is to be sent."""
    with tempfile.TemporaryDirectory() as folder:
        spent, whole = _book(Path(folder))
    middle = sorted(whole)[len(whole) // 2]
    share = sorted(part / of for part, of in zip(spent, whole, strict=True))[len(whole) // 2]
    print("\n| request | milliseconds | of it recording and waking the worker |\n|---|---|---|")
    print(
        f"| book a session (SQLite, queue on SQLite) | {1000 * middle:.1f} | {100 * share:.1f} % |",
        flush=True,
    )


def _book(folder: Path) -> tuple[list[float], list[float]]:
    url = f"sqlite:///{folder}/bench.db"
    migrate(url)
    app = create_app(
        make_settings(
            url,
            allow_loopback=True,
            lrs_endpoint="http://127.0.0.1:9",
            queue_url=f"sqlite:///{folder}/queue.db",
        )
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
        return _measure(client, address)


def _measure(client: Any, address: str) -> tuple[list[float], list[float]]:
    clocked = Clocked()
    spent, whole = [], []
    with (
        patch.object(recording, "_add_statement", clocked(recording._add_statement)),
        patch.object(outbox, "wake", clocked(outbox.wake)),
    ):
        for number in range(REQUESTS):
            day = clock.now() + timedelta(days=1 + number // 12)
            form = {"date": day.date().isoformat(), "time": f"{8 + number % 12:02}:00", "minutes": "60"}
            clocked.seconds = 0.0
            start = time.perf_counter()
            answer = client.post(address, data={**form, "place": "Library"})
            whole.append(time.perf_counter() - start)
            spent.append(clocked.seconds)
            if answer.status_code != 303 or not clocked.seconds:
                raise RuntimeError(f"the session was not booked: {answer.status_code}")
    return spent, whole


class Clocked:
    """Adds up the time that is spent in what it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, wrapped: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return wrapped(*args, **options)
            finally:
                self.seconds += time.perf_counter() - start

        return timed
