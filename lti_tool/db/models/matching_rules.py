from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort
from lti_tool.db.models.person import Member


class MatchingRules(Base):
    """What counts how much when a cohort is matched. A change is a new row: rounds name the one they used."""

    __tablename__ = "matching_rules"
    __table_args__ = (UniqueConstraint("cohort_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    version: Mapped[int]
    """From 1; before the first one the defaults hold."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Weights and the least shared half hours, by the names of `matching.Rules`."""
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    changed_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship()
    changed_by: Mapped[Member] = relationship()
