"""Line items: made, listed by page and filter, replaced, deleted."""

from collections.abc import Callable

import pytest
import requests

from lti_tool.sandbox.vocabulary import MEDIA_LINE_ITEM, MEDIA_LINE_ITEMS
from tests.integration.sandbox.stub_tool import StubTool

URL = "/lti/courses/C1/lineitems"
NewLineItem = Callable[..., str]
pytestmark = pytest.mark.usefixtures("lms")


def test_a_new_line_item_is_answered_with_its_address(tool: StubTool, token: str) -> None:
    body = {
        "label": "Sessions",
        "scoreMaximum": 12.5,
        "resourceId": "cohort-1",
        "tag": "participation",
        "resourceLinkId": "plain",
        "startDateTime": "2026-11-24T10:00:00+01:00",
        "endDateTime": "2026-12-24T10:00:00Z",
        "gradesReleased": True,
        "https://tool.example/extra": {"kept": False},
    }
    answer = _send(tool, token, "POST", URL, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, MEDIA_LINE_ITEM)
    made = answer.json()
    assert answer.headers["Location"] == made["id"]
    assert made["startDateTime"] == "2026-11-24T09:00:00+00:00"
    assert (
        made.items()
        >= {name: body[name] for name in ("label", "scoreMaximum", "tag", "resourceLinkId")}.items()
    )
    assert tool.call("GET", made["id"], token, accept=MEDIA_LINE_ITEM).json() == made


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"label": None}, "label"),
        ({"label": ""}, "label"),
        ({"label": 7}, "label"),
        ({"scoreMaximum": None}, "scoreMaximum"),
        ({"scoreMaximum": 0}, "scoreMaximum"),
        ({"scoreMaximum": -1}, "scoreMaximum"),
        ({"scoreMaximum": "10"}, "scoreMaximum"),
        ({"scoreMaximum": True}, "scoreMaximum"),
        ({"startDateTime": "2026-11-24T10:00:00"}, "startDateTime"),
        ({"startDateTime": "2026-11-25T10:00:00Z", "endDateTime": "2026-11-24T10:00:00Z"}, "endDateTime"),
        ({"resourceLinkId": "no-such"}, "resourceLinkId"),
        ({"resourceLinkId": "elsewhere"}, "resourceLinkId"),
        ({"resourceLinkId": "foreign"}, "resourceLinkId"),
    ],
)
def test_a_wrong_member_is_named(tool: StubTool, token: str, changes: dict[str, object], named: str) -> None:
    answer = _send(tool, token, "POST", URL, {"label": "L", "scoreMaximum": 10} | changes)
    assert answer.status_code == 400
    assert named in answer.json()["error_description"]


@pytest.mark.parametrize("data", ["", "{", "[]", "null", '"x"', b"\xff", '{"label":"L","scoreMaximum":NaN}'])
def test_a_body_that_is_no_object_is_refused(tool: StubTool, token: str, data: str | bytes) -> None:
    answer = tool.call("POST", URL, token, accept=MEDIA_LINE_ITEM, media=MEDIA_LINE_ITEM, data=data)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_body")


def test_the_list_is_filtered(tool: StubTool, token: str, new_line_item: NewLineItem) -> None:
    first = new_line_item(tag="t-1", resourceId="r-1", resourceLinkId="plain")
    second = new_line_item(tag="t-1", resourceId="r-2")
    assert _ids(tool, token, "tag=t-1") == [first, second]
    assert _ids(tool, token, "tag=t-1&resource_id=r-2") == [second]
    assert _ids(tool, token, "tag=t-1&resource_link_id=plain") == [first]
    assert _ids(tool, token, "tag=T-1") == []


def test_the_list_does_not_show_another_tools_columns(tool: StubTool, token: str) -> None:
    listed = tool.call("GET", URL, token, accept=MEDIA_LINE_ITEMS).json()
    links = {item.get("resourceLinkId") for item in listed}
    assert "graded" in links
    assert "foreign" not in links


def test_pages_follow_each_other_without_gap_or_repeat(
    tool: StubTool, token: str, new_line_item: NewLineItem
) -> None:
    made = [new_line_item(tag="paged") for _ in range(5)]
    url, seen, sizes = f"{tool.lms_url}{URL}?tag=paged&limit=2", [], []
    while url:
        answer = tool.call("GET", url, token, accept=MEDIA_LINE_ITEMS)
        sizes.append(len(answer.json()))
        seen += [item["id"] for item in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert (seen, sizes) == (made, [2, 2, 1])


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5"])
def test_a_wrong_limit_is_refused(tool: StubTool, token: str, limit: str) -> None:
    answer = tool.call("GET", f"{URL}?limit={limit}", token, accept=MEDIA_LINE_ITEMS)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_limit")


def test_replacing_clears_what_is_left_out(tool: StubTool, token: str, new_line_item: NewLineItem) -> None:
    url = new_line_item(tag="old", resourceId="r")
    answer = _send(tool, token, "PUT", url, {"id": url, "label": "New", "scoreMaximum": 30})
    assert answer.status_code == 200
    assert answer.json() == {"id": url, "label": "New", "scoreMaximum": 30.0}


@pytest.mark.parametrize("changes", [{"id": "https://elsewhere.example/1"}, {"resourceLinkId": "graded"}])
def test_replacing_moves_nothing(
    tool: StubTool, token: str, new_line_item: NewLineItem, changes: dict[str, str]
) -> None:
    answer = _send(tool, token, "PUT", new_line_item(), {"label": "L", "scoreMaximum": 30} | changes)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_line_item")


def test_a_deleted_line_item_is_gone(tool: StubTool, token: str, new_line_item: NewLineItem) -> None:
    url = new_line_item()
    assert tool.call("DELETE", url, token).status_code == 204
    assert tool.call("GET", url, token, accept=MEDIA_LINE_ITEM).status_code == 404
    assert tool.call("DELETE", url, token).status_code == 404


def _send(tool: StubTool, token: str, method: str, url: str, body: dict[str, object]) -> requests.Response:
    sent = {name: value for name, value in body.items() if value is not None}
    return tool.call(method, url, token, accept=MEDIA_LINE_ITEM, media=MEDIA_LINE_ITEM, json=sent)


def _ids(tool: StubTool, token: str, query: str) -> list[str]:
    answer = tool.call("GET", f"{URL}?{query}", token, accept=MEDIA_LINE_ITEMS)
    return [item["id"] for item in answer.json()]
