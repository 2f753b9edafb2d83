"""For whom a cohort is: the whole course, or the people of one group or section of the LMS.

The LMS' own key says which (`models.Cohort.only_group`), not a row: a reading of the course list may drop a
group and bring it back, and the cohort then goes on.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.db.models import CourseGroup, GroupMember
from lti_tool.web import groups


def value(group: CourseGroup) -> str:
    """What `Cohort.only_group` holds for it."""
    return f"{group.kind}:{group.key}"


def options(known: Sequence[CourseGroup]) -> list[tuple[str, str]]:
    """What can be chosen in a course with these groups: values ("" for None) and their names."""
    called = groups.labels(known)
    return [("", _("Everybody in the course")), *((value(one), called[one.id]) for one in known)]


def is_gone(session: Session, cohort: models.Cohort) -> bool:
    """Whether the LMS has the cohort's group no more: then nobody new can join."""
    return cohort.only_group is not None and session.scalar(_group(cohort)) is None


def admits(session: Session, member: models.Member, cohort: models.Cohort) -> bool:
    """Whether a member may join, as far as groups decide it. Who assists the course is in none of them."""
    if cohort.only_group is None or member.role != "learner":
        return True
    there = _group(cohort).join(GroupMember).where(GroupMember.member_id == member.id)
    return session.scalar(there) is not None


def open_to(member: models.Member) -> ColumnElement[bool]:
    """As `admits`, for the cohorts of a query."""
    if member.role != "learner":
        return models.Cohort.id.is_not(None)
    named = CourseGroup.kind + ":" + CourseGroup.key
    own = select(named).join(GroupMember).where(GroupMember.member_id == member.id)
    return or_(models.Cohort.only_group.is_(None), models.Cohort.only_group.in_(own))


def is_meant(cohort: models.Cohort) -> ColumnElement[bool]:
    """Whether the member of the query is one of those for whom the cohort is."""
    if cohort.only_group is None:
        return models.Member.id.is_not(None)
    return _group(cohort).join(GroupMember).where(GroupMember.member_id == models.Member.id).exists()


def is_outside() -> ColumnElement[bool]:
    """Takes part in a cohort of a group that they are not in. `Member` is joined to `Participant`."""
    cohort, part = models.Cohort, models.Participant
    places = (
        select(GroupMember.member_id)
        .join(GroupMember.group)
        .where(
            GroupMember.member_id == models.Member.id,
            CourseGroup.course_id == cohort.course_id,
            CourseGroup.kind + ":" + CourseGroup.key == cohort.only_group,
        )
        .correlate(models.Member, cohort)
    )
    of_a_group = exists().where(cohort.id == part.cohort_id, cohort.only_group.is_not(None), ~places.exists())
    return and_(part.role != "expert", of_a_group)


def _group(cohort: models.Cohort) -> Select[Any]:
    kind, _colon, key = (cohort.only_group or "").partition(":")
    return select(CourseGroup.id).where(
        CourseGroup.course_id == cohort.course_id, CourseGroup.kind == kind, CourseGroup.key == key
    )
