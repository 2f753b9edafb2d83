"""Write a course list that was read: the differences, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    """No longer listed, or inactive there, and without a part in any cohort: let in no more."""
    missing: int = 0
    """The same for people who take part: an instructor decides about them."""
    unchanged: int = 0
    held: bool = False
    """Nothing was applied: the counts are what applying it would change."""

    def __add__(self, other: "RosterChange") -> "RosterChange":
        return RosterChange(
            self.added + other.added,
            self.updated + other.updated,
            self.removed + other.removed,
            self.missing + other.missing,
            self.unchanged + other.unchanged,
        )


def apply(
    session: Session, course: models.Course, found: Sequence[RosterMember], *, read_at: datetime
) -> RosterChange:
    """Write a course list that was read; flushes, never commits.

    A role that came from a launch stays: the roster is less exact (Moodle lists a non-editing teacher as a
    learner). Whoever is missing, or listed as inactive, becomes inactive, unless they take part in a cohort:
    then that is only noted (`Member.missing_since`), and an instructor decides. Teachers known from a launch
    (administrators of the LMS are in no course list) stay, as do people who were launched while the list was
    read.
    """
    if not course.deployment.platform.keeps_names:
        found = [replace(one, name=None, email=None) for one in found]
    known = known_members(session, course)
    takes_part = _takes_part(session, course)
    listed = {member.sub for member in found}
    taken = {member.pseudonym for member in known.values()}
    change = RosterChange()
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        change += _apply_chunk(session, course, known, taken, chunk, takes_part)
    for sub, member in known.items():
        if sub not in listed and not stays(member, read_at):
            change += _lack(member, "gone", takes_part)
    course.roster_read_at = clock.now()
    session.flush()
    return change


def known_members(session: Session, course: models.Course) -> dict[str, models.Member]:
    """Everybody of the course who is known already, by the platform's id of the person."""
    rows = session.scalars(select(models.Member).where(models.Member.course_id == course.id))
    return {member.person.sub: member for member in rows}


def stays(member: models.Member, read_at: datetime) -> bool:
    """Whether a member belongs to the course although a list that was read then lacks them."""
    launched_meanwhile = member.last_launch_at is not None and member.last_launch_at >= read_at
    return launched_meanwhile or (member.role_from_launch and Role(member.role).teaches)


def differs(member: models.Member, one: RosterMember) -> bool:
    """Whether the list says something else of a member than is known, apart from their being there."""
    role = member.role if member.role_from_launch else one.role.value
    person = member.person
    return (person.name, person.email, member.role) != (
        one.name or person.name,
        one.email or person.email,
        role,
    )


def _takes_part(session: Session, course: models.Course) -> set[int]:
    """Ids of the members who are in a cohort of the course."""
    query = select(models.Participant.member_id).join(models.Participant.cohort)
    return set(
        session.scalars(
            query.where(models.Cohort.course_id == course.id, models.Participant.left_at.is_(None))
        )
    )


def _apply_chunk(
    session: Session,
    course: models.Course,
    known: dict[str, models.Member],
    taken: set[str],
    chunk: Sequence[RosterMember],
    takes_part: set[int],
) -> RosterChange:
    for _attempt in range(_MOST_TRIES):
        try:
            with session.begin_nested():
                return _write_chunk(session, course, known, taken, chunk, takes_part)
        except IntegrityError:
            # Somebody of this chunk was launched for the first time just now.
            known.clear()
            known.update(known_members(session, course))
            taken |= {member.pseudonym for member in known.values()}
    raise ServiceError("retry", "too many people open the activity at this moment")


def _write_chunk(
    session: Session,
    course: models.Course,
    known: dict[str, models.Member],
    taken: set[str],
    chunk: Sequence[RosterMember],
    takes_part: set[int],
) -> RosterChange:
    change = RosterChange()
    newcomers = [one for one in chunk if one.sub not in known]
    for one in chunk:
        if one.sub in known:
            change += _update(known[one.sub], one, takes_part)
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
    return change + RosterChange(added=len(fresh))


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


def _update(member: models.Member, one: RosterMember, takes_part: set[int]) -> RosterChange:
    changed = differs(member, one)
    member.person.name = one.name or member.person.name
    member.person.email = one.email or member.person.email
    member.role = member.role if member.role_from_launch else one.role.value
    if not one.active:
        lacks = _lack(member, "inactive", takes_part)
        return lacks if lacks != RosterChange() else RosterChange(updated=changed, unchanged=not changed)
    changed = changed or not member.active or member.missing_since is not None
    member.active = True
    member.missing_since = member.missing_as = None
    return RosterChange(updated=changed, unchanged=not changed)


def _lack(member: models.Member, how: str, takes_part: set[int]) -> RosterChange:
    """Note that the list lacks somebody. Without a change of it, when that is known already."""
    if member.id not in takes_part:
        was_active, member.active = member.active, False
        return RosterChange(removed=int(was_active))
    if member.missing_since is not None or not member.active:
        member.missing_as = member.missing_as and how
        return RosterChange()
    member.missing_since, member.missing_as = clock.now(), how
    return RosterChange(missing=1)
