"""What a claim costs with few and with a million rows in the outbox, and how the databases look for them."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session

from lti_tool.db import engine
from lti_tool.outbox import claim
from tests.databases import PostgreSQLDatabases, SQLiteDatabases

FEW, MANY = 1_000, 1_000_000
ROUTES = 100
TIMES = 50
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, {rows})) SELECT",
}
ROWS = """INSERT INTO delivery (kind, route, key, version, body, state, attempts, due_at, created_at)
{numbers} 'statement', CASE WHEN i % 2 = 0 THEN 'lrs' ELSE 'ags:' || (i % {routes}) END, 'k' || i, 1, '{{}}',
CASE WHEN i % 5 = 0 THEN 'pending' ELSE 'delivered' END, 0, {due}, {due} FROM n"""
DUE = {"sqlite": "'2026-01-01 00:00:00.000000'", "postgresql": "'2026-01-01T00:00:00+00:00'::timestamptz"}
"""Four of five have arrived; half of all are statements for one store, the others scores of 50 courses."""


def run() -> None:
    print("\n| database | rows | milliseconds to find the routes | to claim 50 |\n|---|---|---|---|")
    plans = []
    for name, made in _databases():
        for rows in (FEW, MANY):
            _fill(made, name, rows)
            routes, taking = _measure(made)
            print(f"| {name} | {rows:,} | {routes:.2f} | {taking:.2f} |", flush=True)
        plans.append((name, _plan(made, name)))
    for name, plan in plans:
        print(f"\n{name}, the claim's query with {MANY:,} rows:\n\n```\n{plan}\n```")


def _databases() -> Iterator[tuple[str, Engine]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        SQLiteDatabases(Path(folder)).fresh() as url,
        _open(url) as made,
    ):
        yield "sqlite", made
    server = PostgreSQLDatabases()
    with server.fresh() as url, _open(url) as made:
        yield "postgresql", made
    server.stop()


@contextmanager
def _open(url: str) -> Iterator[Engine]:
    made = create_engine(engine.normalised_url(url))
    engine.prepare(made)
    yield made
    made.dispose()


def _fill(made: Engine, name: str, rows: int) -> None:
    numbers = NUMBERS[name].format(rows=rows)
    with made.begin() as connection:
        connection.execute(text("DELETE FROM delivery"))
        connection.execute(text(ROWS.format(numbers=numbers, routes=ROUTES, due=DUE[name])))
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if name == "sqlite" else "VACUUM ANALYZE delivery")


def _measure(made: Engine) -> tuple[float, float]:
    """Milliseconds: the middle of many tries."""
    routes, taking = [], []
    for _ in range(TIMES):
        with Session(made) as session:
            start = time.perf_counter()
            claim.due_routes(session)
            routes.append(time.perf_counter() - start)
            session.rollback()
            start = time.perf_counter()
            engine.begin_write(session)
            claim.claim(session, "lrs", 50)
            session.commit()
            taking.append(time.perf_counter() - start)
    return 1000 * sorted(routes)[TIMES // 2], 1000 * sorted(taking)[TIMES // 2]


def _plan(made: Engine, name: str) -> str:
    seen: list[tuple[str, Any]] = []

    def see(_c: Connection, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT delivery.id"):
            seen.append((statement, values))

    event.listen(made, "before_cursor_execute", see)
    with Session(made) as session:
        engine.begin_write(session)
        claim.claim(session, "lrs", 50)
        session.rollback()
    event.remove(made, "before_cursor_execute", see)
    statement, values = seen[-1]
    explain = "EXPLAIN QUERY PLAN" if name == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF)"
    with made.connect() as connection:
        rows = connection.exec_driver_sql(f"{explain} {statement}", values).all()
    return "\n".join(str(row[-1]) for row in rows)
