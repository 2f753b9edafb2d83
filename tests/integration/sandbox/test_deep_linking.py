"""Deep linking: the request to staff, and which answers add activities to the course."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox.vocabulary import CLAIM, DEEP_LINKING_CLAIM
from tests.integration.sandbox.stub_tool import StubTool
from tests.integration.sandbox.walker import Walker, forms_of

LABEL = "Add content from Stub"
ITEM = {
    "type": "ltiResourceLink",
    "title": "A new activity",
    "custom": {"cohort": "7"},
    "lineItem": {"scoreMaximum": 30, "label": "New column", "resourceId": "r7", "tag": "t7"},
}
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def request_claims(walker: Walker, lms: SandboxServer) -> dict[str, Any]:
    """The claims of a fresh deep-linking request to the instructor."""
    walker.enter("C1", "tess")
    return _claims(walker.initiate("C1", LABEL).fields["id_token"])


def _claims(token: str) -> dict[str, Any]:
    return dict(json.loads(jws.extract_compact(token.encode()).payload))


def _settings(request_claims: dict[str, Any]) -> dict[str, Any]:
    return dict(request_claims[DEEP_LINKING_CLAIM + "deep_linking_settings"])


def _answer_claims(lms: SandboxServer, request_claims: dict[str, Any], *items: Any) -> dict[str, Any]:
    moment = int(time.time())
    return {
        "iss": "stub",
        "aud": [lms.url],
        "iat": moment,
        "exp": moment + 300,
        "nonce": uuid.uuid4().hex,
        CLAIM + "message_type": "LtiDeepLinkingResponse",
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": "1",
        DEEP_LINKING_CLAIM + "data": _settings(request_claims)["data"],
        DEEP_LINKING_CLAIM + "content_items": list(items),
    }


def _send(walker: Walker, request_claims: dict[str, Any], token: str) -> requests.Response:
    url = _settings(request_claims)["deep_link_return_url"]
    # As a browser does it: the form comes from the tool's origin.
    headers = {"Origin": "http://localhost:1"}
    return walker.http.post(url, data={"JWT": token}, headers=headers, timeout=20)


def test_the_request_says_what_may_be_added(request_claims: dict[str, Any], lms: SandboxServer) -> None:
    assert request_claims[CLAIM + "message_type"] == "LtiDeepLinkingRequest"
    assert CLAIM + "resource_link" not in request_claims
    settings = _settings(request_claims)
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["accept_presentation_document_targets"] == ["iframe", "window"]
    assert settings["deep_link_return_url"].startswith(f"{lms.url}/courses/C1/")


def test_a_learner_is_not_offered_it(walker: Walker) -> None:
    page = walker.enter("C1", "ana")
    assert LABEL not in [form.label for form in forms_of(page)]


def test_an_answer_adds_the_activity_and_its_column(
    walker: Walker, lms: SandboxServer, tool: StubTool, request_claims: dict[str, Any]
) -> None:
    answer = _send(
        walker,
        request_claims,
        tool.sign(_answer_claims(lms, request_claims, ITEM, {"type": "ltiResourceLink"})),
    )
    assert answer.status_code == 200
    assert "2 activities" in answer.text
    launched = _claims(walker.initiate("C1", "A new activity").fields["id_token"])
    assert launched[CLAIM + "custom"] == {"cohort": "7"}
    url = launched["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"]
    item = tool.call("GET", url, tool.token(), accept="application/vnd.ims.lis.v2.lineitem+json").json()
    assert (item["label"], item["scoreMaximum"]) == ("New column", 30)
    assert (item["resourceId"], item["tag"]) == ("r7", "t7")
    assert item["resourceLinkId"] == launched[CLAIM + "resource_link"]["id"]


def test_an_answer_without_items_shows_the_tools_words(
    walker: Walker, lms: SandboxServer, tool: StubTool, request_claims: dict[str, Any]
) -> None:
    claims = _answer_claims(lms, request_claims) | {DEEP_LINKING_CLAIM + "msg": "Nothing <chosen>"}
    page = _send(walker, request_claims, tool.sign(claims)).text
    assert "Nothing was added" in page
    assert "Nothing &lt;chosen&gt;" in page


def _put(name: str, value: Any) -> Change:
    return lambda claims: claims.update({name: value})


def _drop(name: str) -> Change:
    return lambda claims: claims.pop(name)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_put("iss", "other"), "iss"),
        (_put("aud", "https://elsewhere.example"), "aud"),
        (_drop("aud"), "aud"),
        (_drop("exp"), "exp"),
        (_put("exp", 1000), "expired"),
        (_drop("iat"), "iat"),
        (_drop("nonce"), "nonce"),
        (_put(CLAIM + "message_type", "LtiDeepLinkingRequest"), "message_type"),
        (_put(CLAIM + "version", "1.1"), "version"),
        (_put(CLAIM + "deployment_id", "2"), "deployment_id"),
        (_drop(DEEP_LINKING_CLAIM + "data"), "data"),
        (_put(DEEP_LINKING_CLAIM + "data", "made-up"), "data"),
        (_put(DEEP_LINKING_CLAIM + "content_items", {}), "content_items"),
        (_put(DEEP_LINKING_CLAIM + "content_items", [{"type": "link", "url": "https://x.example"}]), "type"),
        (_put(DEEP_LINKING_CLAIM + "content_items", [ITEM | {"url": "javascript:1"}]), "url"),
        (
            _put(DEEP_LINKING_CLAIM + "content_items", [ITEM | {"lineItem": {"scoreMaximum": 0}}]),
            "scoreMaximum",
        ),
        (_put(DEEP_LINKING_CLAIM + "content_items", [ITEM | {"custom": {"a": 1}}]), "custom"),
    ],
)
def test_a_wrong_answer_adds_nothing(
    walker: Walker,
    lms: SandboxServer,
    tool: StubTool,
    request_claims: dict[str, Any],
    change: Change,
    reason: str,
) -> None:
    before = _activities(walker)
    claims = _answer_claims(lms, request_claims, ITEM)
    change(claims)
    answer = _send(walker, request_claims, tool.sign(claims))
    assert answer.status_code == 400
    assert reason in answer.text
    assert _activities(walker) == before


def test_a_foreign_signature_adds_nothing(
    walker: Walker, lms: SandboxServer, tool: StubTool, request_claims: dict[str, Any]
) -> None:
    before = _activities(walker)
    forged = jwt.encode(
        {"alg": "RS256", "kid": tool.kid},
        _answer_claims(lms, request_claims, ITEM),
        RSAKey.generate_key(2048),
    )
    assert _send(walker, request_claims, forged).status_code == 400
    assert _send(walker, request_claims, "").status_code == 400
    assert _activities(walker) == before


def test_a_request_is_answered_once(
    walker: Walker, lms: SandboxServer, tool: StubTool, request_claims: dict[str, Any]
) -> None:
    claims = _answer_claims(lms, request_claims, ITEM)
    assert _send(walker, request_claims, tool.sign(claims)).status_code == 200
    before = _activities(walker)
    again = _send(walker, request_claims, tool.sign(claims))
    assert "nonce was used before" in again.text
    fresh = _send(walker, request_claims, tool.sign(claims | {"nonce": "another"}))
    assert "answered before" in fresh.text
    assert _activities(walker) == before


def test_somebody_elses_answer_adds_nothing(
    walker: Walker, lms: SandboxServer, tool: StubTool, request_claims: dict[str, Any]
) -> None:
    walker.enter("C1", "ana")
    answer = _send(walker, request_claims, tool.sign(_answer_claims(lms, request_claims, ITEM)))
    assert answer.status_code == 400
    assert "no longer entered" in answer.text


def _activities(walker: Walker) -> list[str]:
    page = walker.http.get(f"{walker.lms_url}/courses/C1", timeout=20)
    return [form.label for form in forms_of(page) if form.target == "tool-frame"]
