"""The roster: members with full roles and status, filtered, in pages behind a case-sensitive cursor."""

from typing import Any

import pytest

from lti_tool.sandbox.vocabulary import (
    CLAIM,
    MEDIA_MEMBERSHIPS,
    ROLE_INSTRUCTOR,
    ROLE_LEARNER,
    ROLE_TEACHING_ASSISTANT,
)
from tests.integration.sandbox.stub_tool import StubTool

URL = "/lti/courses/C1/memberships"
pytestmark = pytest.mark.usefixtures("lms")


def _page(tool: StubTool, token: str, query: str = "") -> dict[str, Any]:
    answer = tool.call("GET", f"{URL}{query}", token, accept=MEDIA_MEMBERSHIPS)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == MEDIA_MEMBERSHIPS
    return dict(answer.json())


def _ids(page: dict[str, Any]) -> list[str]:
    return [member["user_id"] for member in page["members"]]


def test_everybody_enrolled_is_in_it_with_full_roles(tool: StubTool, token: str) -> None:
    page = _page(tool, token)
    assert page["id"] == f"{tool.lms_url}{URL}"
    assert page["context"] == {"id": "C1", "label": "C1", "title": "First course"}
    assert _ids(page) == ["tess", "eva", "ana", "bo", "chi", "dee"]
    members = {member["user_id"]: member for member in page["members"]}
    assert members["eva"]["roles"] == [ROLE_INSTRUCTOR, ROLE_TEACHING_ASSISTANT]
    assert members["ana"] == {
        "status": "Active",
        "user_id": "ana",
        "roles": [ROLE_LEARNER],
        "name": "Ana Test",
        "given_name": "Ana",
        "family_name": "Test",
        "email": "ana@example.edu",
    }
    assert members["dee"]["status"] == "Inactive"


def test_a_private_person_is_there_without_name_and_email(tool: StubTool, token: str) -> None:
    members = {member["user_id"]: member for member in _page(tool, token)["members"]}
    assert set(members["chi"]) == {"status", "user_id", "roles"}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("Instructor", ["tess", "eva"]),
        ("Learner", ["ana", "bo", "chi", "dee"]),
        (
            "http%3A%2F%2Fpurl.imsglobal.org%2Fvocab%2Flis%2Fv2%2Fmembership%23Learner",
            ["ana", "bo", "chi", "dee"],
        ),
        (
            "http%3A%2F%2Fpurl.imsglobal.org%2Fvocab%2Flis%2Fv2%2Fmembership%2FInstructor%23TeachingAssistant",
            ["eva"],
        ),
        ("Learn", []),
        ("Mentor", []),
        ("%25", []),
    ],
)
def test_the_role_filter_matches_whole_roles(
    tool: StubTool, token: str, role: str, expected: list[str]
) -> None:
    assert _ids(_page(tool, token, f"?role={role}")) == expected


def test_pages_keep_the_filter_and_follow_each_other(tool: StubTool, token: str) -> None:
    url, seen, count = f"{URL}?role=Learner&limit=3", [], 0
    while url:
        answer = tool.call("GET", url, token, accept=MEDIA_MEMBERSHIPS)
        seen += _ids(answer.json())
        url, count = answer.links.get("next", {}).get("url", ""), count + 1
    assert (seen, count) == (["ana", "bo", "chi", "dee"], 2)


def test_a_next_page_in_lower_case_is_refused(tool: StubTool, token: str) -> None:
    answer = tool.call("GET", f"{URL}?limit=2", token, accept=MEDIA_MEMBERSHIPS)
    following = answer.links["next"]["url"]
    assert tool.call("GET", following, token, accept=MEDIA_MEMBERSHIPS).status_code == 200
    path, cursor = following.split("page=")
    lowered = tool.call("GET", f"{path}page={cursor.lower()}", token, accept=MEDIA_MEMBERSHIPS)
    assert (lowered.status_code, lowered.json()["error"]) == (400, "invalid_page")


def test_with_a_link_each_member_has_that_links_message(tool: StubTool, token: str) -> None:
    members = {member["user_id"]: member for member in _page(tool, token, "?rlid=plain")["members"]}
    message = members["ana"]["message"][0]
    assert message[CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert message[CLAIM + "custom"]["zone"] == "America/Sao_Paulo"


@pytest.mark.parametrize("link", ["no-such", "elsewhere", "foreign"])
def test_a_link_that_is_not_the_tools_here_is_not_found(tool: StubTool, token: str, link: str) -> None:
    answer = tool.call("GET", f"{URL}?rlid={link}", token, accept=MEDIA_MEMBERSHIPS)
    assert answer.status_code == 404
