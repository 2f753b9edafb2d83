from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.person import Member


class MatchingRules(Base):
    """One version of what counts in a cohort's matching. The newest is in force; none is ever changed."""

    __tablename__ = "matching_rules"
    __table_args__ = (UniqueConstraint("cohort_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    version: Mapped[int]
    """From 2: the first is what every cohort begins with, and stands in no row."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The fields of rooms/rounds/weighing.py."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[datetime]

    made_by: Mapped[Member] = relationship()
