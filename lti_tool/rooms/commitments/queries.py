from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import models

PAGE_SIZE = 25


@dataclass(frozen=True)
class Page:
    rows: list[models.Commitment]
    page: int
    pages: int


def of_mentorship(session: Session, mentorship: models.Mentorship, page: int) -> Page:
    """Open ones first, each with the soonest day first; then those that are settled, the latest first."""
    row = models.Commitment
    chosen = select(row).where(row.mentorship_id == mentorship.id)
    total = session.scalar(select(func.count()).where(row.mentorship_id == mentorship.id)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    order = chosen.order_by(row.settled_at.is_not(None), row.settled_at.desc(), row.due_on, row.id)
    found = session.scalars(order.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return Page(list(found), page, pages)
