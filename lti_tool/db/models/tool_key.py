from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db.base import Base


class ToolKey(Base):
    """A signing key of the tool. The private half is encrypted with PEER_MENTOR_ENCRYPTION_KEY."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    private_pem: Mapped[str]
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    """Published before it signs, so that platforms that keep the key set for a while know it by then."""
    retired_at: Mapped[datetime | None]
    """A retired key signs nothing more, but stays published while platforms may have it cached."""
