from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.platform import Platform


class Invite(Base):
    """A one-time address at which one platform may register itself (Dynamic Registration 1.0)."""

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the address, which is shown once and never kept."""
    name: Mapped[str | None] = mapped_column(String(200))
    """What to call the platform that comes by it."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platform.id"))
    """The platform that came by it."""

    platform: Mapped[Platform | None] = relationship()
