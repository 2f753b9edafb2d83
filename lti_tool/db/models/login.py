from __future__ import annotations

from datetime import datetime
from typing import Any

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
    """SHA-256 of the value in the browser's cookie, or in the platform's storage.

    The state is worth nothing in another browser.
    """
    initiation: Mapped[dict[str, Any] | None]
    """What the platform began the login with, so that the same can begin anew in a tab; gone once used."""
    storage_target: Mapped[str | None] = mapped_column(String(255))
    """The platform's frame that keeps the value for a browser without cookies; None: a cookie holds it."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    platform: Mapped[Platform] = relationship()
