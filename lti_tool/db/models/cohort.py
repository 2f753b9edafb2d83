from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.course import Course

if TYPE_CHECKING:
    from lti_tool.db.models.grade_rule import GradeRule


class Cohort(Base):
    """A peer-mentoring programme in a course: dates, topics with their risk, rules."""

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("course_id", "name"),
        CheckConstraint("ends_on > starts_on", name="dates_in_order"),
        CheckConstraint("audit_percent BETWEEN 0 AND 100", name="audit_percent_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    """peer, reciprocal, circle or hybrid."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    mentors: Mapped[str] = mapped_column(String(16))
    """Who may mentor: "anyone", or "chosen" by an instructor among those who offered."""
    checkpoints: Mapped[str] = mapped_column(String(16))
    """Which mentorships owe an expert review: "high_risk" topics, "all", or "none"."""
    review_untrained: Mapped[bool] = mapped_column(default=False)
    """Whether the pairs of mentors without the training owe one, too."""
    audit_percent: Mapped[int] = mapped_column(default=0)
    """Of the pairs that owe none, so many of a hundred are drawn for one."""
    group_rule: Mapped[str] = mapped_column(String(10), default="any")
    """Pairs from "any" groups of the course, from the "same" only, or from "different" ones only."""
    group_set: Mapped[str | None] = mapped_column(String(300))
    """Which groups that is about: "set:" and the set's key, "sections", "groups", or None for all."""
    only_group: Mapped[str | None] = mapped_column(String(300))
    """For the people of one group or section alone: its kind and key, "group:5"; None: for the course."""
    only_group_name: Mapped[str | None] = mapped_column(String(255))
    """What that was called when it was chosen: the LMS may drop it."""
    created_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime]

    course: Mapped[Course] = relationship()
    topics: Mapped[list[Topic]] = relationship(back_populates="cohort", order_by="Topic.position")
    grade_rule: Mapped[GradeRule] = relationship(back_populates="cohort")


class Topic(Base):
    """Something people may want to learn or offer to teach in a cohort."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("cohort_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    name: Mapped[str] = mapped_column(String(120))
    risk: Mapped[str] = mapped_column(String(8))
    """low or high: what a wrong practice handed on would cost."""
    position: Mapped[int]

    cohort: Mapped[Cohort] = relationship(back_populates="topics")
