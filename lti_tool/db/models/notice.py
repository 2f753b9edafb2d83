from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.platform import Deployment


class Notice(Base):
    """A notice that was taken, remembered for as long as its token could be posted again."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("platform_id", "nonce"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    nonce: Mapped[str] = mapped_column(String(255))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class NoticeHandler(Base):
    """Our address for one kind of notice in one deployment (Platform Notification Service 1.0, section 4)."""

    __tablename__ = "notice_handler"
    __table_args__ = (UniqueConstraint("deployment_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    kind: Mapped[str] = mapped_column(String(60))
    """The notice type, such as LtiContextCopyNotice."""
    service_url: Mapped[str] = mapped_column(String(2000))
    """Where it is registered, as the latest launch said."""
    handler_url: Mapped[str | None] = mapped_column(String(2000))
    """What the platform has taken; None while it has taken nothing."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Tries that failed since the last that did not."""
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When to try (again); None: the platform refused it, and only an administrator begins anew."""
    answer: Mapped[str | None] = mapped_column(String(500))
    """What the platform said when it failed."""
    registered_at: Mapped[datetime | None]

    deployment: Mapped[Deployment] = relationship()
