"""The background engine. Each task is one service call; what must not be lost is in the database."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from flask import Flask
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from lti_tool import jobs, outbox
from lti_tool.db import engine, models
from lti_tool.db.engine import begin_write, db
from lti_tool.lti import roster
from lti_tool.outbox import delivery
from lti_tool.rooms.rounds import solving
from lti_tool.settings import Settings

log = structlog.get_logger("peer_mentor.worker")

WORK: dict[str, Callable[[int], None]] = {"roster": roster.run, "round": solving.run}
"""What a job of each kind calls, with the job's id. It runs outside any transaction of ours."""

NAME = "peer-mentor"
DELIVERY_PAUSE = timedelta(seconds=1)


def connect(app: Flask, settings: Settings) -> None:
    """Give the application its queue, so that committed work reaches a worker."""
    queue = create_queue(app, settings.queue_url)
    app.extensions["queue"] = queue


def create_queue(app: Flask, url: str) -> Huey:
    queue = _storage(url)

    def run_job(job_id: int) -> None:
        with app.app_context():
            run(job_id)

    def deliver() -> None:
        with app.app_context():
            delivery.deliver_due()

    def sweep() -> None:
        # The queue may lose everything: what is still to be done is found in the database.
        with app.app_context():
            begin_write(db.session)
            jobs.give_up_on_silent(db.session)
            forgotten = jobs.lost(db.session)
            engine.commit(db.session)
            for job_id in forgotten:
                jobs.enqueue(job_id)
            delivery.deliver_due()

    app.extensions["run_job"] = queue.task(name="run_job")(run_job)
    deliver_soon = queue.task(name="deliver")(deliver)
    outbox.on_recorded(app, lambda: deliver_soon.schedule(delay=DELIVERY_PAUSE))
    queue.periodic_task(crontab(minute="*"), name="sweep")(sweep)
    return queue


def run(job_id: int) -> None:
    """Do one job and write down how it ended. A job that another worker has is left to it."""
    begin_write(db.session)
    taken = jobs.take(db.session, job_id)
    job = db.session.get_one(models.Job, job_id)
    kind = job.kind
    db.session.commit()
    if not taken:
        return
    try:
        WORK[kind](job_id)
        _finish(job_id, "done")
    except jobs.Cancelled:
        _finish(job_id, "cancelled")
    except jobs.Failed as failure:
        _finish(job_id, "failed", str(failure))
    except Exception:
        log.exception("job failed", job=job_id, kind=kind)
        _finish(job_id, "failed")


def _finish(job_id: int, state: str, error: str | None = None) -> None:
    db.session.rollback()
    begin_write(db.session)
    jobs.finish(db.session.get_one(models.Job, job_id), state, error)
    engine.commit(db.session)


def _storage(url: str) -> Huey:
    parts = urlsplit(url)
    if parts.scheme == "memory":
        return MemoryHuey(NAME)
    if parts.scheme in {"redis", "rediss"}:
        return RedisHuey(NAME, url=url)
    if parts.scheme in {"postgresql", "postgres"}:
        return PostgresHuey(NAME, dsn=url)
    path = Path(url.removeprefix("sqlite:///")).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(NAME, filename=str(path))


def consume(app: Flask, threads: int) -> None:
    """Work until told to stop. What an earlier worker left undone is looked for first."""
    queue: Huey = app.extensions["queue"]
    with app.app_context():
        outbox.wake()
    queue.create_consumer(workers=threads, worker_type="thread", periodic=True).run()
