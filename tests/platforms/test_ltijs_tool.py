"""A tool made with ltijs works with the sandbox: launch, roster, columns, scores, deep linking both ways."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from lti_tool.sandbox import SandboxConfig, SandboxServer
from tests import lrs
from tests.integration.sandbox.conftest import COURSE
from tests.integration.sandbox.walker import TIMEOUT, Walker, forms_of
from tests.platforms import ltijs
from tests.platforms.ltijs import LtijsTool

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def tool(node: str, project: Path) -> Iterator[LtijsTool]:
    npm = str(Path(node).with_name("npm"))
    packages = lrs.install(npm, project / "var" / "npm-ltijs", ltijs.PACKAGES)
    with ltijs.running(node, packages) as started:
        yield started


@pytest.fixture(scope="module")
def lms(tool: LtijsTool) -> Iterator[SandboxServer]:
    course = replace(COURSE, resource_links=COURSE.resource_links[:2])
    config = SandboxConfig(tools=(tool.registration(),), courses=(course,), page_size=2)
    with SandboxServer(config) as server:
        tool.connect(server.url)
        yield server


@pytest.fixture
def visitor(lms: SandboxServer) -> Iterator[Walker]:
    with Walker(lms.url) as walker:
        yield walker


class Opened:
    """A launch that the tool let in: what it was told, and the way to its services."""

    def __init__(self, visitor: Walker, tool: LtijsTool, label: str) -> None:
        answer = visitor.launch("C1", label)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        self.token: dict[str, Any] = body["token"]
        self._visitor, self._url, self._ltik = visitor, tool.url, body["ltik"]

    def get(self, path: str, **query: str) -> requests.Response:
        query["ltik"] = self._ltik
        return self._visitor.http.get(f"{self._url}/{path}", params=query, timeout=TIMEOUT)

    def asked(self, path: str, **query: str) -> Any:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def test_a_student_launches_it(visitor: Walker, tool: LtijsTool, lms: SandboxServer) -> None:
    visitor.enter("C1", "ana")
    token = Opened(visitor, tool, "Graded activity").token
    assert (token["iss"], token["user"], token["userInfo"]["name"]) == (lms.url, "ana", "Ana Test")
    assert token["platformContext"]["resource"]["id"] == "graded"


def test_it_reads_the_roster_page_after_page(visitor: Walker, tool: LtijsTool) -> None:
    visitor.enter("C1", "tess")
    members = Opened(visitor, tool, "Graded activity").asked("members")["members"]
    assert [member["user_id"] for member in members].count("ana") == 1
    assert {member["user_id"] for member in members} == {"tess", "eva", "ana", "bo", "chi", "dee"}


def test_it_adds_a_column_and_its_score_arrives(visitor: Walker, tool: LtijsTool) -> None:
    visitor.enter("C1", "tess")
    opened = Opened(visitor, tool, "Graded activity")
    column = opened.asked("column", label="A column of its own")
    assert column["id"] in [one["id"] for one in opened.asked("columns")["lineItems"]]
    scores = opened.asked("score", column=column["id"], person="bo", points="40")["scores"]
    assert [(score["userId"], score["resultScore"]) for score in scores] == [("bo", 20.0)]
    page = visitor.http.get(f"{visitor.lms_url}/courses/C1/gradebook", timeout=TIMEOUT)
    assert "20 of 50" in page.text


def test_a_refused_score_is_told_to_it(visitor: Walker, tool: LtijsTool) -> None:
    visitor.enter("C1", "tess")
    opened = Opened(visitor, tool, "Graded activity")
    column = opened.token["platformContext"]["endpoint"]["lineitem"]
    assert opened.get("score", column=column, person="nobody", points="40").status_code == 502


def test_it_adds_an_activity_by_deep_linking_which_then_launches(visitor: Walker, tool: LtijsTool) -> None:
    visitor.enter("C1", "tess")
    form = forms_of(Opened(visitor, tool, "Add content from ltijs").get("choose"))[0]
    answer = visitor.submit(form)
    assert answer.status_code == 200, answer.text
    assert "1 activity" in answer.text
    context = Opened(visitor, tool, "Chosen with ltijs").token["platformContext"]
    assert context["custom"] == {"chosen": "yes"}
    assert context["endpoint"]["lineitem"]
