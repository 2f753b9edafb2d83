"""Delivery workers that can be killed: `python -m tests.integration.outbox.mortal_workers`, orders on stdin.

One process loads the tool and forks a worker for each life, which costs milliseconds instead of the seconds
that a start takes. It has no threads of its own, so that forking is safe. Each generation of workers lives
after the one before it, when the leases and waits of the dead have ended.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from lti_tool.app import create_app
from lti_tool.db import clock, engine
from lti_tool.db.engine import db
from lti_tool.outbox import claim, delivery, routes_lrs
from tests.conftest import make_settings

GENERATION = claim.LEASE + timedelta(hours=1)
"""Longer than any lease, and than any wait after a failure."""


@dataclass(frozen=True)
class Generation:
    """Workers that live at the same time."""

    workers: int = 1
    longest_life: float | None = None
    """Seconds; each is killed within them at a moment drawn at random. None: nobody is."""
    largest_file: int | None = None
    """Bytes that a file may have for them: the disk is full at that."""


class Mortals:
    """The parent of all workers, seen from a test."""

    def __init__(self, project: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.outbox.mortal_workers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=project,
            text=True,
        )

    def live(
        self, app: Flask, endpoint: str, generations: list[Generation], *, batch: int = 5, after: int = 0
    ) -> list[list[int]]:
        """Let them deliver, so many days from now; how each ended, by generation (9: killed, 0: alone)."""
        order = {
            "database_url": app.config["SETTINGS"].database_url,
            "lrs_endpoint": endpoint,
            "start": (clock.now() + timedelta(days=after)).isoformat(),
            "generations": [asdict(one) for one in generations],
            "batch": batch,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        for line in self._process.stdout:
            if line.startswith("[["):  # anything else is a log
                ends: list[list[int]] = json.loads(line)
                return ends
        raise AssertionError("the parent of the workers is gone")

    def end(self) -> None:
        with self._process:
            self._process.terminate()


def main() -> None:
    chance = random.Random(7)
    for line in sys.stdin:
        print(json.dumps(_obey(json.loads(line), chance)), flush=True)


def _obey(order: dict[str, Any], chance: random.Random) -> list[list[int]]:
    routes_lrs.BATCH = order["batch"]
    app = create_app(
        make_settings(
            order["database_url"],
            allow_loopback=True,
            lrs_endpoint=order["lrs_endpoint"],
            lrs_username="test",
            lrs_password="test",
        )
    )
    with app.app_context():
        db.engine.dispose()
    start = datetime.fromisoformat(order["start"])
    return [
        _live(app, Generation(**one), start + number * GENERATION, chance)
        for number, one in enumerate(order["generations"])
    ]


def _live(app: Flask, generation: Generation, now: datetime, chance: random.Random) -> list[int]:
    heard, ready = os.pipe()
    workers = [_fork(app, now, generation.largest_file, ready) for _ in range(generation.workers)]
    os.close(ready)
    for _ in workers:
        os.read(heard, 1)
    os.close(heard)
    if generation.longest_life is not None:
        time.sleep(chance.uniform(0, generation.longest_life))
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
    ends = [os.waitpid(worker, 0)[1] for worker in workers]
    return [os.WTERMSIG(end) if os.WIFSIGNALED(end) else os.WEXITSTATUS(end) for end in ends]


def _fork(app: Flask, now: datetime, largest_file: int | None, ready: int) -> int:
    worker = os.fork()
    if worker:
        return worker
    code = 1
    try:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
        with app.app_context(), clock.at(now):
            _connect()
            os.write(ready, b".")
            _deliver()
        code = 0
    finally:
        os._exit(code)


def _connect() -> None:
    """What a worker does once in its life must not be all that it lives for."""
    with suppress(Exception):
        claim.due_routes(db.session)
    engine.rollback(db.session)


def _deliver() -> None:
    while True:
        # A failed task is logged by the queue and tried again later; the worker goes on.
        with suppress(Exception):
            if delivery.deliver_due():
                continue
        engine.rollback(db.session)
        return


if __name__ == "__main__":
    main()
