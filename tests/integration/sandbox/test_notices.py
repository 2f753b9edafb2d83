"""The sandbox's Platform Notification Service, the copy of a course that it tells of, and its reviews."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox.vocabulary import CLAIM, CONTEXT_COPY_NOTICE, SCOPE_SCORE
from tests.integration.sandbox.stub_tool import StubTool
from tests.integration.sandbox.walker import TIMEOUT, Walker, forms_of

PATH = "/lti/tools/stub/notice-handlers"


def put(tool: StubTool, token: str, handler: str, kind: str = CONTEXT_COPY_NOTICE) -> requests.Response:
    return tool.call("PUT", PATH, token, json={"notice_type": kind, "handler": handler})


def handlers(tool: StubTool, token: str) -> Any:
    return tool.call("GET", PATH, token).json()["notice_handlers"]


@pytest.fixture
def no_handler(tool: StubTool, lms: SandboxServer, token: str) -> Any:
    """The platform forgets the handler after the test."""
    yield
    put(tool, token, "")


@pytest.mark.usefixtures("no_handler")
def test_a_handler_is_set_again_and_taken_away(tool: StubTool, token: str) -> None:
    for _time in range(2):
        answer = put(tool, token, f"{tool.url}/notices")
        assert (answer.status_code, answer.json()["handler"]) == (200, f"{tool.url}/notices")
    assert handlers(tool, token) == [{"notice_type": CONTEXT_COPY_NOTICE, "handler": f"{tool.url}/notices"}]
    put(tool, token, "")
    assert handlers(tool, token) == [{"notice_type": CONTEXT_COPY_NOTICE, "handler": ""}]


def test_a_handler_that_is_none_is_refused(tool: StubTool, token: str) -> None:
    assert put(tool, token, f"{tool.url}/notices", "LtiOtherNotice").status_code == 400
    for elsewhere in ("https://elsewhere.example/notices", "/notices", "javascript:alert(1)"):
        assert put(tool, token, elsewhere).status_code == 400
    assert put(tool, tool.token(SCOPE_SCORE), f"{tool.url}/notices").status_code == 403
    answer = tool.call("PUT", PATH.replace("stub", "other"), token, json={"notice_type": "x", "handler": ""})
    assert answer.status_code == 404


def test_a_launch_says_where_to_register(walker: Walker, tool: StubTool) -> None:
    walker.enter("C1", "ana")
    claims = tool.claims(walker.initiate("C1", "Plain activity"))
    service = claims[CLAIM + "platformnotificationservice"]
    assert urlsplit(service["platform_notification_service_url"]).path == PATH
    assert service["notice_types_supported"] == [CONTEXT_COPY_NOTICE]


@pytest.mark.usefixtures("no_handler")
def test_a_copied_course_tells_its_history_and_the_tool_hears_of_it(
    walker: Walker, tool: StubTool, token: str
) -> None:
    put(tool, token, f"{tool.url}/notices")
    walker.enter("C1", "tess")
    copied = walker.submit(walker.course_form("C1", "Copy this course", ""))
    assert "were told" in copied.text
    course = urlsplit(copied.url).path.rpartition("/")[2]
    assert course != "C1"
    (notice,) = tool.notices()
    assert notice[CLAIM + "notice"]["type"] == CONTEXT_COPY_NOTICE
    assert (notice[CLAIM + "context"]["id"], notice[CLAIM + "origin_contexts"]) == (course, ["C1"])
    claims = tool.claims(walker.initiate(course, "Plain activity"))
    custom = claims[CLAIM + "custom"]
    assert (custom["context_id_history"], custom["link_id_history"]) == ("C1", "plain")
    assert (custom["odd"], claims[CLAIM + "context"]["id"]) == ("$No.such", course)
    assert claims[CLAIM + "resource_link"]["id"] != "plain"
    # Learners come anew.
    assert walker.enter(course, "ana").text.count('data-link="') == 0


def test_only_a_teacher_copies(walker: Walker, lms: SandboxServer) -> None:
    walker.enter("C1", "ana")
    assert walker.http.post(f"{lms.url}/courses/C1/copy", timeout=TIMEOUT).status_code == 403


def test_a_teacher_opens_a_review_from_the_gradebook(
    walker: Walker, tool: StubTool, lms: SandboxServer
) -> None:
    walker.enter("C1", "tess")
    book = walker.http.get(f"{lms.url}/courses/C1/gradebook", timeout=TIMEOUT)
    forms = [form for form in forms_of(book) if form.label == "Review"]
    # The stub has one graded activity here; three learners are active.
    assert len(forms) == len({form.fields["lti_message_hint"] for form in forms}) >= 3
    claims = tool.claims(forms_of(walker.submit(forms[0]))[0])
    assert claims[CLAIM + "message_type"] == "LtiSubmissionReviewRequest"
    assert claims[CLAIM + "for_user"] == {"user_id": "ana"}
    assert claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"]
    walker.enter("C1", "ana")
    book = walker.http.get(f"{lms.url}/courses/C1/gradebook", timeout=TIMEOUT)
    assert not [form for form in forms_of(book) if form.label == "Review"]
