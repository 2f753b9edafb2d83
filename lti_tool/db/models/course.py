from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.platform import Deployment


class Course(Base):
    """An LTI context. Everything that people do belongs to exactly one course."""

    __tablename__ = "course"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str] = mapped_column(String(255))
    label: Mapped[str | None] = mapped_column(String(255))
    title: Mapped[str | None] = mapped_column(String(1000))
    memberships_url: Mapped[str | None] = mapped_column(String(2000))
    groups_url: Mapped[str | None] = mapped_column(String(2000))
    group_sets_url: Mapped[str | None] = mapped_column(String(2000))
    """Of the Course Groups Service; None where the platform has none."""
    lineitems_url: Mapped[str | None] = mapped_column(String(2000))
    scopes: Mapped[list[str]]
    """AGS scopes the platform offered at the latest launch; what the token then grants decides."""
    roster_read_at: Mapped[datetime | None]

    deployment: Mapped[Deployment] = relationship()

    @property
    def display_title(self) -> str:
        return self.title or self.label or ""


class ResourceLink(Base):
    """One placement of the tool in a course, perhaps with its own gradebook column."""

    __tablename__ = "resource_link"
    __table_args__ = (UniqueConstraint("course_id", "link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    link_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str | None] = mapped_column(String(1000))
    lineitem_url: Mapped[str | None] = mapped_column(String(2000))
    """The column that the platform made for this very link, if it made one (AGS 3.1)."""
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))

    course: Mapped[Course] = relationship()
