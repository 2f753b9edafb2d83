"""The sandbox's Course Groups Service: groups, sets, and enrolments beside the roster."""

from typing import Any

import pytest

from lti_tool.sandbox.vocabulary import (
    MEDIA_GROUPS,
    MEDIA_MEMBERSHIPS,
    SCOPE_GROUP_READ,
    SCOPE_MEMBERSHIP_READ,
)
from tests.integration.sandbox.stub_tool import StubTool

pytestmark = pytest.mark.usefixtures("lms")
GROUPS, SETS = "/lti/courses/C1/groups", "/lti/courses/C1/groupsets"


def _get(tool: StubTool, token: str, url: str, media: str = MEDIA_GROUPS) -> dict[str, Any]:
    answer = tool.call("GET", url, token, accept=media)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == media
    return dict(answer.json())


def test_all_groups_of_the_course_with_their_sets(tool: StubTool, token: str) -> None:
    assert _get(tool, token, GROUPS) == {
        "id": f"{tool.lms_url}{GROUPS}",
        "groups": [
            {"id": "labs-1", "name": "Lab A", "set_id": "labs"},
            {"id": "labs-2", "name": "Lab B", "set_id": "labs"},
            {"id": "tutorials-1", "name": "Monday", "set_id": "tutorials"},
        ],
    }
    assert _get(tool, token, SETS)["sets"] == [
        {"id": "labs", "name": "Labs"},
        {"id": "tutorials", "name": "Tutorials"},
    ]


def test_groups_of_one_person(tool: StubTool, token: str) -> None:
    found = _get(tool, token, f"{GROUPS}?user_id=chi")["groups"]
    assert [group["id"] for group in found] == ["labs-2", "tutorials-1"]


def test_groups_come_in_pages(tool: StubTool, token: str) -> None:
    answer = tool.call("GET", f"{GROUPS}?limit=2", token, accept=MEDIA_GROUPS)
    assert len(answer.json()["groups"]) == 2
    rest = _get(tool, token, answer.links["next"]["url"].removeprefix(tool.lms_url))
    assert [group["id"] for group in rest["groups"]] == ["tutorials-1"]


def test_the_roster_tells_of_enrolments_when_asked(tool: StubTool, token: str) -> None:
    url = "/lti/courses/C1/memberships"
    asked = _get(tool, token, f"{url}?groups=true", MEDIA_MEMBERSHIPS)
    members = {one["user_id"]: one for one in asked["members"]}
    assert members["ana"]["group_enrollments"] == [{"group_id": "labs-1"}, {"group_id": "tutorials-1"}]
    assert members["tess"]["group_enrollments"] == []
    plain = _get(tool, token, url, MEDIA_MEMBERSHIPS)["members"]
    assert all("group_enrollments" not in one for one in plain)


def test_the_scope_is_asked_for(tool: StubTool) -> None:
    roster_only = tool.token(SCOPE_MEMBERSHIP_READ)
    assert tool.call("GET", GROUPS, roster_only, accept=MEDIA_GROUPS).status_code == 403
    with_groups = "/lti/courses/C1/memberships?groups=true"
    assert tool.call("GET", with_groups, roster_only, accept=MEDIA_MEMBERSHIPS).status_code == 403
    groups_only = tool.token(SCOPE_GROUP_READ)
    assert tool.call("GET", GROUPS, groups_only, accept=MEDIA_GROUPS).status_code == 200
    assert tool.call("GET", GROUPS, groups_only, accept="application/json").status_code == 406
    assert tool.call("GET", "/lti/courses/none/groups", groups_only, accept=MEDIA_GROUPS).status_code == 404
