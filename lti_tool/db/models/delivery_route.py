from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db.base import Base


class DeliveryRoute(Base):
    """How it stands with a route on which something failed. One that never failed has no row."""

    __tablename__ = "delivery_route"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    """As in `Delivery.route`."""
    failures: Mapped[int]
    """Batches in a row that failed as a whole; 0 once one arrived."""
    paused_at: Mapped[datetime | None]
    """When the pause was set: a moment in the future means that a clock was set back since."""
    paused_until: Mapped[datetime | None]
    """Nothing is sent before. Then one worker tries one batch, while the others still wait."""
    status: Mapped[int | None]
    """The answer for which it waits; None when there was none."""
    answer: Mapped[str | None] = mapped_column(String(500))
