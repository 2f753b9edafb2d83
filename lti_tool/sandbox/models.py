"""The sandbox's own tables. Times are UTC; SQLite keeps no zone, so a type puts it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        list[str]: JSON,
        dict[str, Any]: JSON,
    }


class Secret(Base):
    """The platform's signing key and cookie key: made at the first start, kept with the data."""

    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Course(Base):
    __tablename__ = "course"

    id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    title: Mapped[str]


class Person(Base):
    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    given_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
    zoneinfo: Mapped[str]
    shares_profile: Mapped[bool]
    system_roles: Mapped[list[str]]
    """Roles held everywhere; not empty only for people who are enrolled nowhere."""


class Membership(Base):
    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    roles: Mapped[list[str]]
    active: Mapped[bool]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class GroupSet(Base):
    __tablename__ = "group_set"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    name: Mapped[str]


class Group(Base):
    """A group of a course's people (LTI Course Groups Service 1.0)."""

    __tablename__ = "group"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    set_id: Mapped[str] = mapped_column(ForeignKey("group_set.id"))
    name: Mapped[str]


class GroupPlace(Base):
    __tablename__ = "group_place"

    group_id: Mapped[str] = mapped_column(ForeignKey("group.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)


class ResourceLink(Base):
    __tablename__ = "resource_link"

    id: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    client_id: Mapped[str]
    title: Mapped[str]
    url: Mapped[str | None]
    """Where it leads; None for the tool's own target link, which may move between two starts."""
    custom: Mapped[dict[str, Any]]
    position: Mapped[int]


class CopiedCourse(Base):
    """From which course a course was copied."""

    __tablename__ = "copied_course"

    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("course.id"))


class CopiedLink(Base):
    __tablename__ = "copied_link"

    link_id: Mapped[str] = mapped_column(ForeignKey("resource_link.id"), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("resource_link.id"))


class NoticeHandler(Base):
    """Where a tool wants to hear of something (Platform Notification Service 1.0)."""

    __tablename__ = "notice_handler"

    client_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    """Empty: nowhere any more."""


class LineItem(Base):
    """A gradebook column (AGS 3.1). Only the tool that owns it sees it."""

    __tablename__ = "line_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    client_id: Mapped[str]
    resource_link_id: Mapped[str | None] = mapped_column(ForeignKey("resource_link.id"))
    label: Mapped[str]
    score_maximum: Mapped[float]
    resource_id: Mapped[str | None]
    tag: Mapped[str | None]
    start_date_time: Mapped[datetime | None]
    end_date_time: Mapped[datetime | None]
    grades_released: Mapped[bool | None]


class Score(Base):
    """What a tool last said about a person in a column, and the grade that stands because of it.

    ``grade`` is in the line item's points; None while nothing was fully graded.
    """

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("line_item_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    timestamp: Mapped[datetime]
    activity_progress: Mapped[str]
    grading_progress: Mapped[str]
    comment: Mapped[str | None]
    grade: Mapped[float | None]
    received_at: Mapped[datetime]
    times_received: Mapped[int]

    hand: Mapped[TeachersHand | None] = relationship(lazy="joined", cascade="all, delete-orphan")

    @property
    def overridden(self) -> bool:
        return self.hand is not None and self.hand.overridden

    @property
    def locked(self) -> bool:
        return self.hand is not None and self.hand.locked


class TeachersHand(Base):
    """What a teacher did to a grade in the gradebook itself."""

    __tablename__ = "teachers_hand"

    score_id: Mapped[int] = mapped_column(ForeignKey("score.id", ondelete="CASCADE"), primary_key=True)
    overridden: Mapped[bool] = mapped_column(default=False)
    """Scores of the tool are still taken, and change the grade no more, as in Moodle."""
    locked: Mapped[bool] = mapped_column(default=False)
    """Scores of the tool are answered with 500, as Moodle does."""


class InstalledTool(Base):
    """A tool that registered itself by dynamic registration."""

    __tablename__ = "installed_tool"

    client_id: Mapped[str] = mapped_column(primary_key=True)
    deployment_number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    login_url: Mapped[str]
    redirect_uris: Mapped[list[str]]
    target_link_uri: Mapped[str]
    deep_linking_url: Mapped[str | None]
    jwks_url: Mapped[str]
    scopes: Mapped[list[str]]
    shares_profile: Mapped[bool]
    custom: Mapped[dict[str, Any]]
    active: Mapped[bool]
    """False until an administrator activates it, as Moodle has it."""

    @property
    def deployment_id(self) -> str:
        return str(self.deployment_number)


class Statement(Base):
    """A statement in the record store."""

    __tablename__ = "statement"

    id: Mapped[str] = mapped_column(primary_key=True)
    stored_at: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]


class AccessToken(Base):
    __tablename__ = "access_token"

    digest: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the token, in hexadecimal: the token itself is not kept."""
    client_id: Mapped[str]
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime]


class SpentValue(Base):
    """Something that may be used once: a client assertion's jti, a response's nonce, a request's data."""

    __tablename__ = "spent_value"

    kind: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class ServiceRequest(Base):
    """A line of the log that the gradebook page shows."""

    __tablename__ = "service_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    method: Mapped[str]
    path: Mapped[str]
    client_id: Mapped[str | None]
    status: Mapped[int]
    note: Mapped[str]
