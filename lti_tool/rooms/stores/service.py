"""Adding, changing, switching and trying a course's record stores. Only the worker's part commits."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool import audit, jobs
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.db.secrets import Unreadable, encrypt
from lti_tool.outbox import store_check, stores
from lti_tool.outbox.status import WAITING


@dataclass(frozen=True)
class StorePlan:
    """A store as a form describes it; without a secret the one that is known stays."""

    name: str
    endpoint: str
    version: str
    auth: str
    username: str
    secret: str | None
    token_url: str | None
    scope: str | None


def add(session: Session, course: models.Course, plan: StorePlan, by: models.Member) -> models.RecordStore:
    """A new store, or the one with this very address and user that the course has already."""
    session.execute(select(models.Course.id).where(models.Course.id == course.id).with_for_update())
    row = session.scalar(
        select(models.RecordStore).where(
            models.RecordStore.course_id == course.id,
            models.RecordStore.endpoint == plan.endpoint,
            models.RecordStore.username == plan.username,
        )
    )
    if row is None:
        row = models.RecordStore(course_id=course.id, created_at=clock.now(), secret="")
        session.add(row)
    change(session, row, plan, by, action="store.added")
    return row


def change(
    session: Session,
    row: models.RecordStore,
    plan: StorePlan,
    by: models.Member,
    action: str = "store.changed",
) -> None:
    row.name, row.endpoint, row.version, row.auth = plan.name, plan.endpoint, plan.version, plan.auth
    row.username, row.token_url, row.scope = plan.username, plan.token_url, plan.scope
    row.tested_at = row.test_error = None
    if plan.secret is not None:
        row.secret = encrypt(plan.secret)
    session.flush()
    _note(session, row, by, action)


def switch(session: Session, row: models.RecordStore, by: models.Member, *, on: bool) -> None:
    """Use a store again, or no more. What waits for it then is forgotten; a backfill finds it again."""
    if on == (row.disabled_at is None):
        return
    row.disabled_at = None if on else clock.now()
    if not on:
        waiting = delete(models.Delivery).where(
            models.Delivery.route == stores.route_of(row), models.Delivery.state.in_(WAITING)
        )
        session.execute(waiting.execution_options(synchronize_session=False))
    session.flush()
    _note(session, row, by, "store.enabled" if on else "store.disabled")


def start_test(session: Session, row: models.RecordStore) -> models.Job:
    """Have the worker try the store; a try that is under way is the answer to a second click."""
    known = row.job_id and session.get(models.Job, row.job_id)
    if known and known.under_way:
        return known
    job = jobs.start(session, row.course_id, "store_test")
    row.job_id = job.id
    session.flush()
    return job


def start_backfill(session: Session, course: models.Course) -> models.Job:
    session.execute(select(models.Course.id).where(models.Course.id == course.id).with_for_update())
    under_way = jobs.under_way(session, course.id, "backfill")
    return under_way or jobs.start(session, course.id, "backfill")


def run_test(job_id: int) -> None:
    """The worker's part of a try: asks the store outside any transaction, then writes down what it said."""
    session = db.session
    jobs.report(job_id, 0.1, "store.asking")
    row = session.scalar(select(models.RecordStore).where(models.RecordStore.job_id == job_id))
    if row is None:
        return
    row_id = row.id
    error = _try(row)
    engine.rollback(session)
    engine.begin_write(session)
    row = session.get_one(models.RecordStore, row_id)
    row.tested_at, row.test_error = clock.now(), error[:500] if error else None
    engine.commit(session)


def _try(row: models.RecordStore) -> str | None:
    try:
        store = stores.of_row(row)
        engine.rollback(db.session)
        store_check.check(store)
    except store_check.StoreRefused as refused:
        return str(refused)
    except Unreadable:
        return "its password cannot be read any more; give it again"
    return None


def _note(session: Session, row: models.RecordStore, by: models.Member, action: str) -> None:
    platform = row.course.deployment.platform
    actor = f"platform {platform.id}, member {by.id}"
    audit.record(session, actor, action, platform, store=row.id, course=row.course_id)
