from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Topic
from lti_tool.db.models.mentorship import Mentorship
from lti_tool.db.models.participant import Participant


class Checkpoint(Base):
    """An expert's review that a mentorship owes."""

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    """None: owed, but no qualified expert has the hours yet."""
    because: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Why it is owed: {kind, params}; see web/review_reasons.py."""
    due_on: Mapped[date]
    created_at: Mapped[datetime]

    mentorship: Mapped[Mentorship] = relationship()
    topic: Mapped[Topic] = relationship(lazy="joined")
    expert: Mapped[Participant | None] = relationship(lazy="joined")
    review: Mapped[Review | None] = relationship(back_populates="checkpoint", lazy="joined")


class Review(Base):
    """What the expert found. A checkpoint has at most one; a second look is a second checkpoint."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"), unique=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    outcome: Mapped[str] = mapped_column(String(8))
    """passed, or failed (shown as "needs another look")."""
    comment: Mapped[str | None] = mapped_column(String(4000))
    """For the pair and the instructors only; never in a statement."""
    signed_at: Mapped[datetime]

    checkpoint: Mapped[Checkpoint] = relationship(back_populates="review")
