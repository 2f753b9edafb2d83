from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort
from lti_tool.db.models.mentorship import Mentorship
from lti_tool.db.models.participant import Participant


class Session(Base):
    """A meeting for learning together. (The database session is SQLAlchemy's class of that name.)"""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 15 AND 240", name="minutes_range"),
        Index(
            "uq_session_mentorship_id_starts_at",
            "mentorship_id",
            "starts_at",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    mentorship_id: Mapped[int | None] = mapped_column(ForeignKey("mentorship.id"))
    format: Mapped[str] = mapped_column(String(16))
    """mentoring, pairing, circle, knowledge_share or community."""
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str | None] = mapped_column(String(500))
    """A room or a video link, as the pair agreed."""
    booked_by_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    booked_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    """Changes so far: a calendar keeps the file with the highest number (RFC 5545 3.8.7.4)."""
    cancelled_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    """When the last of them confirmed that it took place; None until all have."""

    cohort: Mapped[Cohort] = relationship()
    mentorship: Mapped[Mentorship | None] = relationship()
    attendances: Mapped[list[Attendance]] = relationship(back_populates="session", lazy="selectin")

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class Attendance(Base):
    """One person's place in a session and what they say of it."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("session_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    answer: Mapped[str | None] = mapped_column(String(8))
    """met, or not_met; None while nobody answered."""
    answered_at: Mapped[datetime | None]

    session: Mapped[Session] = relationship(back_populates="attendances")
    participant: Mapped[Participant] = relationship(lazy="joined")
