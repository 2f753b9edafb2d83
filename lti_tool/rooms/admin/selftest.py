"""The self-test as a work: one try after the other, each result kept as soon as it is there."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import jobs, settings
from lti_tool.db import clock, models
from lti_tool.db.engine import begin_write, commit, db
from lti_tool.lti import selftest
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.selftest import Result, Skipped
from lti_tool.outbox import status, store_check, stores

Told = Callable[[float], None]
LRS = "lrs"
STUCK_AFTER = timedelta(hours=1)


def begin(session: Session, platform: models.Platform) -> models.SelfTest:
    """Start a self-test; the one that is under way, if there is one."""
    query = select(models.Platform.id).where(models.Platform.id == platform.id)
    session.execute(query.with_for_update(key_share=True))
    latest = newest(session, platform.id)
    if latest is not None and latest.job is not None and latest.job.under_way:
        return latest
    job = jobs.start(session, None, "selftest", platform_id=platform.id)
    test = models.SelfTest(platform_id=platform.id, job=job, started_at=clock.now(), results=[])
    session.add(test)
    session.flush()
    return test


def newest(session: Session, platform_id: int) -> models.SelfTest | None:
    return session.scalar(
        select(models.SelfTest)
        .where(models.SelfTest.platform_id == platform_id)
        .order_by(models.SelfTest.id.desc())
        .limit(1)
    )


def run(job_id: int) -> None:
    """Do a job of the kind "selftest"; outside any transaction.

    Raises:
        jobs.Cancelled: when somebody asked for it to stop.
    """
    test = db.session.scalars(select(models.SelfTest).where(models.SelfTest.job_id == job_id)).one()
    test_id, platform_id = test.id, test.platform_id
    db.session.rollback()
    for result in results(platform_id, lambda done: jobs.report(job_id, done, "selftest.trying")):
        begin_write(db.session)
        kept = db.session.get_one(models.SelfTest, test_id)
        kept.results = [*kept.results, as_dict(result)]
        commit(db.session)


def results(platform_id: int, told: Told) -> Iterator[Result]:
    """Make all tries, one after the other.

    Args:
        told: how far it is, from 0 to 1, before each try; may raise to stop.
    """
    now = settings.current()
    tries = list(selftest.tries(db.session, platform_id, now.public_url))
    tries += [("store", lambda: _store(now)), ("delivery", lambda: _delivery(now))]
    for number, (name, attempt) in enumerate(tries):
        told(number / len(tries))
        result = selftest.make(name, attempt)
        db.session.rollback()
        yield result


def as_dict(result: Result) -> dict[str, str]:
    return {"name": result.name, "state": result.state, "detail": result.detail}


def _store(now: settings.Settings) -> str:
    store = stores.of_settings(now)
    if store is None:
        raise Skipped("no record store is configured; statements stay in the database and can be exported")
    try:
        return store_check.check(store)
    except store_check.StoreRefused as refused:
        raise ServiceError("refused", str(refused)) from None


def _delivery(now: settings.Settings) -> str:
    # Without a store the statements wait for an export, and nothing is wrong.
    routes = [row for row in status.totals(db.session) if now.lrs_endpoint or row["route"] != LRS]
    waiting = [datetime.fromisoformat(row["oldest_pending"]) for row in routes if row["oldest_pending"]]
    oldest = min(waiting, default=None)
    if oldest is None:
        return "nothing waits to be sent"
    if clock.now() - oldest > STUCK_AFTER:
        raise ServiceError("retry", f"the oldest message waits since {oldest:%Y-%m-%d %H:%M} UTC")
    return "what waits was recorded in the last hour"
