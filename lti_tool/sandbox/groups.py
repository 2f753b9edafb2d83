"""Groups of a course and their sets (LTI Course Groups Service 1.0)."""

from collections.abc import Sequence

from flask import Blueprint, Response, request
from sqlalchemy import select

from lti_tool.sandbox.access import require_accept, require_course, require_scope
from lti_tool.sandbox.faults import meet_fault
from lti_tool.sandbox.json_body import json_answer
from lti_tool.sandbox.models import Group, GroupPlace, GroupSet
from lti_tool.sandbox.paging import add_link, read_page
from lti_tool.sandbox.platform import group_sets_url, groups_url
from lti_tool.sandbox.service_log import describe
from lti_tool.sandbox.store import session
from lti_tool.sandbox.vocabulary import MEDIA_GROUPS, SCOPE_GROUP_READ

blueprint = Blueprint("groups", __name__)


@blueprint.before_request
def _meet_fault() -> None:
    meet_fault("roster")


@blueprint.get("/lti/courses/<course_id>/groups")
def list_groups(course_id: str) -> Response:
    """All groups, or with ``user_id`` those of one person (section 3.1)."""
    _require(course_id)
    query = select(Group).where(Group.course_id == course_id)
    if "user_id" in request.args:
        places = select(GroupPlace.group_id).where(GroupPlace.person_id == request.args["user_id"])
        query = query.where(Group.id.in_(places))
    rows, next_url = read_page(query, Group.number)
    describe(f"{len(rows)} groups")
    groups = [{"id": row.id, "name": row.name, "set_id": row.set_id} for row in rows]
    answer = json_answer({"id": groups_url(course_id), "groups": groups}, MEDIA_GROUPS)
    return add_link(answer, next_url)


@blueprint.get("/lti/courses/<course_id>/groupsets")
def list_sets(course_id: str) -> Response:
    """The sets in which groups are made (section 3.2)."""
    _require(course_id)
    rows, next_url = read_page(select(GroupSet).where(GroupSet.course_id == course_id), GroupSet.number)
    describe(f"{len(rows)} group sets")
    sets = [{"id": row.id, "name": row.name} for row in rows]
    answer = json_answer({"id": group_sets_url(course_id), "sets": sets}, MEDIA_GROUPS)
    return add_link(answer, next_url)


def enrolments(course_id: str, people: Sequence[str]) -> dict[str, list[str]]:
    """Ids of the groups of each of these people, for a roster that was asked with ``groups=true``."""
    query = (
        select(GroupPlace.person_id, GroupPlace.group_id)
        .join(Group, Group.id == GroupPlace.group_id)
        .where(Group.course_id == course_id, GroupPlace.person_id.in_(people))
        .order_by(Group.number)
    )
    found: dict[str, list[str]] = {}
    for person_id, group_id in session().execute(query):
        found.setdefault(person_id, []).append(group_id)
    return found


def _require(course_id: str) -> None:
    require_scope(SCOPE_GROUP_READ)
    require_accept(MEDIA_GROUPS)
    require_course(course_id)
