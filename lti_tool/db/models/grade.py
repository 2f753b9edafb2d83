from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort
from lti_tool.db.models.participant import Participant

WHOLE = ""
"""Part of the one column for everything that counts."""


class LineItem(Base):
    """A gradebook column of a cohort (AGS 3.2): one for all that counts, or one for a part of it."""

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("cohort_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    part: Mapped[str] = mapped_column(String(16))
    """A kind of `GradePart`, or `WHOLE`."""
    url: Mapped[str | None] = mapped_column(String(2000))
    """None until the platform has been asked for it; kept from then on, so it is never made twice."""
    label: Mapped[str] = mapped_column(String(200))
    maximum: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    made_here: Mapped[bool] = mapped_column(default=False)
    """This tool asked for it; others belong to an activity."""
    gone_url: Mapped[str | None] = mapped_column(String(2000))
    """The address of a column that the platform has no more."""
    may_be_made: Mapped[bool] = mapped_column(default=True)
    """False once it went missing: somebody may have meant it, so an instructor is asked first."""
    lease: Mapped[str | None] = mapped_column(String(36))
    """Of the worker that looks for it or makes it at the moment."""
    leased_until: Mapped[datetime | None]
    results_due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When what the gradebook shows is to be read next."""
    results_read_at: Mapped[datetime | None]
    results_error: Mapped[int | None]
    """Status of the answer to the latest reading, if it failed; 0 when there was none."""

    cohort: Mapped[Cohort] = relationship()


class Grade(Base):
    """A participant's points as last reckoned from what took place; delivery keeps its own record."""

    __tablename__ = "grade"
    __table_args__ = (UniqueConstraint("participant_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    part: Mapped[str] = mapped_column(String(16), default=WHOLE)
    """As in `LineItem`."""
    points: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    maximum: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    reckoned_at: Mapped[datetime]
    """Sent as the score's timestamp; strictly later, by whole seconds, than the one before (AGS 3.4.7)."""
    withdrawn: Mapped[bool] = mapped_column(default=False)
    """The person was excused: the gradebook was told that there is no score."""
    lms_points: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    """What the gradebook shows instead of the points that it took; None while it shows those."""
    lms_maximum: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))

    participant: Mapped[Participant] = relationship()
