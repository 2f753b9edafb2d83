"""The roster (Names and Role Provisioning Services 2.0)."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from lti_tool.sandbox import groups
from lti_tool.sandbox.access import require_accept, require_course, require_scope
from lti_tool.sandbox.config import ToolRegistration
from lti_tool.sandbox.faults import meet_fault
from lti_tool.sandbox.json_body import json_answer
from lti_tool.sandbox.membership_role import has_role
from lti_tool.sandbox.messages import profile_claims
from lti_tool.sandbox.models import Membership, ResourceLink
from lti_tool.sandbox.paging import add_link, read_page
from lti_tool.sandbox.platform import memberships_url
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.service_log import describe
from lti_tool.sandbox.store import session
from lti_tool.sandbox.tools import find_tool
from lti_tool.sandbox.variables import custom_claim
from lti_tool.sandbox.vocabulary import (
    CLAIM,
    MEDIA_MEMBERSHIPS,
    MEMBERSHIP,
    SCOPE_GROUP_READ,
    SCOPE_MEMBERSHIP_READ,
)

blueprint = Blueprint("roster", __name__)


@blueprint.before_request
def _meet_fault() -> None:
    meet_fault("roster")


@blueprint.get("/lti/courses/<course_id>/memberships")
def list_members(course_id: str) -> Response:
    client_id = require_scope(SCOPE_MEMBERSHIP_READ)
    require_accept(MEDIA_MEMBERSHIPS)
    course = require_course(course_id)
    tool = find_tool(client_id)
    if tool is None:
        raise ServiceError(403, "unknown_tool", "This tool is no longer registered.")
    link = _asked_link(course_id, client_id)
    with_groups = request.args.get("groups") == "true"
    if with_groups:
        require_scope(SCOPE_GROUP_READ)
    query = select(Membership).where(Membership.course_id == course_id)
    if "role" in request.args:
        query = query.where(has_role(_full_role()))
    rows, next_url = read_page(query, Membership.id)
    describe(f"{len(rows)} members")
    enrolments = groups.enrolments(course_id, [row.person_id for row in rows]) if with_groups else None
    container = {
        "id": memberships_url(course_id),
        "context": {"id": course.id, "label": course.label, "title": course.title},
        "members": [_member(row, tool, link, enrolments) for row in rows],
    }
    return add_link(json_answer(container, MEDIA_MEMBERSHIPS), next_url)


def _full_role() -> str:
    """The filter may name a context role in short (NRPS 2.0, section 2.4.1)."""
    role = request.args["role"]
    return role if ":" in role else MEMBERSHIP + role


def _asked_link(course_id: str, client_id: str) -> ResourceLink | None:
    if "rlid" not in request.args:
        return None
    link = session().get(ResourceLink, request.args["rlid"])
    if link is None or link.course_id != course_id or link.client_id != client_id:
        raise ServiceError(404, "not_found", "rlid names no link of this tool in this course.")
    return link


def _member(
    row: Membership,
    tool: ToolRegistration,
    link: ResourceLink | None,
    enrolments: Mapping[str, list[str]] | None,
) -> dict[str, Any]:
    member: dict[str, Any] = {
        "status": "Active" if row.active else "Inactive",
        "user_id": row.person_id,
        "roles": row.roles,
        **profile_claims(tool, row.person),
    }
    if link is not None:
        member["message"] = [
            {
                CLAIM + "message_type": "LtiResourceLinkRequest",
                CLAIM + "custom": custom_claim(tool, link, row.person),
            }
        ]
    if enrolments is not None:
        keys = enrolments.get(row.person_id, [])
        member["group_enrollments"] = [{"group_id": key} for key in keys]
    return member
