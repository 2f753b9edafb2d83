from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort

SESSIONS = "sessions"
"""The part that every rule has, if only with no weight."""


class GradeRule(Base):
    """How taking part becomes points. Participation only: nothing of what was said ever counts."""

    __tablename__ = "grade_rule"
    __table_args__ = (
        CheckConstraint("maximum > 0", name="maximum_positive"),
        CheckConstraint("places BETWEEN 0 AND 2", name="places_range"),
    )

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    enabled: Mapped[bool]
    maximum: Mapped[int]
    """Points in the gradebook for full participation."""
    places: Mapped[int] = mapped_column(default=2)
    """Decimal places that points are rounded to."""
    apart: Mapped[bool] = mapped_column(default=False)
    """A gradebook column for each part, instead of one for all."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Another rule that an instructor is looking at and has not begun to use."""
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    """The latest work that reckoned everybody anew."""
    send_again: Mapped[bool] = mapped_column(default=False)
    """That work sends the points of everybody, also where they did not change."""

    cohort: Mapped[Cohort] = relationship(back_populates="grade_rule")
    parts: Mapped[list[GradePart]] = relationship(
        lazy="selectin", order_by="GradePart.id", cascade="all, delete-orphan"
    )

    @property
    def sessions_for_full(self) -> int:
        """Sessions that both confirmed which give full marks for sessions."""
        return self._sessions().needed

    @sessions_for_full.setter
    def sessions_for_full(self, needed: int) -> None:
        self._sessions().needed = needed

    def _sessions(self) -> GradePart:
        part = next((one for one in self.parts if one.kind == SESSIONS), None)
        if part is None:
            part = GradePart(kind=SESSIONS, weight=100, needed=1, period="week", makeup=0)
            self.parts.append(part)
        return part


class GradePart(Base):
    """One thing that counts towards the points of a cohort."""

    __tablename__ = "grade_part"
    __table_args__ = (
        UniqueConstraint("cohort_id", "kind"),
        CheckConstraint("weight >= 0", name="weight_not_negative"),
        CheckConstraint("needed > 0", name="needed_positive"),
        CheckConstraint("most > 0", name="most_positive"),
        CheckConstraint("makeup >= 0", name="makeup_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("grade_rule.cohort_id"))
    kind: Mapped[str] = mapped_column(String(16))
    """A key of `outbox.taking_part.PARTS`."""
    weight: Mapped[int]
    """Its share of the maximum, relative to the weights of the other parts."""
    needed: Mapped[int]
    """How many give this part in full."""
    most: Mapped[int | None]
    """At most so many of one period count; None: all."""
    period: Mapped[str] = mapped_column(String(8))
    """week or month."""
    makeup: Mapped[int]
    """So many beyond that, in all, make up for periods with fewer."""
