"""Reading for the administration; every list is paged or bounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.db import clock, models

PAGE_SIZE = 50
MOST_INVITES = 50
MOST_DEPLOYMENTS = 200

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    page: int
    pages: int


@dataclass(frozen=True)
class PlatformRow:
    platform: models.Platform
    pending: int
    """Deployments that wait for a yes."""
    last_launch: datetime | None


def platforms(session: Session, number: int) -> Page[PlatformRow]:
    """The registered platforms by name, with what waits and when somebody last came."""
    found = _page(session, select(models.Platform).order_by(models.Platform.name, models.Platform.id), number)
    ids = [platform.id for platform in found.rows]
    waiting = _waiting(session, ids)
    last = last_launches(session, ids)
    rows = [PlatformRow(one, waiting.get(one.id, 0), last.get(one.id)) for one in found.rows]
    return Page(rows, found.page, found.pages)


def last_launches(session: Session, platform_ids: Sequence[int]) -> dict[int, datetime]:
    """When somebody last came from each platform; missing where nobody did."""
    latest = func.max(models.Member.last_launch_at, type_=models.Member.last_launch_at.type)
    query = (
        select(models.Deployment.platform_id, latest)
        .join(models.Course, models.Course.deployment_id == models.Deployment.id)
        .join(models.Member, models.Member.course_id == models.Course.id)
        .where(models.Deployment.platform_id.in_(platform_ids), models.Member.last_launch_at.is_not(None))
        .group_by(models.Deployment.platform_id)
    )
    return {platform_id: moment for platform_id, moment in session.execute(query) if moment is not None}


def deployments(session: Session, platform_id: int) -> Sequence[models.Deployment]:
    """Those that wait first, then by id."""
    query = (
        select(models.Deployment)
        .where(models.Deployment.platform_id == platform_id)
        .order_by(models.Deployment.approved_at.is_not(None), models.Deployment.id)
        .limit(MOST_DEPLOYMENTS)
    )
    return session.scalars(query).all()


def notice_handlers(session: Session, platform_id: int) -> Sequence[models.NoticeHandler]:
    """What is registered, or to be, in the platform's deployments; by their ids."""
    query = (
        select(models.NoticeHandler)
        .join(models.NoticeHandler.deployment)
        .options(contains_eager(models.NoticeHandler.deployment))
        .where(models.Deployment.platform_id == platform_id)
        .order_by(models.Deployment.id)
        .limit(MOST_DEPLOYMENTS)
    )
    return session.scalars(query).all()


def open_invites(session: Session) -> Sequence[models.Invite]:
    query = (
        select(models.Invite)
        .where(models.Invite.used_at.is_(None), models.Invite.expires_at > clock.now())
        .order_by(models.Invite.id.desc())
        .limit(MOST_INVITES)
    )
    return session.scalars(query).all()


def log(session: Session, platform_id: int | None, number: int) -> Page[models.AuditEntry]:
    """The log, newest first: of one platform, or of everything."""
    query = select(models.AuditEntry).options(joinedload(models.AuditEntry.platform))
    if platform_id is not None:
        query = query.where(models.AuditEntry.platform_id == platform_id)
    return _page(session, query.order_by(models.AuditEntry.id.desc()), number)


def _waiting(session: Session, platform_ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(models.Deployment.platform_id, func.count())
        .where(models.Deployment.platform_id.in_(platform_ids), models.Deployment.approved_at.is_(None))
        .group_by(models.Deployment.platform_id)
    )
    return dict(session.execute(query).all())


def _page(session: Session, query: Select[Any], number: int) -> Page[Any]:
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    rows = session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(rows, number, pages)
