from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.platform import Platform


class AuditEntry(Base):
    """What an administrator did. Written in the transaction of the change, never changed."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(200))
    """"command line", "link 12", "platform 3, member 45": no names."""
    action: Mapped[str] = mapped_column(String(60))
    """Such as "platform.added"; worded where it is shown."""
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platform.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)

    platform: Mapped[Platform | None] = relationship()
