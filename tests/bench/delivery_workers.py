"""How fast one, two and four workers are on one PostgreSQL, before a store that takes its time."""

import time
from pathlib import Path

from sqlalchemy import create_engine

from lti_tool.app import create_app
from tests.bench.delivery_claim import DUE, NUMBERS
from tests.conftest import make_settings
from tests.databases import PostgreSQLDatabases
from tests.integration.outbox.loopback import ScriptedStore, scripted_store
from tests.integration.outbox.mortal_workers import Generation, Mortals

STATEMENTS = 2000
STORE_SECONDS = 0.1
"""A batch of 50 takes so long there: 500 a second from one worker at most."""
STATEMENT = """'{"id": "' || gen_random_uuid() || '", "timestamp": "2026-01-01T00:00:00.000Z"}'"""
ROWS = """INSERT INTO delivery (kind, route, key, version, body, state, attempts, due_at, created_at)
{numbers} 'statement', 'lrs', 'k' || i, 1,
{statement}, 'pending', 0, {due}, {due} FROM n"""


def run() -> None:
    print("\n| workers on one PostgreSQL | statements a second | times one worker |\n|---|---|---|")
    server, mortals = PostgreSQLDatabases(), Mortals(Path(__file__).parents[2])
    one = 0.0
    for workers in (1, 2, 4):
        with server.fresh() as url, scripted_store() as store:
            speed = _measure(url, store, mortals, workers)
        one = one or speed
        print(f"| {workers} | {speed:,.0f} | {speed / one:.2f} |", flush=True)
    mortals.end()
    server.stop()


def _measure(url: str, store: ScriptedStore, mortals: Mortals, workers: int) -> float:
    made = create_engine(url)
    with made.begin() as connection:
        numbers = NUMBERS["postgresql"].format(rows=STATEMENTS)
        values = {"numbers": numbers, "statement": STATEMENT, "due": DUE["postgresql"]}
        connection.exec_driver_sql(ROWS.format(**values))
    made.dispose()
    store.behaviour = "learning-locker"
    moments: list[float] = []

    def take_time() -> None:
        moments.append(time.perf_counter())
        time.sleep(STORE_SECONDS)

    store.on_post = take_time
    app = create_app(make_settings(url))
    mortals.live(app, store.endpoint, [Generation(workers)], batch=50)
    if len(store.statements) != STATEMENTS or sum(map(len, store.posts)) != STATEMENTS:
        raise RuntimeError("not each statement arrived once")
    return STATEMENTS / (moments[-1] + STORE_SECONDS - moments[0])
