from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort
from lti_tool.db.models.participant import Participant
from lti_tool.db.models.person import Member


class PairRule(Base):
    """What an instructor decided about two people of a cohort, for every round that comes."""

    __tablename__ = "pair_rule"
    __table_args__ = (Index("ix_pair_rule_cohort_id_removed_at", "cohort_id", "removed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    kind: Mapped[str] = mapped_column(String(8))
    """pair (first learns from second), never, together (two learners with the same mentor) or apart."""
    first_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    """A learner; of two learners the one who joined first."""
    second_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    """Of pair and never a mentor, else a learner."""
    reason: Mapped[str] = mapped_column(String(300))
    """In the instructor's words. Only instructors see it."""
    set_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    set_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """It no longer holds; kept so that removing it can be undone, and results made with it be read."""

    cohort: Mapped[Cohort] = relationship()
    first: Mapped[Participant] = relationship(foreign_keys=first_id)
    second: Mapped[Participant] = relationship(foreign_keys=second_id)
    set_by: Mapped[Member] = relationship()
