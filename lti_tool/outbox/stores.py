"""The record stores that statements go to: the one of the settings, and those that courses added."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from lti_tool import settings
from lti_tool.db import models
from lti_tool.db.secrets import decrypt
from lti_tool.settings import Settings
from xapi import Version

TOOL = "lrs"
"""Route of the store that the settings name; a course's own store adds its number."""
PREFIX = f"{TOOL}:"
NOWHERE = ""
"""Stands for a route where statements stay here."""


@dataclass(frozen=True)
class Store:
    """What is needed to send to a record store, free of any database session."""

    route: str
    endpoint: str
    version: Version
    username: str | None = None
    """Of basic authentication, or the client's id where there is a token address."""
    secret: str = ""
    token_url: str | None = None
    scope: str | None = None


def is_store(route: str) -> bool:
    return route == TOOL or route.startswith(PREFIX)


def of_settings(values: Settings) -> Store | None:
    if values.lrs_endpoint is None:
        return None
    by_token = values.lrs_token_url is not None
    return Store(
        route=TOOL,
        endpoint=values.lrs_endpoint,
        version=values.lrs_version,
        username=values.lrs_client_id if by_token else values.lrs_username,
        secret=(values.lrs_client_secret if by_token else values.lrs_password) or "",
        token_url=values.lrs_token_url,
        scope=values.lrs_scope,
    )


def of_row(row: models.RecordStore) -> Store:
    """Raises `secrets.Unreadable` when its secret was encrypted with another key."""
    return Store(
        route=route_of(row),
        endpoint=row.endpoint,
        version=_version(row.version),
        username=row.username or None,
        secret=decrypt(row.secret),
        token_url=row.token_url if row.auth == "oauth2" else None,
        scope=row.scope,
    )


def route_of(row: models.RecordStore) -> str:
    return f"{PREFIX}{row.id}"


def of_route(session: Session, route: str) -> Store | None:
    """The store behind a route; None when it is not set any more, or switched off."""
    if route == TOOL:
        return of_settings(settings.current())
    row = session.get(models.RecordStore, int(route.removeprefix(PREFIX)))
    return of_row(row) if row is not None and row.disabled_at is None else None


_TABLE = models.RecordStore.__table__
_OF_COURSE = (
    select(_TABLE.c.id, _TABLE.c.version)
    .where(_TABLE.c.course_id == bindparam("course_id"), _TABLE.c.disabled_at.is_(None))
    .order_by(_TABLE.c.id)
)
"""Built once, and of columns alone: it is asked at every event."""


@dataclass(frozen=True)
class Due:
    """A store that is to get a course's statements."""

    route: str
    version: Version


def due(session: Session, course_id: int) -> list[Due]:
    """Where a course's statements go now; secrets are not needed for that."""
    rows = session.execute(_OF_COURSE, {"course_id": course_id})
    return [*due_everywhere(), *(Due(f"{PREFIX}{row.id}", _version(row.version)) for row in rows)]


def due_everywhere() -> list[Due]:
    """The store of the settings, if there is one."""
    tool = of_settings(settings.current())
    return [Due(tool.route, tool.version)] if tool is not None else []


def routes_by_course(session: Session, course_ids: Iterable[int]) -> dict[int, list[str]]:
    """Where the statements of each course go now, in one query."""
    found = {course_id: [one.route for one in due_everywhere()] for course_id in course_ids}
    for row in session.scalars(_enabled(found)):
        found[row.course_id].append(route_of(row))
    return found


def _enabled(course_ids: Iterable[int]) -> Select[models.RecordStore]:
    row = models.RecordStore
    return select(row).where(row.course_id.in_(list(course_ids)), row.disabled_at.is_(None)).order_by(row.id)


def _version(text: str) -> Version:
    return "2.0.0" if text == "2.0.0" else "1.0.3"
