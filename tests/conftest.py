"""Fixtures that all tests share: databases, the application, a fixed cast of people."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import engine
from lti_tool.db.engine import db
from lti_tool.settings import Settings
from tests.applications import Applications
from tests.cast import Cast, make_cast
from tests.databases import PostgreSQLDatabases, SQLiteDatabases
from tests.ports import free_port

ENCRYPTION_KEY = Fernet.generate_key().decode()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SQLiteDatabases:
    return SQLiteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgreSQLDatabases]:
    databases = PostgreSQLDatabases()
    yield databases
    databases.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, migrated database; every test that uses it runs on both kinds."""
    databases = request.getfixturevalue(f"{request.param}_databases")
    with databases.fresh() as url:
        yield url


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url)


def make_settings(database_url: str, **others: object) -> Settings:
    values: dict[str, object] = {
        "public_url": "https://tool.example",
        "secret_key": "s" * 40,
        "encryption_key": ENCRYPTION_KEY,
        "database_url": database_url,
        "queue_url": "memory://",
        "demo": True,
    }
    return Settings(**(values | others))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def applications() -> Applications:
    return Applications()


@pytest.fixture
def app(settings: Settings, applications: Applications) -> Iterator[Flask]:
    with applications.lent(settings) as lent:
        yield lent


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that speaks https, as the session cookie demands."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session in a context of its own, beside those of the requests."""
    with app.app_context():
        yield db.session
        engine.rollback(db.session)


@pytest.fixture
def cast(session: Session) -> Cast:
    """The fixed cast, already in the database; see `tests.cast`."""
    engine.begin_write(session)
    people = make_cast(session)
    session.commit()
    return people


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; tests that need one are skipped by hand and fail in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    return missing("no Chromium on this machine")


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node.js, beside which npm lies."""
    path = shutil.which("node")
    if path and shutil.which("npm"):
        return path
    return missing("no Node.js with npm on this machine")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of the tests' own, which keeps nothing."""
    program = shutil.which("redis-server") or missing("no redis-server on this machine")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(
        [program, *options], cwd=tmp_path_factory.mktemp("redis"), stdout=subprocess.DEVNULL
    )
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


def missing(reason: str) -> str:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must run everything")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def project() -> Path:
    return Path(__file__).parent.parent
