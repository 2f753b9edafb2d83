"""Write a course list that was read: the differences, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti import pseudonyms
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.memberships import RosterMember
from lti_tool.lti.roles import Role

CHUNK = 200
"""Members written at once; the size of a repetition when launches come in between."""
_MOST_TRIES = 3


@dataclass(frozen=True)
class RosterChange:
    """What a reading of the course list changed; counts of members."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0

    def __add__(self, other: "RosterChange") -> "RosterChange":
        return RosterChange(
            self.added + other.added,
            self.updated + other.updated,
            self.removed + other.removed,
            self.unchanged + other.unchanged,
        )


def apply(
    session: Session, course: models.Course, found: Sequence[RosterMember], *, read_at: datetime
) -> RosterChange:
    """Write a course list that was read; flushes, never commits.

    A role that came from a launch stays: the roster is less exact (Moodle lists a non-editing teacher as a
    learner). Whoever is missing becomes inactive, except teachers known from a launch (administrators
    of the LMS are in no course list) and people who were launched while the list was read.
    """
    known = _known(session, course)
    listed = {member.sub for member in found}
    taken = {member.pseudonym for member in known.values()}
    change = RosterChange()
    for start in range(0, len(found), CHUNK):
        change += _apply_chunk(session, course, known, taken, found[start : start + CHUNK])
    change += _drop_missing(known, listed, read_at)
    course.roster_read_at = clock.now()
    session.flush()
    return change


def _known(session: Session, course: models.Course) -> dict[str, models.Member]:
    rows = session.scalars(select(models.Member).where(models.Member.course_id == course.id))
    return {member.person.sub: member for member in rows}


def _apply_chunk(
    session: Session,
    course: models.Course,
    known: dict[str, models.Member],
    taken: set[str],
    chunk: Sequence[RosterMember],
) -> RosterChange:
    for _attempt in range(_MOST_TRIES):
        try:
            with session.begin_nested():
                return _write_chunk(session, course, known, taken, chunk)
        except IntegrityError:
            # Somebody of this chunk was launched for the first time just now.
            known.clear()
            known.update(_known(session, course))
            taken |= {member.pseudonym for member in known.values()}
    raise ServiceError("retry", "too many people open the activity at this moment")


def _write_chunk(
    session: Session,
    course: models.Course,
    known: dict[str, models.Member],
    taken: set[str],
    chunk: Sequence[RosterMember],
) -> RosterChange:
    updated = 0
    newcomers = [one for one in chunk if one.sub not in known]
    for one in chunk:
        if one.sub in known:
            updated += _update(known[one.sub], one)
    people = _people(session, course.deployment.platform_id, newcomers)
    fresh: dict[str, models.Member] = {}
    for one in newcomers:
        pseudonym = pseudonyms.draw(taken)
        taken.add(pseudonym)
        fresh[one.sub] = models.Member(
            course_id=course.id,
            person=people[one.sub],
            pseudonym=pseudonym,
            role=one.role.value,
            role_from_launch=False,
            active=one.active,
        )
    session.add_all(fresh.values())
    session.flush()
    known.update(fresh)
    return RosterChange(len(fresh), updated, 0, len(chunk) - len(fresh) - updated)


def _people(
    session: Session, platform_id: int, newcomers: Sequence[RosterMember]
) -> dict[str, models.Person]:
    query = select(models.Person).where(
        models.Person.platform_id == platform_id, models.Person.sub.in_([one.sub for one in newcomers])
    )
    people = {person.sub: person for person in session.scalars(query)} if newcomers else {}
    for one in newcomers:
        person = people.setdefault(one.sub, models.Person(platform_id=platform_id, sub=one.sub))
        person.name = one.name or person.name
        person.email = one.email or person.email
    return people


def _update(member: models.Member, one: RosterMember) -> bool:
    before = (member.person.name, member.person.email, member.role, member.active)
    member.person.name = one.name or member.person.name
    member.person.email = one.email or member.person.email
    member.role = member.role if member.role_from_launch else one.role.value
    member.active = one.active
    return before != (member.person.name, member.person.email, member.role, member.active)


def _drop_missing(known: dict[str, models.Member], listed: set[str], read_at: datetime) -> RosterChange:
    removed = 0
    for sub, member in known.items():
        if sub not in listed and member.active and not _stays(member, read_at):
            member.active = False
            removed += 1
    return RosterChange(removed=removed)


def _stays(member: models.Member, read_at: datetime) -> bool:
    launched_meanwhile = member.last_launch_at is not None and member.last_launch_at >= read_at
    return launched_meanwhile or (member.role_from_launch and Role(member.role).teaches)
