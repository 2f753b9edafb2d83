from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.course import Course


class RecordStore(Base):
    """A record store that a course sends its statements to, beside the one of the settings."""

    __tablename__ = "record_store"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    endpoint: Mapped[str] = mapped_column(String(2000))
    version: Mapped[str] = mapped_column(String(8))
    """Of xAPI: 1.0.3 or 2.0.0."""
    auth: Mapped[str] = mapped_column(String(8))
    """basic, or oauth2 (client credentials)."""
    username: Mapped[str] = mapped_column(String(255))
    """User name, or client id."""
    secret: Mapped[str] = mapped_column(String)
    """Password, or client secret; encrypted."""
    token_url: Mapped[str | None] = mapped_column(String(2000))
    scope: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    """Nothing is recorded for it from then on; what was delivered stays counted."""
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    """The latest work that tried it or filled it."""
    tested_at: Mapped[datetime | None]
    test_error: Mapped[str | None] = mapped_column(String(500))
    """What the latest try found wrong; None when it went well."""

    course: Mapped[Course] = relationship()
