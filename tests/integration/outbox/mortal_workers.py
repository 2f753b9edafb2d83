"""Delivery workers that can be killed: `python -m tests.integration.outbox.mortal_workers` (a JSON on stdin).

One process loads the tool and forks a worker for each life, which costs milliseconds instead of the seconds
that a start takes. It has no threads of its own, so that forking is safe. Each generation of workers lives
after the one before it, when the leases and waits of the dead have ended.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from lti_tool.app import create_app
from lti_tool.db import clock
from lti_tool.db.engine import db
from lti_tool.outbox import claim, delivery, routes_lrs
from tests.conftest import make_settings

GENERATION = claim.LEASE + timedelta(hours=1)
"""Longer than any lease, and than any wait after a failure."""


def main() -> None:
    told: dict[str, Any] = json.load(sys.stdin)
    routes_lrs.BATCH = told["batch"]
    app = create_app(
        make_settings(told["database_url"], allow_loopback=True, lrs_endpoint=told["lrs_endpoint"])
    )
    with app.app_context():
        db.engine.dispose()
    chance = random.Random(told["seed"])
    start = datetime.fromisoformat(told["start"])
    for number in range(told["generations"]):
        workers = [_fork(app, start + number * GENERATION) for _ in range(told["workers"])]
        if told["longest_life"] is not None:
            time.sleep(chance.uniform(0, told["longest_life"]))
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
        ends = [os.waitpid(worker, 0)[1] for worker in workers]
        print(json.dumps([os.WTERMSIG(end) if os.WIFSIGNALED(end) else os.WEXITSTATUS(end) for end in ends]))


def _fork(app: Flask, now: datetime) -> int:
    worker = os.fork()
    if worker:
        return worker
    code = 1
    try:
        with app.app_context(), clock.at(now):
            while delivery.deliver_due():
                pass
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
