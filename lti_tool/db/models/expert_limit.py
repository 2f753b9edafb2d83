from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.participant import Participant


class ExpertAbsence(Base):
    """Days on which an expert does no reviews."""

    __tablename__ = "expert_absence"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        UniqueConstraint("expert_id", "starts_on", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day, counted."""


class ExpertConflict(Base):
    """Somebody whose mentorships an expert must not review: a relative, a colleague they depend on."""

    __tablename__ = "expert_conflict"
    __table_args__ = (UniqueConstraint("expert_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)

    person: Mapped[Participant] = relationship(foreign_keys=person_id)
