from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.mentorship import Mentorship
from lti_tool.db.models.participant import Participant


class Commitment(Base):
    """Something that one of a pair promised the other to do; the other says whether it was kept."""

    __tablename__ = "commitment"

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"), index=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    """Who promised it."""
    text: Mapped[str] = mapped_column(String(300))
    """For the pair alone: in no statement, no report and no mail."""
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    kept: Mapped[bool | None]
    """None until the partner has said so."""
    settled_at: Mapped[datetime | None]

    mentorship: Mapped[Mentorship] = relationship()
    participant: Mapped[Participant] = relationship(lazy="joined")
