from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.person import Member


class DeepLinkRequest(Base):
    """A platform's question what to place in a course (Deep Linking 2.0, section 4.4); answered once."""

    __tablename__ = "deep_link_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    """Who was sent to choose, and nobody else."""
    return_url: Mapped[str] = mapped_column(String(2000))
    accepts_several: Mapped[bool]
    accepts_line_item: Mapped[bool | None]
    """None where the platform says nothing: it may make a column, or not."""
    targets: Mapped[list[str]]
    """Where the platform can open what is placed: iframe, window, ..."""
    data: Mapped[str | None]
    """Opaque; sent back as it came."""
    title: Mapped[str | None] = mapped_column(String(255))
    text: Mapped[str | None] = mapped_column(String(2000))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    nonce: Mapped[str] = mapped_column(String(64))
    """Of the answer, so that the platform takes it once however often it is posted."""
    items: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """The answer's content items; None until it was given, empty where nothing is placed."""

    member: Mapped[Member] = relationship()
