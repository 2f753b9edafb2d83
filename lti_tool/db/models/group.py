from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.course import Course
from lti_tool.db.models.person import Member


class CourseGroup(Base):
    """Some of a course's people, as the LMS divides them. It belongs to exactly one course."""

    __tablename__ = "course_group"
    __table_args__ = (UniqueConstraint("course_id", "kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    kind: Mapped[str] = mapped_column(String(8))
    """group, section, or link: those whom the LMS lets open one resource link."""
    key: Mapped[str] = mapped_column(String(255))
    """The LMS' own id of it."""
    name: Mapped[str | None] = mapped_column(String(255))
    """None where a launch gave only the id."""
    set_key: Mapped[str | None] = mapped_column(String(255))
    set_name: Mapped[str | None] = mapped_column(String(255))
    """The group set that it is part of (LTI Course Groups Service 1.0, 3.2)."""

    course: Mapped[Course] = relationship()


class GroupMember(Base):
    """One person's place in a group."""

    __tablename__ = "group_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("course_group.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)

    group: Mapped[CourseGroup] = relationship()
    member: Mapped[Member] = relationship()


class HeldRoster(Base):
    """A course list that looks wrong: nothing of it is applied until an instructor says so."""

    __tablename__ = "held_roster"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    read_at: Mapped[datetime]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """`lti.memberships.RosterMember` as plain values."""
    added: Mapped[int]
    updated: Mapped[int]
    """What applying it would change, counted when it was read."""
    lacking: Mapped[list[int]] = mapped_column(JSON)
    """Ids of the members whom it lacks, or has as inactive."""

    course: Mapped[Course] = relationship()
