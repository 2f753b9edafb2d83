"""Who administers: whoever runs the tool (by a one-time link), or an LMS's administrator (by a launch).

The first sees every platform, the second their own one. Both are kept in the cookie session, apart from the
courses, and end by themselves.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import g, session

from lti_tool.db import clock, models
from lti_tool.db.engine import db

LONGEST = {"link": timedelta(hours=2), "launch": timedelta(hours=12)}


@dataclass(frozen=True)
class Administrator:
    actor: str
    """For the audit log."""
    platform_id: int | None
    """The one platform that they administer; None for all."""

    @property
    def runs_the_tool(self) -> bool:
        return self.platform_id is None


def enter_by_link(link: models.AdminLink) -> None:
    """Write a used one-time link into the cookie session."""
    session["administers"] = _entry("link", f"link {link.id}", None, [])


def enter_by_launch(platform_id: int, person_id: int | None, frame_ancestors: list[str]) -> None:
    """Write the launch of an administrator of the LMS into the cookie session."""
    who = f"platform {platform_id}, person {person_id}" if person_id else f"platform {platform_id}"
    session["administers"] = _entry("launch", who, platform_id, frame_ancestors)


def leave(platform_id: int) -> None:
    """Whoever is launched from there now is no administrator, on whatever machine they share with one."""
    if session.get("administers", {}).get("platform") == platform_id:
        session.pop("administers")


def current() -> Administrator | None:
    """The administrator in this browser. None when there is none, or not for a while."""
    entry = session.get("administers")
    if entry is None or clock.now().timestamp() - entry["at"] > LONGEST[entry["by"]].total_seconds():
        return None
    platform_id = entry["platform"]
    if platform_id is not None and db.session.get(models.Platform, platform_id) is None:
        return None
    return Administrator(entry["actor"], platform_id)


def administrator() -> Administrator:
    """The administrator whom the access list let in to this page."""
    found: Administrator = g.administrator
    return found


def frames() -> list[str]:
    """Who may put the administration into a frame: the platform that launched it."""
    return list(session.get("administers", {}).get("frames", []))


def _entry(by: str, actor: str, platform_id: int | None, frame_ancestors: list[str]) -> dict[str, object]:
    return {
        "by": by,
        "actor": actor,
        "platform": platform_id,
        "frames": frame_ancestors,
        "at": int(clock.now().timestamp()),
    }
