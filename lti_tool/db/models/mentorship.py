from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort, Topic
from lti_tool.db.models.participant import Participant


class Mentorship(Base):
    """A published pair (or circle): who learns with whom, on what, since when."""

    __tablename__ = "mentorship"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration: Mapped[uuid.UUID] = mapped_column(unique=True)
    """The xAPI registration of everything that happens in it."""
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    score: Mapped[int | None]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()
    topic: Mapped[Topic] = relationship(lazy="joined")
    people: Mapped[list[MentorshipPerson]] = relationship(
        back_populates="mentorship",
        lazy="selectin",
        order_by=lambda: (MentorshipPerson.role, MentorshipPerson.id),
    )
    """The mentee before the mentor, whatever order the database would give."""

    def person(self, role: str) -> Participant:
        """The participant who has this role ("mentor" or "mentee") in the pair."""
        return next(one.participant for one in self.people if one.role == role)

    def others(self, participant_id: int) -> list[MentorshipPerson]:
        return [one for one in self.people if one.participant_id != participant_id]


class MentorshipPerson(Base):
    """One person's place in a mentorship."""

    __tablename__ = "mentorship_person"
    __table_args__ = (UniqueConstraint("mentorship_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    role: Mapped[str] = mapped_column(String(8))
    """mentor, mentee or peer."""

    mentorship: Mapped[Mentorship] = relationship(back_populates="people")
    participant: Mapped[Participant] = relationship(lazy="joined")
