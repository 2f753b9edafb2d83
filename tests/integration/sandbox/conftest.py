"""A running sandbox with two tools made of keys, and people who walk through it."""

from collections.abc import Callable, Iterator

import pytest
import requests

from lti_tool.sandbox import CourseSeed, PersonSeed, ResourceLinkSeed, SandboxConfig, SandboxServer
from lti_tool.sandbox.config import GroupSetSeed
from lti_tool.sandbox.people import ADMINISTRATOR, EXPERT, INSTRUCTOR
from lti_tool.sandbox.vocabulary import MEDIA_LINE_ITEM, SCOPE_SCORE
from tests.integration.sandbox.stub_tool import StubTool
from tests.integration.sandbox.walker import Walker


def person(identifier: str, name: str = "", **others: object) -> PersonSeed:
    given = name or identifier.title()
    values: dict[str, object] = {
        "id": identifier,
        "name": f"{given} Test",
        "given_name": given,
        "family_name": "Test",
        "email": f"{identifier}@example.edu",
    }
    return PersonSeed(**(values | others))  # type: ignore[arg-type]


COURSE = CourseSeed(
    id="C1",
    label="C1",
    title="First course",
    resource_links=(
        ResourceLinkSeed("graded", "Graded activity", maximum=20),
        ResourceLinkSeed(
            "plain",
            "Plain activity",
            custom={
                "zone": "$Person.address.timezone",
                "odd": "$No.such",
                "context_id_history": "$Context.id.history",
                "link_id_history": "$ResourceLink.id.history",
            },
        ),
        ResourceLinkSeed("foreign", "Foreign activity", maximum=10, client_id="other"),
    ),
    people=(
        person("tess", roles=INSTRUCTOR),
        person("eva", roles=EXPERT),
        person("ana", locale="pt-BR", zoneinfo="America/Sao_Paulo"),
        person("bo"),
        person("chi", shares_profile=False),
        person("dee", active=False),
    ),
    group_sets=(
        GroupSetSeed("labs", "Labs", {"Lab A": ("ana", "bo"), "Lab B": ("chi",)}),
        GroupSetSeed("tutorials", "Tutorials", {"Monday": ("ana", "chi")}),
    ),
)
OTHER_COURSE = CourseSeed(
    id="C2",
    label="C2",
    title="Second course",
    resource_links=(ResourceLinkSeed("elsewhere", "Elsewhere", maximum=10),),
    people=(person("zoe"), person("ian", roles=INSTRUCTOR)),
)


@pytest.fixture(scope="module")
def tool() -> Iterator[StubTool]:
    with StubTool() as stub:
        yield stub


@pytest.fixture(scope="module")
def other_tool() -> Iterator[StubTool]:
    """A second tool: granted scores only, and nobody's name."""
    with StubTool("other") as stub:
        yield stub


@pytest.fixture(scope="module")
def lms(tool: StubTool, other_tool: StubTool) -> Iterator[SandboxServer]:
    config = SandboxConfig(
        tools=(
            tool.registration(),
            other_tool.registration(scopes=(SCOPE_SCORE,), shares_profile=False, deep_linking_url=None),
        ),
        courses=(COURSE, OTHER_COURSE),
        visitors=(person("root", roles=ADMINISTRATOR),),
    )
    with SandboxServer(config) as server:
        tool.lms_url = other_tool.lms_url = server.url
        yield server


@pytest.fixture
def walker(lms: SandboxServer) -> Iterator[Walker]:
    with Walker(lms.url) as walker:
        yield walker


@pytest.fixture
def token(lms: SandboxServer, tool: StubTool) -> str:
    """An access token with every scope."""
    return tool.token()


@pytest.fixture
def new_line_item(tool: StubTool, token: str) -> Callable[..., str]:
    """Creates a line item and gives its address."""

    def create(**members: object) -> str:
        answer = tool.call(
            "POST",
            "/lti/courses/C1/lineitems",
            token,
            accept=MEDIA_LINE_ITEM,
            media=MEDIA_LINE_ITEM,
            json={"label": "A column", "scoreMaximum": 50} | members,
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return create


@pytest.fixture
def switch(lms: SandboxServer) -> Iterator[Callable[..., None]]:
    """Switches a fault on over HTTP; all are off again after the test."""

    def send(area: str, mode: str, times: str = "") -> None:
        form = {"area": area, "mode": mode, "times": times}
        assert requests.post(f"{lms.url}/faults", data=form, timeout=20).status_code == 200

    yield send
    send("all", "off")
