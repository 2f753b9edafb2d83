from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.participant import Participant


class PairLock(Base):
    """An instructor's word about two people: they stay together in every result, or never are a pair."""

    __tablename__ = "pair_lock"
    __table_args__ = (CheckConstraint("mentee_id <> mentor_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    kind: Mapped[str] = mapped_column(String(5))
    """keep or never."""
    reason: Mapped[str] = mapped_column(String(300))
    """In the instructor's words, for whoever teaches the course."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    mentee: Mapped[Participant] = relationship(foreign_keys=mentee_id)
    mentor: Mapped[Participant] = relationship(foreign_keys=mentor_id)
