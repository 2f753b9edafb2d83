"""Every service asks for a token with the scope, the media types and things that are there."""

import sqlite3
from collections.abc import Callable

import pytest
import requests

from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox.vocabulary import (
    MEDIA_LINE_ITEM,
    MEDIA_LINE_ITEMS,
    MEDIA_MEMBERSHIPS,
    MEDIA_RESULTS,
    MEDIA_SCORE,
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
    SCOPE_MEMBERSHIP_READ,
    SCOPE_RESULT_READ,
    SCOPE_SCORE,
)
from tests.integration.sandbox.stub_tool import StubTool

# method, path below the course, what it accepts, what it is sent, the scopes that open it
OPERATIONS = [
    ("GET", "/lineitems", MEDIA_LINE_ITEMS, None, {SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ}),
    ("POST", "/lineitems", MEDIA_LINE_ITEM, MEDIA_LINE_ITEM, {SCOPE_LINE_ITEM}),
    ("GET", "/lineitems/1/lineitem", MEDIA_LINE_ITEM, None, {SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ}),
    ("PUT", "/lineitems/1/lineitem", MEDIA_LINE_ITEM, MEDIA_LINE_ITEM, {SCOPE_LINE_ITEM}),
    ("DELETE", "/lineitems/999/lineitem", None, None, {SCOPE_LINE_ITEM}),
    ("POST", "/lineitems/1/lineitem/scores", None, MEDIA_SCORE, {SCOPE_SCORE}),
    ("GET", "/lineitems/1/lineitem/results", MEDIA_RESULTS, None, {SCOPE_RESULT_READ}),
    ("GET", "/memberships", MEDIA_MEMBERSHIPS, None, {SCOPE_MEMBERSHIP_READ}),
]
SCOPES = [SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ, SCOPE_RESULT_READ, SCOPE_SCORE, SCOPE_MEMBERSHIP_READ]
operations = pytest.mark.parametrize(("method", "path", "accept", "media", "scopes"), OPERATIONS)
pytestmark = pytest.mark.usefixtures("lms")


@operations
def test_without_a_good_token_nothing_opens(
    tool: StubTool, method: str, path: str, accept: str, media: str, scopes: set[str]
) -> None:
    url = f"{tool.lms_url}/lti/courses/C1{path}"
    bare = requests.request(method, url, timeout=20)
    assert (bare.status_code, bare.headers["WWW-Authenticate"]) == (401, "Bearer")
    wrong = tool.call(method, url, "made-up", accept=accept, media=media)
    assert wrong.status_code == 401
    assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]


@operations
def test_only_its_own_scopes_open_an_operation(
    tool: StubTool, method: str, path: str, accept: str, media: str, scopes: set[str]
) -> None:
    for scope in SCOPES:
        answer = tool.call(method, f"/lti/courses/C1{path}", tool.token(scope), accept=accept, media=media)
        assert (answer.status_code == 403) == (scope not in scopes), scope
        if scope not in scopes:
            assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


@operations
def test_a_wrong_media_type_is_refused(
    tool: StubTool,
    token: str,
    method: str,
    path: str,
    accept: str | None,
    media: str | None,
    scopes: set[str],
) -> None:
    url = f"/lti/courses/C1{path}"
    if media:
        answer = tool.call(method, url, token, accept=accept, media="application/json", data="{}")
        assert answer.status_code == 415
    if accept:
        answer = tool.call(method, url, token, accept="application/json", media=media, data="{}")
        # As Moodle, only of those who read: ltijs names no media type for the answer when it writes.
        assert (answer.status_code == 406) == (method == "GET")


@pytest.mark.parametrize("accept", [f"text/html, {MEDIA_LINE_ITEMS};q=0.1", "*/*"])
def test_a_list_that_names_the_media_type_is_enough(tool: StubTool, token: str, accept: str) -> None:
    answer = tool.call("GET", "/lti/courses/C1/lineitems", token, accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, MEDIA_LINE_ITEMS)


@pytest.mark.parametrize(
    ("path", "accept"), [("lineitems", MEDIA_LINE_ITEMS), ("memberships", MEDIA_MEMBERSHIPS)]
)
def test_an_unknown_course_is_not_found(tool: StubTool, token: str, path: str, accept: str) -> None:
    assert tool.call("GET", f"/lti/courses/NOPE/{path}", token, accept=accept).status_code == 404


def test_a_line_item_is_found_only_in_its_course_and_by_its_tool(
    tool: StubTool, other_tool: StubTool, token: str, new_line_item: Callable[..., str]
) -> None:
    url = new_line_item()
    elsewhere = url.replace("/C1/", "/C2/")
    assert tool.call("GET", elsewhere, token, accept=MEDIA_LINE_ITEM).status_code == 404
    theirs = other_tool.token(SCOPE_SCORE)
    answer = other_tool.call("POST", f"{url}/scores", theirs, media=MEDIA_SCORE, data="{}")
    assert answer.status_code == 404


def test_a_method_that_is_not_there_is_told_as_json(tool: StubTool, token: str) -> None:
    answer = tool.call("PATCH", "/lti/courses/C1/lineitems", token)
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_an_expired_token_is_refused(tool: StubTool, lms: SandboxServer, token: str) -> None:
    config = type(lms.config)(tools=(tool.registration(),), courses=lms.config.courses[1:], token_seconds=0)
    with SandboxServer(config) as brief:
        tool.lms_url = brief.url
        try:
            expired = tool.token()
            answer = tool.call("GET", "/lti/courses/C2/lineitems", expired, accept=MEDIA_LINE_ITEMS)
        finally:
            tool.lms_url = lms.url
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_the_database_keeps_no_token_in_the_clear(lms: SandboxServer, token: str) -> None:
    path = lms.app.extensions["sandbox_engine"].url.database
    connection = sqlite3.connect(path)
    try:
        digests = [row[0] for row in connection.execute("select digest from access_token")]
    finally:
        connection.close()
    assert digests
    assert token not in digests
