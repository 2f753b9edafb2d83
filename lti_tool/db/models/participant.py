from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, UniqueConstraint, and_, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort, Topic
from lti_tool.db.models.person import Member


class Participant(Base):
    """A member in a cohort: mentee, mentor, both, or expert."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("cohort_id", "member_id"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    role: Mapped[str] = mapped_column(String(8))
    """mentee, mentor, both or expert."""
    mentor_approved: Mapped[bool] = mapped_column(default=True)
    """False while a cohort with chosen mentors waits for the instructor's yes."""
    capacity: Mapped[int] = mapped_column(default=1)
    """Mentees this person takes; for an expert, reviews of half an hour a week."""
    timezone: Mapped[str] = mapped_column(String(64))
    week: Mapped[frozenset[int]]
    """Free half-hours of a week in the person's own zone, so that they survive a clock change."""
    languages: Mapped[list[str]]
    """BCP 47 codes of the languages this person can hold a session in."""
    goals: Mapped[list[str] | None]
    """Keys of `web.goals.GOALS`: what the person is here for."""
    consented_at: Mapped[datetime | None]
    """None only for an expert whom an instructor named; everybody else is asked first."""
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
    """When an instructor said that this person stays although the course list lacks them."""
    prepared_at: Mapped[datetime | None]
    """When enough was known for the first time to match this person."""
    trained_at: Mapped[datetime | None]
    """When an instructor noted that this person finished the training for peer mentors."""
    excused_at: Mapped[datetime | None]
    """An instructor excused this person from being graded."""

    cohort: Mapped[Cohort] = relationship()
    member: Mapped[Member] = relationship(lazy="joined")
    interests: Mapped[list[Interest]] = relationship(
        back_populates="participant", cascade="all, delete-orphan"
    )

    @property
    def display_name(self) -> str:
        return self.member.display_name

    @property
    def complete(self) -> bool:
        """Whether enough is known to match this person."""
        return bool(self.interests and self.week)

    @hybrid_property
    def is_missing(self) -> bool:
        """Whether the course list lacks this person, and no instructor has decided about that yet.

        In SQL the query has `Member` joined.
        """
        since = self.member.missing_since
        return since is not None and (self.kept_at is None or self.kept_at < since)

    @is_missing.inplace.expression
    @classmethod
    def _is_missing(cls) -> ColumnElement[bool]:
        undecided = or_(cls.kept_at.is_(None), cls.kept_at < Member.missing_since)
        return and_(Member.missing_since.is_not(None), undecided)

    @property
    def learns(self) -> bool:
        return self.role in {"mentee", "both"}

    @property
    def mentors(self) -> bool:
        return self.role in {"mentor", "both"}


class Interest(Base):
    """One topic a participant wants to learn, offers to teach, or (an expert) reviews."""

    __tablename__ = "interest"
    __table_args__ = (
        UniqueConstraint("participant_id", "topic_id", "kind"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    """wants, offers or reviews."""
    level: Mapped[int]
    """Wants: importance; offers and reviews: command of the topic. 1 to 3."""

    participant: Mapped[Participant] = relationship(back_populates="interests")
    topic: Mapped[Topic] = relationship(lazy="joined")
