"""Write who is in which group and section: what the roster job read, or what one launch said."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.db.models import CourseGroup, GroupMember
from lti_tool.lti.course_groups import Keys, ListedGroup, custom_keys
from lti_tool.lti.memberships import RosterMember

T = TypeVar("T")

CHUNK = 500
GROUP, SECTION, LINK = "group", "section", "link"


def from_launch(session: Session, member: models.Member, custom: Mapping[str, Any]) -> None:
    """Write down the groups and sections that a launch named for its person. Flushes, never commits.

    Where the platform has a Course Groups Service, that knows better: its ids may be others.
    """
    for kind in (GROUP, SECTION):
        keys = custom_keys(custom, kind)
        if keys is None or (kind == GROUP and member.course.groups_url):
            continue
        groups = [_find_or_add(session, member.course_id, kind, key) for key in keys]
        _place(session, member, kind, {group.id for group in groups})


def write(
    session: Session,
    course: models.Course,
    found: Sequence[RosterMember],
    listed: Sequence[ListedGroup] | None,
) -> None:
    """Write down what a reading of the course list said of groups; flushes, never commits.

    Args:
        found: the people of the list; of whom it says nothing about groups, nothing is changed.
        listed: all groups by the Course Groups Service; None where there is none.
    """
    ids = _member_ids(session, course)
    for kind in (GROUP, SECTION):
        told = {
            ids[one.sub]: keys
            for one in found
            if one.sub in ids and (keys := one.groups if kind == GROUP else one.sections) is not None
        }
        if kind == GROUP and listed is not None:
            _write_groups(session, course, listed)
        if told:
            _write_places(session, course, kind, told)
    session.flush()


def write_audience(
    session: Session, course: models.Course, link_id: str, subs: Collection[str] | None
) -> None:
    """Keep who can open a resource link; None: the platform does not restrict it."""
    if subs is None:
        _forget(session, course, LINK, {link_id})
        return
    ids = _member_ids(session, course)
    group = _find_or_add(session, course.id, LINK, link_id)
    there = set(session.scalars(select(GroupMember.member_id).where(GroupMember.group_id == group.id)))
    wanted = {ids[sub] for sub in subs if sub in ids}
    _exchange(
        session,
        add=((group.id, member_id) for member_id in sorted(wanted - there)),
        drop=((group.id, member_id) for member_id in sorted(there - wanted)),
    )


def _write_groups(session: Session, course: models.Course, listed: Sequence[ListedGroup]) -> None:
    known = _groups(session, course, GROUP)
    for one in listed:
        group = known.get(one.key) or CourseGroup(course_id=course.id, kind=GROUP, key=one.key)
        group.name, group.set_key, group.set_name = one.name, one.set_key, one.set_name
        session.add(group)
    session.flush()
    _forget(session, course, GROUP, set(known) - {one.key for one in listed})


def _write_places(session: Session, course: models.Course, kind: str, told: Mapping[int, Keys]) -> None:
    """Bring the places of these people in line: member id -> keys of their groups."""
    known = _groups(session, course, kind)
    for key in sorted({key for keys in told.values() for key in keys} - set(known)):
        known[key] = CourseGroup(course_id=course.id, kind=kind, key=key)
        session.add(known[key])
    session.flush()
    query = select(GroupMember.group_id, GroupMember.member_id).join(GroupMember.group)
    rows = session.execute(query.where(CourseGroup.course_id == course.id, CourseGroup.kind == kind))
    there = {(group_id, member_id) for group_id, member_id in rows if member_id in told}
    wanted = {(known[key].id, member_id) for member_id, keys in told.items() for key in keys}
    _exchange(session, add=sorted(wanted - there), drop=sorted(there - wanted))


def _exchange(session: Session, *, add: Iterable[tuple[int, int]], drop: Iterable[tuple[int, int]]) -> None:
    """Add and drop places (group id, member id), in a few statements whatever their number."""
    for chunk in _chunks(list(add)):
        session.execute(
            insert(GroupMember), [{"group_id": group, "member_id": member} for group, member in chunk]
        )
    by_group: dict[int, list[int]] = {}
    for group, member in drop:
        by_group.setdefault(group, []).append(member)
    for group, members in by_group.items():
        for members_chunk in _chunks(members):
            session.execute(
                delete(GroupMember).where(
                    GroupMember.group_id == group, GroupMember.member_id.in_(members_chunk)
                )
            )


def _forget(session: Session, course: models.Course, kind: str, keys: Collection[str]) -> None:
    for chunk in _chunks(sorted(keys)):
        gone = select(CourseGroup.id).where(
            CourseGroup.course_id == course.id, CourseGroup.kind == kind, CourseGroup.key.in_(chunk)
        )
        ids = list(session.scalars(gone))
        session.execute(delete(GroupMember).where(GroupMember.group_id.in_(ids)))
        session.execute(delete(CourseGroup).where(CourseGroup.id.in_(ids)))


def _groups(session: Session, course: models.Course, kind: str) -> dict[str, CourseGroup]:
    query = select(CourseGroup).where(CourseGroup.course_id == course.id, CourseGroup.kind == kind)
    return {group.key: group for group in session.scalars(query)}


def _member_ids(session: Session, course: models.Course) -> dict[str, int]:
    query = select(models.Person.sub, models.Member.id).join(
        models.Member, models.Member.person_id == models.Person.id
    )
    return dict(session.execute(query.where(models.Member.course_id == course.id)).all())


def _find_or_add(session: Session, course_id: int, kind: str, key: str) -> CourseGroup:
    query = select(CourseGroup).where(
        CourseGroup.course_id == course_id, CourseGroup.kind == kind, CourseGroup.key == key
    )
    found = session.scalar(query)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            made = CourseGroup(course_id=course_id, kind=kind, key=key)
            session.add(made)
        return made
    except IntegrityError:
        return session.scalars(query).one()


def _place(session: Session, member: models.Member, kind: str, wanted: set[int]) -> None:
    """Put one person into exactly these groups of a kind."""
    query = select(GroupMember.group_id).join(GroupMember.group)
    there = set(session.scalars(query.where(GroupMember.member_id == member.id, CourseGroup.kind == kind)))
    for group_id in sorted(wanted - there):
        try:
            with session.begin_nested():
                session.execute(insert(GroupMember).values(group_id=group_id, member_id=member.id))
        except IntegrityError:
            continue  # another launch of the same person was quicker
    if there - wanted:
        session.execute(
            delete(GroupMember).where(
                GroupMember.member_id == member.id, GroupMember.group_id.in_(there - wanted)
            )
        )


def _chunks(rows: list[T]) -> Iterator[list[T]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
