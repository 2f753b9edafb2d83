"""Groups and sections of a course: which there are, what they are called, who is in which."""

from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.db.models import CourseGroup, GroupMember

MOST = 5_000
GROUPS, SECTIONS, SET = "groups", "sections", "set:"
"""Values of `Cohort.group_set`; the last is followed by the set's key."""


def of_course(session: Session, course_id: int) -> list[CourseGroup]:
    """Groups and sections in the order in which people read them."""
    found = session.scalars(
        select(CourseGroup)
        .where(CourseGroup.course_id == course_id, CourseGroup.kind.in_(["group", "section"]))
        .order_by(CourseGroup.kind, CourseGroup.set_key, CourseGroup.id)
        .limit(MOST)
    )
    return sorted(found, key=lambda one: (one.kind, one.set_name or "", name(one)))


def name(group: CourseGroup) -> str:
    """What a group is called; "Group 1" where the platform gave only its id."""
    if group.name:
        return group.name
    if group.kind == "group":
        return str(_("Group %(key)s", key=group.key))
    # The ids of sections are often words ("BIO101-A").
    return group.key if not group.key.isdigit() else str(_("Section %(key)s", key=group.key))


def labels(groups: Sequence[CourseGroup]) -> dict[int, str]:
    """A name of its own for each group of a course, by row id: with its set, or its id, if two share it."""
    found = {group.id: name(group) for group in groups}
    for more in (_with_set, _with_id):
        shared = Counter(found.values())
        found = {one.id: more(one) if shared[found[one.id]] > 1 else found[one.id] for one in groups}
    return found


def sets(groups: Sequence[CourseGroup]) -> list[tuple[str, str]]:
    """Which of them a rule can be about: values of `Cohort.group_set` ("" for None) and their names."""
    kinds = {group.kind for group in groups}
    named = {group.set_key: group.set_name for group in groups if group.set_key}
    offered = [(f"{SET}{key}", called or _("Set %(key)s", key=key)) for key, called in named.items()]
    if "group" in kinds and ("section" in kinds or offered):
        offered.insert(0, (GROUPS, _("All groups")))
    if "section" in kinds and "group" in kinds:
        offered.append((SECTIONS, _("Sections")))
    everything = _("All groups and sections") if len(kinds) > 1 else _("All of them")
    return [("", everything), *offered]


def of_members(session: Session, cohort: models.Cohort) -> dict[int, frozenset[str]]:
    """For each member id, the labels of those of their groups that the cohort's rule is about."""
    groups = of_course(session, cohort.course_id)
    called = labels(groups)
    meant = {group.id for group in groups if _is_meant(group, cohort.group_set)}
    places = session.execute(
        select(GroupMember.member_id, GroupMember.group_id)
        .join(GroupMember.group)
        .where(CourseGroup.course_id == cohort.course_id, CourseGroup.kind.in_(["group", "section"]))
    )
    found: dict[int, set[str]] = {}
    for member_id, group_id in places:
        if group_id in meant:
            found.setdefault(member_id, set()).add(called[group_id])
    return {member_id: frozenset(names) for member_id, names in found.items()}


def _is_meant(group: CourseGroup, group_set: str | None) -> bool:
    if not group_set:
        return True
    if group_set == SECTIONS:
        return group.kind == "section"
    return group.kind == "group" and group_set in {GROUPS, f"{SET}{group.set_key}"}


def _with_set(group: CourseGroup) -> str:
    if not group.set_name:
        return name(group)
    return str(_("%(group)s (%(set)s)", group=name(group), set=group.set_name))


def _with_id(group: CourseGroup) -> str:
    return f"{_with_set(group)} #{group.key}"
