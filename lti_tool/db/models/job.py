from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db.base import Base


class Job(Base):
    """A long work done by the worker, whose progress a person watches and may cancel."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platform.id"), index=True)
    """Set instead of the course for what an administrator starts."""
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    """The cohort from whose page it was started, to which its result leads back."""
    kind: Mapped[str] = mapped_column(String(32))
    """A key of `worker.WORK`."""
    state: Mapped[str] = mapped_column(String(10))
    """queued, running, done, failed or cancelled."""
    percent: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(200), default="")
    """A key of `jobs.MESSAGES`, worded for whoever looks."""
    error: Mapped[str | None] = mapped_column(String(1000))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Counts of what it did, for its receipt."""
    cancel_requested_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    """When its worker last gave a sign of life."""
    finished_at: Mapped[datetime | None]

    @property
    def under_way(self) -> bool:
        return self.state in {"queued", "running"}
