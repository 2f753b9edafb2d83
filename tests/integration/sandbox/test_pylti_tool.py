"""An unmodified PyLTI1p3 tool works with the sandbox: launch, roster, score and deep linking both ways."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lti_tool.sandbox import SandboxConfig, SandboxServer
from lti_tool.sandbox.vocabulary import CLAIM
from tests.integration.sandbox.conftest import COURSE
from tests.integration.sandbox.pylti_tool import PyltiTool, launched
from tests.integration.sandbox.walker import TIMEOUT, Walker, forms_of


@pytest.fixture(scope="module")
def pylti() -> Iterator[PyltiTool]:
    with PyltiTool() as tool:
        yield tool


@pytest.fixture(scope="module")
def pylti_lms(pylti: PyltiTool) -> Iterator[SandboxServer]:
    course = replace(COURSE, resource_links=COURSE.resource_links[:2])
    config = SandboxConfig(tools=(pylti.registration(),), courses=(course,))
    with SandboxServer(config) as server:
        pylti.connect(server.url)
        yield server


@pytest.fixture
def visitor(pylti_lms: SandboxServer) -> Iterator[Walker]:
    with Walker(pylti_lms.url) as walker:
        yield walker


def test_a_student_launches_it(visitor: Walker, pylti_lms: SandboxServer) -> None:
    visitor.enter("C1", "ana")
    answer = visitor.launch("C1", "Graded activity")
    assert answer.status_code == 200, answer.text
    _, claims = launched(answer.text)
    assert (claims["iss"], claims["sub"], claims["name"]) == (pylti_lms.url, "ana", "Ana Test")
    assert claims[CLAIM + "resource_link"]["id"] == "graded"


def test_it_reads_the_roster(visitor: Walker, pylti: PyltiTool) -> None:
    visitor.enter("C1", "tess")
    launch, _ = launched(visitor.launch("C1", "Graded activity").text)
    answer = visitor.http.get(f"{pylti.url}/{launch}/members", timeout=TIMEOUT)
    assert answer.status_code == 200, answer.text
    people = {member["user_id"]: member for member in answer.json()}
    assert set(people) == {"tess", "eva", "ana", "bo", "chi", "dee"}
    assert people["ana"]["email"] == "ana@example.edu"


def test_its_score_arrives_in_the_gradebook(visitor: Walker, pylti: PyltiTool) -> None:
    visitor.enter("C1", "ana")
    launch, _ = launched(visitor.launch("C1", "Graded activity").text)
    answer = visitor.http.get(f"{pylti.url}/{launch}/score/ana/75", timeout=TIMEOUT)
    assert answer.status_code == 200, answer.text
    assert [(result["userId"], result["resultScore"]) for result in answer.json()] == [("ana", 15.0)]
    page = visitor.http.get(f"{visitor.lms_url}/courses/C1/gradebook", timeout=TIMEOUT)
    assert "15 of 20" in page.text
    assert "Your grade: 15 of 20" in visitor.http.get(f"{visitor.lms_url}/courses/C1", timeout=TIMEOUT).text


def test_a_refused_score_is_told_to_it(visitor: Walker, pylti: PyltiTool) -> None:
    visitor.enter("C1", "tess")
    launch, _ = launched(visitor.launch("C1", "Graded activity").text)
    assert visitor.http.get(f"{pylti.url}/{launch}/score/tess/75", timeout=TIMEOUT).status_code == 502


def test_it_adds_an_activity_by_deep_linking_which_then_launches(visitor: Walker, pylti: PyltiTool) -> None:
    visitor.enter("C1", "tess")
    launch, claims = launched(visitor.launch("C1", "Add content from PyLTI1p3").text)
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingRequest"
    form = forms_of(visitor.http.get(f"{pylti.url}/{launch}/choose", timeout=TIMEOUT))[0]
    answer = visitor.submit(form)
    assert answer.status_code == 200, answer.text
    assert "1 activity" in answer.text
    _, opened = launched(visitor.launch("C1", "Chosen with PyLTI1p3").text)
    assert opened[CLAIM + "custom"] == {"chosen": "yes"}
    assert opened["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"]


def test_a_next_page_that_it_writes_in_lower_case_is_refused(pylti: PyltiTool) -> None:
    """A known fault of PyLTI1p3 2.0.0; a sandbox that let it pass would hide the same fault in our tool."""
    config = SandboxConfig(
        tools=(pylti.registration(),),
        courses=(replace(COURSE, resource_links=COURSE.resource_links[:1]),),
        page_size=4,
    )
    with SandboxServer(config) as server, Walker(server.url) as walker:
        pylti.connect(server.url)
        walker.enter("C1", "tess")
        launch, _ = launched(walker.launch("C1", "Graded activity").text)
        assert walker.http.get(f"{pylti.url}/{launch}/members", timeout=TIMEOUT).status_code == 502
