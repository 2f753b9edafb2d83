from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.participant import Participant
from lti_tool.db.models.person import Member


class Wish(Base):
    """Whom somebody would like to be matched with, or would rather not. Nobody else sees it."""

    __tablename__ = "wish"
    __table_args__ = (UniqueConstraint("participant_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    """Anybody of the course: choosing from those who joined would show who did."""
    kind: Mapped[str] = mapped_column(String(6))
    """like or never."""
    position: Mapped[int]
    """Of those whom the person would like: 0 is the first."""

    participant: Mapped[Participant] = relationship()
    member: Mapped[Member] = relationship(lazy="joined")
