"""The background engine. Each task is one service call; what must not be lost is in the database."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from flask import Flask
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer

from lti_tool import jobs, outbox, periodic
from lti_tool.db import engine, models
from lti_tool.db.engine import begin_write, db
from lti_tool.lti import deep_linking, login_state, notice_handlers, notices, roster
from lti_tool.outbox import backfill, delivery, ledger, mail, readback, status, whole_cohort
from lti_tool.rooms.admin import selftest
from lti_tool.rooms.rounds import answering, solving
from lti_tool.rooms.stores import service as stores_service
from lti_tool.settings import Settings
from lti_tool.web import visits

log = structlog.get_logger("peer_mentor.worker")

WORK: dict[str, Callable[[int], None]] = {
    "roster": roster.run,
    "roster_held": roster.run_held,
    "selftest": selftest.run,
    "round": solving.run,
    "question": answering.run,
    "grades": whole_cohort.run,
    "store_test": stores_service.run_test,
    "backfill": backfill.run,
}
"""What a job of each kind calls, with the job's id. It runs outside any transaction of ours."""

NAME = "peer-mentor"
DELIVERY_PAUSE = timedelta(seconds=2)
TOLD_ENOUGH = timedelta(seconds=1)
"""Who was told so recently will still find what is recorded now: a busy server need not say it each time."""
ALARM_EVERY = timedelta(hours=1)
REMIND_EVERY = timedelta(hours=1)
MOST_FORGOTTEN = 5000
"""Expired rows that one sweep deletes: a short transaction, and more in a minute than ever come in one."""


def connect(app: Flask, settings: Settings) -> None:
    """Give the application its queue, so that committed work reaches a worker."""
    queue = create_queue(app, settings)
    app.extensions["queue"] = queue


def create_queue(app: Flask, settings: Settings) -> Huey:
    # What is read from the queue is run: only what this tool put there may be.
    queue = _storage(settings.queue_url, SignedSerializer(settings.secret_key))

    def run_job(job_id: int) -> None:
        with app.app_context():
            run(job_id)

    def deliver() -> None:
        with app.app_context():
            delivery.deliver_due()

    def every_minute() -> None:
        with app.app_context():
            sweep()

    def read_gradebooks() -> None:
        with app.app_context():
            readback.read_due(db.session)

    app.extensions["run_job"] = queue.task(name="run_job")(run_job)
    deliver_soon = queue.task(name="deliver")(deliver)
    tell = _Sparing(TOLD_ENOUGH, lambda: deliver_soon.schedule(delay=DELIVERY_PAUSE))
    outbox.on_recorded(app, tell)
    queue.periodic_task(crontab(minute="*"), name="sweep")(every_minute)
    # Apart from the sweep: a slow gradebook must not hold up what is to be sent.
    read_soon = queue.task(name="read_gradebooks_now")(read_gradebooks)
    outbox.on_read_wished(app, lambda: read_soon())
    queue.periodic_task(crontab(minute="*"), name="read_gradebooks")(read_gradebooks)
    return queue


class _Sparing:
    """Does something, but not again within a while. Threads may do it twice; that harms nobody."""

    def __init__(self, pause: timedelta, action: Callable[[], object]) -> None:
        self._pause = pause.total_seconds()
        self._action = action
        self._next = float("-inf")

    def __call__(self) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._action()
            self._next = now + self._pause


def sweep() -> None:
    """Look after what was forgotten. The queue may lose everything: the database knows what is to be done."""
    for step in STEPS:
        try:
            step()
        except Exception:
            # One that fails must not keep the others from their turn; it has its own again in a minute.
            log.exception("sweep failed", step=step.__name__)
            engine.rollback(db.session)


def _show_life() -> None:
    begin_write(db.session)
    periodic.beat(db.session)
    engine.commit(db.session)


def _find_lost_jobs() -> None:
    begin_write(db.session)
    jobs.give_up_on_silent(db.session)
    forgotten = jobs.lost(db.session)
    engine.commit(db.session)
    for job_id in forgotten:
        jobs.enqueue(job_id)


def _forget_expired() -> None:
    begin_write(db.session)
    login_state.forget_expired(db.session, most=MOST_FORGOTTEN)
    deep_linking.forget_expired(db.session, most=MOST_FORGOTTEN)
    visits.forget_expired(db.session, most=MOST_FORGOTTEN)
    notices.forget_expired(db.session, most=MOST_FORGOTTEN)
    engine.commit(db.session)


def _send_what_could_not() -> None:
    """A platform may let the tool write scores only after points were reckoned."""
    engine.rollback(db.session)
    whole_cohort.send_unsent(db.session)


def _register_notice_handlers() -> None:
    notice_handlers.register_due(db.session)


def _reconcile() -> None:
    if _is_mine("reconciliation", ledger.EVERY):
        found = ledger.reconcile(db.session)
        say = log.warning if found["missing"] or found["different"] else log.info
        say("reconciled", **found)


def _remind() -> None:
    if _is_mine("reminders", REMIND_EVERY):
        mail.remind_of_reviews(db.session)


def _raise_alarm() -> None:
    if not _is_mine("alarm", ALARM_EVERY):
        return
    for kind, totals in status.by_kind(db.session).items():
        if totals.overdue:
            hours = round(totals.age.total_seconds() / 3600, 1)
            log.error("deliveries overdue", kind=kind, oldest_hours=hours, waiting=totals.states["pending"])
    engine.rollback(db.session)


def _is_mine(name: str, every: timedelta) -> bool:
    begin_write(db.session)
    mine = periodic.claim(db.session, name, every)
    engine.commit(db.session)
    return mine


STEPS: tuple[Callable[[], object], ...] = (
    _show_life,
    _find_lost_jobs,
    _forget_expired,
    _send_what_could_not,
    delivery.deliver_due,
    _raise_alarm,
    _register_notice_handlers,
    _remind,
    _reconcile,
)
"""What a sweep does, in this order."""


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
    engine.rollback(db.session)
    begin_write(db.session)
    job = db.session.get_one(models.Job, job_id, with_for_update=True)
    # It may have been given up as lost meanwhile, and begun anew by somebody.
    if job.state == "running":
        jobs.finish(job, state, error)
    engine.commit(db.session)


def _storage(url: str, serializer: SignedSerializer) -> Huey:
    parts = urlsplit(url)
    if parts.scheme == "memory":
        return MemoryHuey(NAME, serializer=serializer)
    if parts.scheme in {"redis", "rediss"}:
        return RedisHuey(NAME, serializer=serializer, url=url)
    if parts.scheme in {"postgresql", "postgres"}:
        return PostgresHuey(NAME, serializer=serializer, dsn=url)
    path = Path(url.removeprefix("sqlite:///")).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(NAME, serializer=serializer, filename=str(path))


def consume(app: Flask, threads: int) -> None:
    """Work until told to stop. What an earlier worker left undone is looked for first."""
    queue: Huey = app.extensions["queue"]
    with app.app_context():
        _show_life()
        outbox.wake()
    queue.create_consumer(workers=threads, worker_type="thread", periodic=True).run()
