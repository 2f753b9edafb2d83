from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base


class Event(Base):
    """Something that happened, written once in the transaction in which it happened."""

    __tablename__ = "event"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    mentorship_id: Mapped[int | None] = mapped_column(ForeignKey("mentorship.id"), index=True)
    subject: Mapped[str] = mapped_column(String(80), unique=True)
    """What makes it this event and no other ("session.attended:12:34"): a repeat is refused."""
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    """All that its statements need, fixed now, so that a backfill builds the same bytes again."""

    statements: Mapped[list[Statement]] = relationship(back_populates="event")


class Statement(Base):
    """An xAPI statement whose id and bytes were fixed when the event was recorded."""

    __tablename__ = "statement"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), index=True)
    body: Mapped[str]
    """JSON text exactly as it is sent."""

    event: Mapped[Event] = relationship(back_populates="statements")
