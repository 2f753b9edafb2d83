from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.participant import Participant


class LineItem(Base):
    """The gradebook column of a cohort (AGS 3.2)."""

    __tablename__ = "line_item"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    url: Mapped[str | None] = mapped_column(String(2000))
    """None until the platform has been asked for it; kept from then on, so it is never made twice."""
    label: Mapped[str] = mapped_column(String(200))
    maximum: Mapped[int]


class Grade(Base):
    """A participant's points as last reckoned from what took place; delivery keeps its own record."""

    __tablename__ = "grade"
    __table_args__ = (UniqueConstraint("participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    points: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    maximum: Mapped[int]
    reckoned_at: Mapped[datetime]
    """Sent as the score's timestamp; strictly later, by whole seconds, than the one before (AGS 3.4.7)."""

    participant: Mapped[Participant] = relationship()
