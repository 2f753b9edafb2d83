"""Who is asking: a launch writes it into the tool's cookie session, each request reads it back.

One browser may hold launches into several courses, as different people (a teacher who tries the student's
view, the sandbox). They are kept by course, and every page's address names its course.
"""

from dataclasses import dataclass

from flask import g, session

from lti_tool.db import models
from lti_tool.db.engine import db

MOST_COURSES = 8


@dataclass(frozen=True)
class Viewer:
    """The person who asks, as a member of the course whose page is asked for."""

    member: models.Member
    link_id: int | None
    """The resource link of the latest launch (row id), when it had one."""

    @property
    def display_name(self) -> str:
        return self.member.display_name

    @property
    def course_title(self) -> str:
        return self.member.course.display_title

    @property
    def timezone(self) -> str:
        return self.member.person.timezone or "UTC"

    @property
    def teaches(self) -> bool:
        return self.member.teaches


def enter(
    member: models.Member, *, frame_ancestors: list[str], link_id: int | None, locale: str | None
) -> None:
    """Write a valid launch into the cookie session."""
    courses = dict(session.get("courses", {}))
    courses.pop(str(member.course_id), None)
    courses[str(member.course_id)] = {"member": member.id, "link": link_id, "frames": frame_ancestors}
    session["courses"] = dict(list(courses.items())[-MOST_COURSES:])
    session["locale"] = locale
    session.permanent = True
    g.frame_ancestors = frame_ancestors


def viewer_of(course_id: int) -> Viewer | None:
    """The person launched into this course in this browser, unless the roster dropped them since."""
    entry = session.get("courses", {}).get(str(course_id))
    if entry is None:
        return None
    member = db.session.get(models.Member, entry["member"])
    if member is None or member.course_id != course_id or not member.active:
        return None
    return Viewer(member=member, link_id=entry["link"])


def frames_of(course_id: int) -> list[str]:
    """Origins of the platform that launched this browser into the course."""
    entry = session.get("courses", {}).get(str(course_id))
    return list(entry["frames"]) if entry else []
