from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.course import Course
from lti_tool.db.models.platform import Platform


class Person(Base):
    """Somebody known to a platform by its ``sub``. Names and e-mail may never come."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("platform_id", "sub"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    sub: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None] = mapped_column(String(500))
    email: Mapped[str | None] = mapped_column(String(320))
    locale: Mapped[str | None] = mapped_column(String(35))
    timezone: Mapped[str | None] = mapped_column(String(64))
    """IANA name, chosen by the person, or else as the platform said it."""
    mail_off: Mapped[list[str] | None]
    """Kinds of mail that this person does not want (`outbox.mail.KINDS`); None: gets all."""

    platform: Mapped[Platform] = relationship()


class Member(Base):
    """A person in a course, with the role that the LMS gives there."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("course_id", "person_id"), UniqueConstraint("course_id", "pseudonym"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    pseudonym: Mapped[str] = mapped_column(String(64))
    """Readable and distinct in the course ("Quiet Heron"); shown where no name came."""
    role: Mapped[str] = mapped_column(String(16))
    """A `lti.roles.Role` value: instructor, assistant, learner, administrator, observer, none."""
    role_from_launch: Mapped[bool] = mapped_column(default=False)
    """A launch says the role more exactly than the roster does, so a roster sync never lowers it."""
    is_test: Mapped[bool] = mapped_column(default=False)
    """The "student view" of a teacher (LTI's TestUser): everything works, and no grade is sent."""
    active: Mapped[bool] = mapped_column(default=True)
    """False once the roster no longer has this member, or has it as inactive, and they take part in no
    cohort; whoever does stays until an instructor has decided (`missing_since`)."""
    missing_since: Mapped[datetime | None]
    """When a reading of the roster first lacked this member or had them as inactive; None while it has
    them."""
    missing_as: Mapped[str | None] = mapped_column(String(8))
    """gone (no longer listed) or inactive (listed as suspended or deleted)."""
    last_launch_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship(lazy="joined")

    @property
    def display_name(self) -> str:
        return self.person.name or self.pseudonym

    @property
    def teaches(self) -> bool:
        return self.role in {"instructor", "assistant", "administrator"}
