"""Who is asking: a launch writes it into the tool's cookie session, each request reads it back.

One browser may hold launches into several courses, as different people (a teacher who tries the student's
view, the sandbox). They are kept by course, and every page's address names its course.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import g, session
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.web import visits

MOST_COURSES = 8
LONGEST_RETURN_URL = 500
"""A cookie holds some 4,000 characters in all."""
LONGEST_VISIT = timedelta(hours=12)
"""After so long the platform is asked again who somebody is; it may have taken them out of the course."""


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
    member: models.Member,
    *,
    frame_ancestors: list[str],
    link_id: int | None,
    locale: str | None,
    return_url: str | None = None,
    in_tab: bool = False,
) -> None:
    """Write a valid launch into the session.

    Args:
        return_url: where the platform wants people back; kept for the newest launch only.
        in_tab: it was opened in a tab of its own, out of which nothing else leads back.
    """
    courses = dict(session.get("courses", {}))
    courses.pop(str(member.course_id), None)
    courses[str(member.course_id)] = {
        "member": member.id,
        "link": link_id,
        "frames": frame_ancestors,
        "at": int(clock.now().timestamp()),
    }
    session["courses"] = dict(list(courses.items())[-MOST_COURSES:])
    session["locale"] = locale
    session.pop("back", None)
    if return_url is not None and len(return_url) <= LONGEST_RETURN_URL:
        session["back"] = {"course": member.course_id, "url": return_url, "in_tab": in_tab}
    # Not permanent: on a shared machine the visit ends with the browser.
    session.permanent = False
    g.frame_ancestors = frame_ancestors


def viewer_of(course_id: int) -> Viewer | None:
    """The person launched into this course in this browser.

    None when that was too long ago, or when the roster dropped the person or an administrator of the tool
    switched off the platform since.
    """
    entry = session.get("courses", {}).get(str(course_id))
    if entry is None or clock.now().timestamp() - entry.get("at", 0) > LONGEST_VISIT.total_seconds():
        return None
    member = db.session.scalar(_let_in(course_id, entry["member"]))
    return Viewer(member=member, link_id=entry["link"]) if member is not None else None


def way_back(course_id: int, *, from_tab: bool = False) -> str | None:
    """The platform's return URL, if this course was the newest launch.

    Args:
        from_tab: only when that launch opened a tab of its own.
    """
    back = session.get("back")
    if back is None or back["course"] != course_id or (from_tab and not back["in_tab"]):
        return None
    return str(back["url"])


def take_back() -> None:
    """Undo what this request wrote into the cookie session: what it tells of was not kept."""
    own = visits.current()
    own.clear()
    own.update(own.sent)


def _let_in(course_id: int, member_id: int) -> Select[models.Member]:
    return (
        select(models.Member)
        .join(models.Member.course)
        .join(models.Course.deployment)
        .join(models.Deployment.platform)
        .where(
            models.Member.id == member_id,
            models.Member.course_id == course_id,
            models.Member.active,
            models.Deployment.approved_at.is_not(None),
            models.Platform.disabled_at.is_(None),
        )
        .options(contains_eager(models.Member.course))
    )


def frames_of(course_id: int) -> list[str]:
    """Origins of the platform that launched this browser into the course."""
    entry = session.get("courses", {}).get(str(course_id))
    return list(entry["frames"]) if entry else []
