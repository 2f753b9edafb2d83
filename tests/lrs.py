"""A real record store for the tests: Learning Locker's statements service, a process of its own.

It comes from npm into var/, is no part of the product (GPL-3.0), keeps everything in memory, and is
reached on the loopback interface only.
"""

import fcntl
import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.ports import free_port

PACKAGES = {"xapi-statements": "5.0.1", "@learninglocker/xapi-validation": "3.0.0"}
CREDENTIALS = ("test", "test")
HERE = Path(__file__).parent
HEADERS = {"X-Experience-API-Version": "1.0.3"}


class RecordStore:
    """A running store; ``endpoint`` is what a client is given."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def get(self, statement_id: str) -> dict[str, Any] | None:
        """The statement with this id, or None."""
        answer = self._ask({"statementId": statement_id})
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def having(self, registration: str) -> list[dict[str, Any]]:
        """All statements with this registration."""
        answer = self._ask({"registration": registration, "limit": "100"})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["statements"]
        return found

    def _ask(self, query: dict[str, str]) -> requests.Response:
        url = f"{self.endpoint}/statements"
        return requests.get(url, params=query, headers=HEADERS, auth=CREDENTIALS, timeout=10)


def install(npm: str, folder: Path, packages: Mapping[str, str] = PACKAGES) -> Path:
    """Fetch the packages unless they are there; gives the folder that holds node_modules."""
    wanted = [f"{name}@{version}" for name, version in packages.items()]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        # Test processes side by side: one fetches, the others wait and find it done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all(_has(folder, name, version) for name, version in packages.items()):
            command = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder)]
            subprocess.run([*command, *wanted], check=True, timeout=280)
    return folder


def _has(folder: Path, name: str, version: str) -> bool:
    about = folder / "node_modules" / name / "package.json"
    return about.is_file() and json.loads(about.read_text(encoding="utf-8"))["version"] == version


@contextmanager
def running(node: str, packages: Path) -> Iterator[RecordStore]:
    """Start a store and stop it at the end of the block."""
    port = free_port()
    service = packages / "node_modules/xapi-statements/dist/index.js"
    preload = HERE / "loopback_only.cjs"
    process = subprocess.Popen(
        [node, "--no-deprecation", "--require", str(preload), str(service)],
        env=_environment(port),
        cwd=packages,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        store = RecordStore(f"http://127.0.0.1:{port}/xAPI")
        _await(store, process)
        yield store
    finally:
        process.terminate()
        process.wait(15)


def _environment(port: int) -> dict[str, str]:
    own = {
        "MODELS_REPO": "memory",
        "STORAGE_REPO": "local",
        "AUTH_REPO": "test",
        "EVENTS_REPO": "test",
        "EXPRESS_PORT": str(port),
        "SERVICE_AWAIT_UPDATES": "true",
        "WINSTON_CONSOLE_LEVEL": "error",
    }
    return os.environ | own


def _await(store: RecordStore, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            store.get("00000000-0000-4000-8000-000000000000")
        except requests.ConnectionError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def faults(node: str, packages: Path, statements: list[dict[str, Any]]) -> list[list[str]]:
    """What Learning Locker's validator finds wrong in each statement."""
    done = subprocess.run(
        [node, str(HERE / "validate_statements.cjs")],
        input=json.dumps(statements),
        env=os.environ | {"NODE_PATH": str(packages / "node_modules")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="session")
def npm_packages(node: str, project: Path) -> Path:
    return install(str(Path(node).with_name("npm")), project / "var" / "npm")


@pytest.fixture(scope="session")
def record_store(node: str, npm_packages: Path) -> Iterator[RecordStore]:
    with running(node, npm_packages) as store:
        yield store
