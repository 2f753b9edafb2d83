"""`make bench`, part "delivery": from the outbox to a real record store, beside what others do and the limit.

BENCH_TINCAN names a Python with the package `tincan` from PyPI; without it that row is left out.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import requests
from flask import Flask

import xapi
from lti_tool.app import create_app
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import delivery, routes_lrs
from tests.bench import delivery_claim, delivery_recording, delivery_workers
from tests.conftest import make_settings
from tests.databases import migrate
from tests.lrs import CREDENTIALS, HEADERS, RecordStore, install, running

SIZES = (1, 10, 50, 100, 200)
SINGLE = 100
"""Statements where one goes at a time; else `MANY`."""
MANY = 1200
TURNS = 7
PROJECT = Path(__file__).parents[2]
TINCAN = """
import json, sys, time
from tincan import RemoteLRS, Statement
store = RemoteLRS(endpoint=sys.argv[1], username="test", password="test", version="1.0.3")
statements = [Statement(one) for one in json.load(sys.stdin)]
start = time.perf_counter()
for one in statements:
    store.save_statement(one)
print(time.perf_counter() - start)
"""


def run() -> None:
    """Print all tables of this part."""
    _to_the_store()
    delivery_workers.run()
    delivery_recording.run()
    delivery_claim.run()


def _to_the_store() -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        print("Without Node.js the real store cannot run.")
        return
    print("| what | batch | statements a second | of the limit |\n|---|---|---|---|")
    with running(node, install(npm, PROJECT / "var" / "npm")) as store:
        _raw(store, _statements(500), 50)  # the store's own start is nobody's time
        for size in SIZES:
            number = SINGLE if size == 1 else MANY
            # By turns, and the middle one of the ratios: what else the machine does then weighs on both.
            turns = [
                (_raw(store, _statements(number), size), _outbox(store, _statements(number), size))
                for _ in range(TURNS)
            ]
            limit = median(raw for raw, _ours in turns)
            if size == 1 and (speed := _tincan(store)) is not None:
                _row("`tincan`, one at a time", 1, speed, limit / speed)
            _row("a loop of plain POSTs (the limit)", size, limit, 1.0)
            _row(
                "the outbox",
                size,
                median(ours for _raw, ours in turns),
                median(raw / ours for raw, ours in turns),
            )


def _row(name: str, size: int, speed: float, ratio: float) -> None:
    print(f"| {name} | {size} | {speed:,.0f} | {ratio:.2f} x |", flush=True)


def _statements(number: int) -> list[str]:
    """Texts of statements of this tool, each with an id of its own."""
    event = xapi.CohortJoined(
        id=uuid.uuid4(),
        occurred_at=clock.now(),
        programme=xapi.Programme(
            issuer="https://lms.example",
            deployment="1",
            context="bench",
            course_id=1,
            course_title="A course",
            cohort_id=1,
            cohort_name="A cohort",
            tool="https://tool.example",
        ),
        actor=xapi.Account(home_page="https://lms.example", name="somebody"),
        role="mentee",
        participation=uuid.uuid4(),
    )
    made = xapi.statement(event)
    return [json.dumps({**made, "id": str(uuid.uuid4())}) for _ in range(number)]


def _raw(store: RecordStore, texts: Sequence[str], size: int) -> float:
    """Statements a second of a loop that does nothing but post."""
    headers = HEADERS | {"Content-Type": "application/json"}
    bodies = ["[" + ",".join(texts[at : at + size]) + "]" for at in range(0, len(texts), size)]
    with requests.Session() as http:
        start = time.perf_counter()
        for body in bodies:
            http.post(
                f"{store.endpoint}/statements",
                data=body.encode(),
                headers=headers,
                auth=CREDENTIALS,
                timeout=60,
            ).raise_for_status()
    return len(texts) / (time.perf_counter() - start)


def _tincan(store: RecordStore) -> float | None:
    python = os.environ.get("BENCH_TINCAN")
    if python is None:
        return None
    done = subprocess.run(
        [python, "-c", TINCAN, f"{store.endpoint}/"],
        input="[" + ",".join(_statements(SINGLE)) + "]",
        text=True,
        capture_output=True,
        check=True,
        timeout=120,
    )
    return SINGLE / float(done.stdout.split()[-1])


def _outbox(store: RecordStore, texts: Sequence[str], size: int) -> float:
    """Statements a second from rows that wait to rows that are delivered, on SQLite."""
    with _application(store.endpoint) as app, app.app_context():
        before, routes_lrs.BATCH = routes_lrs.BATCH, size
        _record(_statements(size))  # the first batch, for which every query is put together, is nobody's time
        delivery.deliver_due()
        _record(texts)
        start = time.perf_counter()
        while delivery.deliver_due():
            pass
        seconds = time.perf_counter() - start
        routes_lrs.BATCH = before
        left = db.session.query(models.Delivery).filter(models.Delivery.state != "delivered").count()
        db.session.rollback()
        db.engine.dispose()
    if left:
        raise RuntimeError(f"{left} statements were not delivered")
    return len(texts) / seconds


def _record(texts: Sequence[str]) -> None:
    now = clock.now()
    engine.begin_write(db.session)
    db.session.add_all(
        models.Delivery(
            kind="statement", route="lrs", key=json.loads(one)["id"], body=one, state="pending",
            due_at=now, created_at=now,
        )
        for one in texts
    )  # fmt: skip
    engine.commit(db.session)


@contextmanager
def _application(endpoint: str) -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        migrate(url)
        name, password = CREDENTIALS
        yield create_app(
            make_settings(
                url, allow_loopback=True, lrs_endpoint=endpoint, lrs_username=name, lrs_password=password
            )
        )
