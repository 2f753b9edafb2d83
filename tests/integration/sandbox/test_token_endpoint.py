"""The token endpoint grants to a correct assertion, and to no other."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox.vocabulary import ALL_SCOPES, SCOPE_LINE_ITEM, SCOPE_SCORE
from tests.integration.sandbox.stub_tool import StubTool

pytestmark = pytest.mark.usefixtures("lms")


def test_a_correct_request_is_granted_without_being_cached(tool: StubTool) -> None:
    answer = tool.ask_token()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert set(body["scope"].split()) == set(ALL_SCOPES)


def test_only_the_scopes_of_the_registration_are_granted(other_tool: StubTool) -> None:
    body = other_tool.ask_token(scope=f"{SCOPE_LINE_ITEM} {SCOPE_SCORE} {SCOPE_SCORE}").json()
    assert body["scope"] == SCOPE_SCORE


@pytest.mark.parametrize("audience", ["issuer", "list"])
def test_the_issuer_and_a_list_are_good_audiences(tool: StubTool, lms: SandboxServer, audience: str) -> None:
    value = lms.url if audience == "issuer" else ["https://elsewhere.example", f"{lms.url}/token"]
    assert tool.ask_token(tool.sign(tool.assertion_claims() | {"aud": value})).status_code == 200


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def _with(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: claims | changes


def _moved(issued: int, expires: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: claims | {"iat": int(time.time()) + issued, "exp": int(time.time()) + expires}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_without("iss"), "registered under the assertion's iss"),
        (_with(iss="nobody"), "registered under the assertion's iss"),
        (_with(iss="other"), "no RSA signing key"),
        (_without("sub"), "iss and sub"),
        (_with(sub="other"), "iss and sub"),
        (_without("aud"), "aud must be"),
        (_with(aud="https://elsewhere.example/token"), "aud must be"),
        (_with(aud=[]), "aud must be"),
        (_with(aud={"a": 1}), "aud must be"),
        (_without("exp"), "iat and exp"),
        (_with(exp="soon"), "iat and exp"),
        (_with(exp=True), "iat and exp"),
        (_without("iat"), "iat and exp"),
        (_moved(-100, -40), "expired"),
        (_moved(120, 180), "future"),
        (_moved(0, 7200), "life of more than"),
        (_moved(-4000, 30), "life of more than"),
        (_with(nbf=99999999999), "nbf"),
        (_without("jti"), "jti"),
        (_with(jti=7), "jti"),
        (_with(jti=""), "jti"),
    ],
)
def test_a_wrong_claim_is_an_invalid_client(
    tool: StubTool, change: Callable[[dict[str, Any]], dict[str, Any]], reason: str
) -> None:
    _expect(tool.ask_token(tool.sign(change(tool.assertion_claims()))), "invalid_client", reason)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"kid": None}, "names no kid"),
        ({"kid": "strange"}, "no RSA signing key"),
        ({"alg": "RS512"}, "RS256"),
    ],
)
def test_a_wrong_header_is_an_invalid_client(tool: StubTool, header: dict[str, Any], reason: str) -> None:
    if header.get("alg"):
        text = jwt.encode(
            {"kid": tool.kid, **header}, tool.assertion_claims(), tool.key, algorithms=[header["alg"]]
        )
    else:
        text = tool.sign(tool.assertion_claims(), header)
    _expect(tool.ask_token(text), "invalid_client", reason)


def test_a_signature_of_another_key_is_refused(tool: StubTool) -> None:
    stranger = RSAKey.generate_key(2048)
    text = jwt.encode({"alg": "RS256", "kid": tool.kid}, tool.assertion_claims(), stranger)
    _expect(tool.ask_token(text), "invalid_client", "signature")


def test_the_public_key_does_not_serve_as_a_shared_secret(tool: StubTool) -> None:
    secret = OctKey.import_key(str(tool.key.as_dict(private=False)["n"]))
    text = jwt.encode(
        {"alg": "HS256", "kid": tool.kid}, tool.assertion_claims(), secret, algorithms=["HS256"]
    )
    _expect(tool.ask_token(text), "invalid_client", "RS256")


@pytest.mark.parametrize("text", ["nonsense", "a.b.c", "e30.e30.e30", "é.é.é", "e30..", "W10.W10.W10"])
def test_what_is_no_jwt_is_refused(tool: StubTool, text: str) -> None:
    _expect(tool.ask_token(text), "invalid_client", "")


def test_an_assertion_serves_once(tool: StubTool) -> None:
    text = tool.sign(tool.assertion_claims())
    assert tool.ask_token(text).status_code == 200
    _expect(tool.ask_token(text), "invalid_client", "used before")


def test_a_new_key_of_the_tool_is_found(tool: StubTool) -> None:
    assert tool.ask_token().status_code == 200
    tool.key, tool.kid = RSAKey.generate_key(2048), "rotated"
    assert tool.ask_token().status_code == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"client_assertion_type": "urn:other"}, "invalid_request"),
        ({"client_assertion_type": None}, "invalid_request"),
        ({"client_assertion": None}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"client_id": "other"}, "invalid_client"),
    ],
)
def test_a_wrong_parameter_has_its_own_error(tool: StubTool, changes: dict[str, Any], code: str) -> None:
    _expect(tool.ask_token(**changes), code, "")


def test_a_parameter_sent_twice_is_refused(tool: StubTool, lms: SandboxServer) -> None:
    fields = [("grant_type", "client_credentials"), ("grant_type", "client_credentials")]
    _expect(requests.post(f"{lms.url}/token", data=fields, timeout=20), "invalid_request", "grant_type")


def test_json_is_no_form(lms: SandboxServer) -> None:
    answer = requests.post(f"{lms.url}/token", json={"grant_type": "client_credentials"}, timeout=20)
    _expect(answer, "invalid_request", "form-urlencoded")


def test_a_key_set_that_cannot_be_fetched_is_an_invalid_client(tool: StubTool, lms: SandboxServer) -> None:
    claims = tool.assertion_claims() | {"iss": "gone", "sub": "gone"}
    registration = tool.registration(client_id="gone", jwks_url="http://127.0.0.1:9/jwks")
    config = type(lms.config)(tools=(registration,), courses=())
    with SandboxServer(config) as alone:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": tool.sign(claims),
            "scope": SCOPE_SCORE,
        }
        answer = requests.post(f"{alone.url}/token", data=form, timeout=20)
    _expect(answer, "invalid_client", "cannot be read")


def _expect(answer: requests.Response, code: str, reason: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (400, code)
    assert reason in answer.json()["error_description"]
    assert answer.headers["Cache-Control"] == "no-store"
