from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db.base import Base


class Visit(Base):
    """The session of a browser that keeps no cookie in the platform's frame; its key is in the address."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the key: who reads the table cannot take a visit over."""
    content: Mapped[str]
    """What the session cookie would hold, as Flask's tagged JSON."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
