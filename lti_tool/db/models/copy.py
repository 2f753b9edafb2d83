from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort
from lti_tool.db.models.course import Course


class CourseOrigin(Base):
    """A platform's word that a course is a copy of another one of the same deployment."""

    __tablename__ = "course_origin"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str] = mapped_column(String(255))
    """Of the copy: a notice comes before anybody has opened the tool there."""
    source_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    told_at: Mapped[datetime]

    source: Mapped[Course] = relationship()


class CohortCopy(Base):
    """What an instructor decided about a cohort of the course from which theirs was copied."""

    __tablename__ = "cohort_copy"
    __table_args__ = (UniqueConstraint("course_id", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    """The cohort that got its set-up; None where that was declined."""
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime]

    source: Mapped[Cohort] = relationship(foreign_keys=[source_id])
    cohort: Mapped[Cohort | None] = relationship(foreign_keys=[cohort_id])
