"""A course list that looks wrong: more than half of the course is missing in it.

A platform whose enrolments are being imported anew, or a filter that somebody set by mistake, must not empty
a course. Such a list is kept, and nothing of it is applied until an instructor has looked at the differences.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti import roster_update
from lti_tool.lti.memberships import RosterMember
from lti_tool.lti.roles import Role
from lti_tool.lti.roster_update import RosterChange

FEW = 3
"""Fewer people than that may always go missing at once."""


def hold_if_doubtful(
    session: Session, course: models.Course, found: Sequence[RosterMember], *, read_at: datetime
) -> RosterChange | None:
    """Keep the list instead of applying it, if it looks wrong. Forgets an earlier one in any case."""
    known = roster_update.known_members(session, course)
    lacks = _lacking(known, {one.sub for one in found if one.active}, read_at)
    would = _would_change(known, found, missing=len(lacks))
    earlier = session.get(models.HeldRoster, course.id)
    if earlier is not None:
        session.delete(earlier)
        session.flush()
    if would.missing < FEW or would.missing * 2 <= would.missing + would.unchanged + would.updated:
        return None
    keeps_names = course.deployment.platform.keeps_names
    session.add(
        models.HeldRoster(
            course_id=course.id,
            read_at=read_at,
            rows=[_row(one, keeps_names) for one in found],
            added=would.added,
            updated=would.updated,
            lacking=[member.id for member in lacks],
        )
    )
    session.flush()
    return would


def apply_held(session: Session, course: models.Course) -> RosterChange | None:
    """Apply the list that was kept; None when there is none."""
    held = session.get(models.HeldRoster, course.id)
    if held is None:
        return None
    found, read_at = [_member(row) for row in held.rows], held.read_at
    session.delete(held)
    return roster_update.apply(session, course, found, read_at=read_at)


def discard(session: Session, course: models.Course) -> None:
    """Forget the list that was kept; who is known stays as they are."""
    held = session.get(models.HeldRoster, course.id)
    if held is not None:
        session.delete(held)
        session.flush()


def _lacking(known: dict[str, models.Member], listed: set[str], read_at: datetime) -> list[models.Member]:
    """Members whom a list with these active people lacks and who were in the course so far."""
    return [
        member
        for sub, member in known.items()
        if sub not in listed and _is_here(member) and not roster_update.stays(member, read_at)
    ]


def _would_change(
    known: dict[str, models.Member], found: Sequence[RosterMember], *, missing: int
) -> RosterChange:
    there = [(known[one.sub], one) for one in found if one.active and one.sub in known]
    updated = sum(not _is_here(member) or roster_update.differs(member, one) for member, one in there)
    return RosterChange(
        added=sum(one.sub not in known for one in found),
        updated=updated,
        missing=missing,
        unchanged=len(there) - updated,
        held=True,
    )


def _is_here(member: models.Member) -> bool:
    return member.active and member.missing_since is None


def _row(one: RosterMember, keeps_names: bool) -> dict[str, Any]:
    row = asdict(one) | {"role": one.role.value}
    row |= {} if keeps_names else {"name": None, "email": None}
    return {name: row[name] for name in ("sub", "name", "email", "role", "active")}


def _member(row: dict[str, Any]) -> RosterMember:
    return RosterMember(row["sub"], row["name"], row["email"], Role(row["role"]), row["active"])
