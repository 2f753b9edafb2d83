from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.platform import Platform


class Login(Base):
    """One OIDC login under way; used up by the launch that answers it (Security Framework 5.1.1)."""

    __tablename__ = "login"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str] = mapped_column(String(64))
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    target_link_uri: Mapped[str] = mapped_column(String(2000))
    browser: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the value in the browser's cookie: the state is worth nothing in another browser."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    platform: Mapped[Platform] = relationship()
