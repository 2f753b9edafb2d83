from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.job import Job
from lti_tool.db.models.round import Round, Scenario


class Question(Base):
    """Something an instructor asks the engine about a round; the worker answers."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("scenario.id"), index=True)
    """The result it is about; None asks for another result of the round."""
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    """check (the proof), why_not (that person), fewer_hours, or another (result)."""
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids and settings of the question."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    scenario: Mapped[Scenario | None] = relationship()
    job: Mapped[Job] = relationship(lazy="joined")
