from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db.base import Base


class PeriodicWork(Base):
    """When something that is done again and again was done last, by whichever worker."""

    __tablename__ = "periodic_work"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    """sweep, reconciliation or alarm:<kind>."""
    ran_at: Mapped[datetime]
