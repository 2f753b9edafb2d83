"""The sandbox takes tools by dynamic registration, strictly; they wait for an administrator's yes."""

import copy
from typing import Any

import pytest
import requests

from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox.registration import TOOL
from lti_tool.sandbox.vocabulary import SCOPE_SCORE
from tests.integration.sandbox.stub_tool import StubTool
from tests.integration.sandbox.walker import TIMEOUT, Walker, forms_of

GOOD: dict[str, Any] = {
    "application_type": "web",
    "response_types": ["id_token"],
    "grant_types": ["implicit", "client_credentials"],
    "initiate_login_uri": "http://localhost:9/login",
    "redirect_uris": ["http://localhost:9/launch"],
    "client_name": "New tool",
    "jwks_uri": "http://localhost:9/jwks",
    "token_endpoint_auth_method": "private_key_jwt",
    "scope": f"{SCOPE_SCORE} https://elsewhere.example/scope",
    TOOL: {
        "domain": "localhost:9",
        "target_link_uri": "http://localhost:9/launch",
        "claims": ["iss", "sub"],
        "messages": [{"type": "LtiResourceLinkRequest"}, {"type": "SomethingElse"}],
        "custom_parameters": {"zone": "$Person.address.timezone"},
    },
}


@pytest.fixture
def registration_token(lms: SandboxServer, walker: Walker) -> str:
    """As the address of the frame holds it when an administrator installs a tool."""
    return token_for(walker)


def token_for(walker: Walker) -> str:
    post(walker, "/tools/enter", person="root")
    page = post(walker, "/tools/install", address="http://localhost:9/register?invite=1")
    assert page.status_code == 200
    assert "http://localhost:9/register?invite=1&amp;openid_configuration=" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "http://localhost:9" in page.headers["Content-Security-Policy"]
    return page.text.partition("registration_token=")[2].partition('"')[0]


def post(walker: Walker, path: str, **form: str) -> requests.Response:
    return walker.http.post(f"{walker.lms_url}{path}", data=form, timeout=TIMEOUT)


def register(lms: SandboxServer, token: str | None, body: Any) -> requests.Response:
    configuration = requests.get(f"{lms.url}/.well-known/openid-configuration", timeout=TIMEOUT).json()
    assert configuration["issuer"] == lms.url
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.post(configuration["registration_endpoint"], json=body, headers=headers, timeout=TIMEOUT)


def test_a_tool_registers_waits_is_activated_and_is_put_into_a_course(
    lms: SandboxServer, walker: Walker, tool: StubTool, registration_token: str
) -> None:
    answer = register(lms, registration_token, GOOD)
    assert answer.status_code == 201, answer.text
    client_id = answer.json()["client_id"]
    assert answer.json()["scope"] == SCOPE_SCORE
    assert answer.json()[TOOL]["deployment_id"] not in {"", "1"}
    assert answer.json()[TOOL]["messages"] == [{"type": "LtiResourceLinkRequest"}]
    page = walker.http.get(f"{lms.url}/tools", timeout=TIMEOUT)
    assert "Pending" in page.text
    assert post(walker, f"/tools/{client_id}/place", course="C1").status_code == 400
    post(walker, f"/tools/{client_id}/activate")
    course = post(walker, f"/tools/{client_id}/place", course="C1")
    assert "New tool (installed)" in course.text
    form = next(one for one in forms_of(course) if one.label == "New tool (installed)")
    assert form.fields["client_id"] == client_id
    assert form.action == "http://localhost:9/login"


def test_a_registration_token_is_good_once(lms: SandboxServer, registration_token: str) -> None:
    assert register(lms, registration_token, GOOD).status_code == 201
    assert register(lms, registration_token, GOOD).status_code == 401


@pytest.mark.parametrize("token", [None, "garbage", "a.b.c"])
def test_without_a_good_token_nothing_is_registered(lms: SandboxServer, token: str | None) -> None:
    answer = register(lms, token, GOOD)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def changed(*path: str, to: Any) -> dict[str, Any]:
    body = copy.deepcopy(GOOD)
    inside = body
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = to
    return body


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        *({name: value for name, value in GOOD.items() if name != left_out} for left_out in GOOD),
        changed("application_type", to="native"),
        changed("grant_types", to=["implicit"]),
        changed("response_types", to=["code"]),
        changed("redirect_uris", to=[]),
        changed("jwks_uri", to="/jwks"),
        changed("token_endpoint_auth_method", to="client_secret_basic"),
        changed("scope", to=["a"]),
        changed(TOOL, to="text"),
        changed(TOOL, "domain", to="localhost"),
        changed(TOOL, "target_link_uri", to="http://other.example/launch"),
        changed(TOOL, "claims", to="sub"),
        changed(TOOL, "messages", to=[]),
        changed(TOOL, "custom_parameters", to={"n": 1}),
    ],
)
def test_a_malformed_registration_is_refused_and_the_token_stays_good(
    lms: SandboxServer, registration_token: str, body: Any
) -> None:
    answer = register(lms, registration_token, body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_body")
    assert register(lms, registration_token, GOOD).status_code == 201


def test_only_administrators_install(lms: SandboxServer, walker: Walker) -> None:
    walker.enter("C1", "tess")
    assert post(walker, "/tools/install", address="http://localhost:9/register").status_code == 403
    assert post(walker, "/tools/x/activate").status_code == 403
    assert "Registration address" not in walker.http.get(f"{lms.url}/tools", timeout=TIMEOUT).text


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "/register", "http://"])
def test_what_is_no_address_is_not_opened(walker: Walker, address: str) -> None:
    post(walker, "/tools/enter", person="root")
    assert post(walker, "/tools/install", address=address).status_code == 400
