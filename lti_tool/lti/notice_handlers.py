"""Our address is made known to platforms that send notices (Platform Notification Service 1.0, section 4).

A launch says where; the worker registers it there, and again every week: doing so changes nothing, and mends
what a platform may have forgotten.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import settings
from lti_tool.db import clock, engine, models
from lti_tool.lti import services, tokens
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.launch import Launch
from lti_tool.lti.services import ServicePlatform

log = structlog.get_logger("peer_mentor.notices")

WANTED = (lti.CONTEXT_COPY_NOTICE,)
"""The kinds of notices that something is done with."""
CONFIRM_EVERY = timedelta(days=7)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(days=1)
MOST_AT_ONCE = 20
_LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class _Try:
    """What a call needs, free of any row."""

    id: int
    kind: str
    service_url: str
    platform: ServicePlatform


def address() -> str:
    """Where this tool takes notices."""
    return f"{settings.current().public_url}/lti/notices"


def from_launch(session: Session, deployment_id: int, launch: Launch) -> None:
    """Write down what is to be registered. Flushes, never commits; a repetition changes nothing.

    Args:
        deployment_id: row id.
    """
    if launch.notices_url is None:
        return
    for kind in WANTED:
        if kind in launch.notice_kinds:
            _want(session, deployment_id, kind, launch.notices_url)


def register_due(session: Session) -> Counter[str]:
    """Register what is due, each in transactions of its own, none of them open during a call.

    Returns:
        How many calls came to each end: registered, retry, paused, refused.
    """
    ended: Counter[str] = Counter()
    for handler_id in _due(session):
        one = _claim(session, handler_id)
        if one is not None:
            ended[_register(session, one)] += 1
    return ended


def try_again(session: Session, platform_id: int) -> None:
    """Have everything that is not registered with a platform tried anew at once."""
    handlers = models.NoticeHandler
    of_platform = select(models.Deployment.id).where(models.Deployment.platform_id == platform_id)
    session.execute(
        update(handlers)
        .where(handlers.deployment_id.in_(of_platform), handlers.answer.is_not(None))
        .values(due_at=clock.now(), attempts=0)
        .execution_options(synchronize_session="fetch")
    )


def _want(session: Session, deployment_id: int, kind: str, url: str) -> None:
    query = select(models.NoticeHandler).where(
        models.NoticeHandler.deployment_id == deployment_id, models.NoticeHandler.kind == kind
    )
    row = session.scalar(query)
    if row is None:
        try:
            with session.begin_nested():
                row = models.NoticeHandler(
                    deployment_id=deployment_id, kind=kind, service_url=url, due_at=clock.now()
                )
                session.add(row)
        except IntegrityError:
            return  # another launch was quicker
    moved = row.service_url != url or row.handler_url not in {None, address()}
    if moved:
        row.service_url, row.handler_url, row.registered_at = url, None, None
        row.due_at, row.attempts, row.answer = clock.now(), 0, None


def _due(session: Session) -> Collection[int]:
    handlers = models.NoticeHandler
    found = session.scalars(
        select(handlers.id)
        .join(models.Deployment)
        .join(models.Platform)
        .where(
            handlers.due_at <= clock.now(),
            models.Deployment.approved_at.is_not(None),
            models.Platform.disabled_at.is_(None),
        )
        .order_by(handlers.due_at)
        .limit(MOST_AT_ONCE)
    ).all()
    engine.rollback(session)
    return found


def _claim(session: Session, handler_id: int) -> _Try | None:
    """One worker takes it; it is due again when that worker says nothing more of it."""
    engine.begin_write(session)
    now = clock.now()
    taken = session.execute(
        update(models.NoticeHandler)
        .where(models.NoticeHandler.id == handler_id, models.NoticeHandler.due_at <= now)
        .values(due_at=now + _LEASE)
        .execution_options(synchronize_session=False)
    )
    found = None
    if taken.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        row = session.get_one(models.NoticeHandler, handler_id)
        found = _Try(row.id, row.kind, row.service_url, services.platform_of(row.deployment.platform))
    engine.commit(session)
    return found


def _register(session: Session, one: _Try) -> str:
    ours = address()
    try:
        tokens.call(
            one.platform,
            [lti.SCOPE_NOTICE_HANDLERS],
            "PUT",
            one.service_url,
            json={"notice_type": one.kind, "handler": ours},
            headers={"Accept": "application/json"},
        )
    except ServiceError as error:
        _write_failure(session, one, error)
        log.info("notice handler not registered", handler=one.id, kind=error.kind, status=error.status)
        return error.kind
    _write_success(session, one, ours)
    return "registered"


def _write_success(session: Session, one: _Try, ours: str) -> None:
    row = _row(session, one)
    if row is not None:
        now = clock.now()
        if row.handler_url != ours:
            row.handler_url, row.registered_at = ours, now
        row.attempts, row.answer, row.due_at = 0, None, now + CONFIRM_EVERY
    engine.commit(session)


def _write_failure(session: Session, one: _Try, error: ServiceError) -> None:
    row = _row(session, one)
    if row is not None:
        row.attempts += 1
        # PostgreSQL keeps no NUL, and a broken platform may answer anything.
        row.answer = error.answer.replace("\0", "")[:500] or "no answer"
        row.due_at = None if error.kind == "refused" else clock.now() + _pause(row.attempts, error)
    engine.commit(session)


def _row(session: Session, one: _Try) -> models.NoticeHandler | None:
    """The row, unless a launch has named another address meanwhile: that one has its own turn."""
    engine.begin_write(session)
    row = session.get(models.NoticeHandler, one.id)
    return row if row is not None and row.service_url == one.service_url else None


def _pause(attempts: int, error: ServiceError) -> timedelta:
    if error.kind == "paused":
        return LONGEST_PAUSE  # somebody has to allow it first
    doubled: timedelta = FIRST_PAUSE * (1 << min(attempts - 1, 11))
    return min(LONGEST_PAUSE, max(doubled, timedelta(seconds=error.retry_after or 0)))
