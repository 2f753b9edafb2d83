"""The authentication answer: what is in the id_token, and who does not get one."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox.vocabulary import AGS_CLAIM, CLAIM, NRPS_CLAIM, ROLE_LEARNER, ROLE_TEACHING_ASSISTANT
from tests.integration.sandbox.stub_tool import StubTool
from tests.integration.sandbox.walker import Form, Walker, forms_of

Opener = Callable[[str, str], dict[str, Any]]


@pytest.fixture
def claims_of(walker: Walker, lms: SandboxServer) -> Opener:
    """Enters, opens an activity of C1 and gives the verified claims of the id_token."""

    def read(person: str, label: str) -> dict[str, Any]:
        walker.enter("C1", person)
        fields = walker.initiate("C1", label).fields
        keys = KeySet.import_key_set(requests.get(f"{lms.url}/jwks", timeout=20).json())
        return jwt.decode(fields["id_token"], keys, algorithms=["RS256"]).claims

    return read


def test_a_learners_launch_says_who_where_and_what(claims_of: Opener, lms: SandboxServer) -> None:
    claims = claims_of("ana", "Graded activity")
    assert (claims["iss"], claims["aud"], claims["sub"]) == (lms.url, "stub", "ana")
    assert claims["exp"] - claims["iat"] == 60
    assert claims["nonce"] == "nonce-1"
    assert (claims["name"], claims["given_name"], claims["family_name"]) == ("Ana Test", "Ana", "Test")
    assert (claims["email"], claims["locale"]) == ("ana@example.edu", "pt-BR")
    assert claims["zoneinfo"] == "America/Sao_Paulo"
    assert claims[CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert (claims[CLAIM + "version"], claims[CLAIM + "deployment_id"]) == ("1.3.0", "1")
    assert claims[CLAIM + "roles"] == [ROLE_LEARNER]
    assert claims[CLAIM + "resource_link"] == {"id": "graded", "title": "Graded activity"}
    assert claims[CLAIM + "context"]["id"] == "C1"
    assert claims[CLAIM + "target_link_uri"].endswith("/launch")
    presentation = claims[CLAIM + "launch_presentation"]
    assert (presentation["document_target"], presentation["locale"]) == ("iframe", "pt-BR")
    assert presentation["return_url"] == f"{lms.url}/courses/C1/returned"


def test_a_graded_activity_has_its_line_item_and_the_course_its_roster(
    claims_of: Opener, lms: SandboxServer
) -> None:
    claims = claims_of("ana", "Graded activity")
    base = f"{lms.url}/lti/courses/C1"
    assert claims[AGS_CLAIM]["lineitems"] == f"{base}/lineitems"
    assert claims[AGS_CLAIM]["lineitem"].startswith(f"{base}/lineitems/")
    assert claims[NRPS_CLAIM]["context_memberships_url"] == f"{base}/memberships"


def test_a_plain_activity_has_no_line_item_and_its_own_custom_values(claims_of: Opener) -> None:
    claims = claims_of("ana", "Plain activity")
    assert "lineitem" not in claims[AGS_CLAIM]
    assert claims[CLAIM + "custom"] == {
        "zone": "America/Sao_Paulo",
        "odd": "$No.such",
        "context_id_history": "",
        "link_id_history": "",
    }


def test_an_expert_is_a_teaching_assistant(claims_of: Opener) -> None:
    assert ROLE_TEACHING_ASSISTANT in claims_of("eva", "Plain activity")[CLAIM + "roles"]


def test_an_administrator_who_is_not_enrolled_has_no_course_role(claims_of: Opener) -> None:
    roles = claims_of("root", "Plain activity")[CLAIM + "roles"]
    assert roles
    assert all(role.endswith("person#Administrator") for role in roles)


def test_a_private_person_has_neither_name_nor_email(claims_of: Opener) -> None:
    claims = claims_of("chi", "Plain activity")
    assert not {"name", "given_name", "family_name", "email"} & set(claims)


def test_a_tool_without_the_right_to_names_gets_none(
    walker: Walker, other_tool: StubTool, lms: SandboxServer
) -> None:
    walker.enter("C1", "ana")
    initiation = walker.course_form("C1", "Foreign activity").fields
    answer = walker.http.get(f"{lms.url}/auth", params=other_tool.authentication(initiation), timeout=20)
    keys = KeySet.import_key_set(requests.get(f"{lms.url}/jwks", timeout=20).json())
    claims = jwt.decode(forms_of(answer)[0].fields["id_token"], keys, algorithms=["RS256"]).claims
    assert claims["sub"] == "ana"
    assert "name" not in claims
    assert NRPS_CLAIM not in claims


def test_a_new_tab_is_a_window(walker: Walker, tool: StubTool, lms: SandboxServer) -> None:
    walker.enter("C1", "ana")
    form = walker.course_form("C1", "Open in a new tab", target="_blank")
    fields = forms_of(walker.submit(form))[0].fields
    keys = KeySet.import_key_set(requests.get(f"{lms.url}/jwks", timeout=20).json())
    claims = jwt.decode(fields["id_token"], keys, algorithms=["RS256"]).claims
    assert claims[CLAIM + "launch_presentation"]["document_target"] == "window"


@pytest.fixture
def parameters(walker: Walker, tool: StubTool) -> dict[str, str]:
    """A correct authentication request of Ana's."""
    walker.enter("C1", "ana")
    return tool.authentication(walker.course_form("C1", "Plain activity").fields)


def _ask(walker: Walker, parameters: dict[str, str | None], method: str = "GET") -> requests.Response:
    sent = {name: value for name, value in parameters.items() if value is not None}
    address = f"{walker.lms_url}/auth"
    if method == "POST":
        return walker.http.post(address, data=sent, timeout=20)
    return walker.http.get(address, params=sent, timeout=20)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_both_methods_are_answered_by_a_form_post(
    walker: Walker, parameters: dict[str, str | None], method: str
) -> None:
    answer = _ask(walker, parameters, method)
    form = forms_of(answer)[0]
    assert (form.action, form.method) == (parameters["redirect_uri"], "post")
    assert set(form.fields) == {"id_token", "state"}
    assert "no-store" in answer.headers["Cache-Control"]
    assert "<noscript>" in answer.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"prompt": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"login_hint": None}, "invalid_request"),
        ({"login_hint": "bo"}, "invalid_request"),
        ({"lti_message_hint": None}, "invalid_request"),
        ({"lti_message_hint": "made-up"}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_told_to_the_tool(
    walker: Walker, parameters: dict[str, str | None], changes: dict[str, str | None], code: str
) -> None:
    form = _told(walker, parameters | changes)
    assert form.fields["error"] == code
    assert form.fields.get("state") == (parameters | changes)["state"]


def test_somebody_else_in_this_browser_must_log_in(walker: Walker, parameters: dict[str, str | None]) -> None:
    walker.enter("C1", "bo")
    assert _told(walker, parameters).fields["error"] == "login_required"


def test_nobody_in_this_browser_must_log_in(lms: SandboxServer, parameters: dict[str, str | None]) -> None:
    with Walker(lms.url) as stranger:
        assert _told(stranger, parameters).fields["error"] == "login_required"


def test_the_hint_of_another_tool_is_refused(
    walker: Walker, other_tool: StubTool, parameters: dict[str, str | None]
) -> None:
    theirs: dict[str, str | None] = {"client_id": "other", "redirect_uri": f"{other_tool.url}/launch"}
    assert _told(walker, parameters | theirs).fields["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/launch"},
        {"redirect_uri": "{}?x=1"},
        {"redirect_uri": "{}/"},
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_registered(
    walker: Walker, parameters: dict[str, str | None], changes: dict[str, str | None]
) -> None:
    filled = {name: value and value.format(parameters["redirect_uri"]) for name, value in changes.items()}
    answer = _ask(walker, parameters | filled)
    assert answer.status_code == 400
    assert "cannot go on" in answer.text
    assert all(form.action.startswith(walker.lms_url) for form in forms_of(answer))


def test_people_of_another_course_find_no_activity_here(walker: Walker) -> None:
    page = walker.enter("C1", "zoe")
    assert "is not in this course" in page.text
    assert not [form for form in forms_of(page) if form.target]


def test_a_suspended_learner_finds_no_activity(walker: Walker) -> None:
    assert not [form for form in forms_of(walker.enter("C1", "dee")) if form.target]


def test_the_discovery_document_names_the_endpoints(lms: SandboxServer) -> None:
    found = requests.get(f"{lms.url}/.well-known/openid-configuration", timeout=20).json()
    assert found["issuer"] == lms.url
    assert found["authorization_endpoint"] == f"{lms.url}/auth"
    assert found["token_endpoint"] == f"{lms.url}/token"
    keys = requests.get(found["jwks_uri"], timeout=20).json()["keys"]
    assert not {"d", "p", "q"} & set(keys[0])


def _told(walker: Walker, parameters: dict[str, str | None]) -> Form:
    answer = _ask(walker, parameters)
    assert answer.status_code == 200
    form = forms_of(answer)[0]
    assert "id_token" not in form.fields
    assert form.action == parameters["redirect_uri"]
    return form
