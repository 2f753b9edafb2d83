from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import settings
from lti_tool.db import models
from lti_tool.outbox import counts
from lti_tool.outbox.counts import CourseCounts


def own(session: Session, course: models.Course) -> Sequence[models.RecordStore]:
    row = models.RecordStore
    return session.scalars(select(row).where(row.course_id == course.id).order_by(row.id)).all()


def statement_counts(session: Session, course: models.Course) -> dict[str, CourseCounts]:
    """By route, what of the course's statements arrived there."""
    found = counts.count(session, course.id)
    return {route: number for (_course, kind, route), number in found.items() if kind == "statement"}


def institution() -> str | None:
    """The host of the store that serves all courses, if there is one."""
    endpoint = settings.current().lrs_endpoint
    return urlsplit(endpoint).hostname if endpoint else None
