from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db.base import Base


class LedgerEntry(Base):
    """One day's reconciliation of a course: what was recorded, what arrived, what is really there."""

    __tablename__ = "ledger_entry"
    __table_args__ = (UniqueConstraint("course_id", "route", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """statement or score, as in `Delivery`."""
    route: Mapped[str] = mapped_column(String(80))
    """A record store's as in `Delivery`, "" where statements stay here, or ags."""
    day: Mapped[date]
    """In UTC."""
    recorded: Mapped[int]
    """Everything of this kind so far; scores: each person's newest one."""
    delivered: Mapped[int]
    pending: Mapped[int]
    dead: Mapped[int]
    unsent: Mapped[int]
    """Recorded while there was nowhere to send it to."""
    checked: Mapped[int]
    """Delivered ones that the other side was asked for on this day."""
    missing: Mapped[int]
    """Of these, those that it did not have; they are sent again."""
    different: Mapped[int]
    """Of these, those of which it has another version; they count as refused."""
    finished_at: Mapped[datetime]
