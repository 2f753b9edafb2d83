"""Access tokens: asked for with a signed assertion, kept encrypted, renewed in time."""

import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti import keys, services, tokens
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.services import ServicePlatform
from tests.captures import moodle
from tests.cast import Cast
from tests.integration.lti.conftest import TOKEN_URL

SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SERVICE = "https://lms.example/service"


@pytest.fixture
def platform(cast: Cast, session: Session) -> ServicePlatform:
    found = services.platform_of(cast.course)
    session.rollback()
    return found


def form_of(call: responses.Call) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(str(call.request.body)).items()}


def test_the_assertion_is_what_the_specification_asks_for(
    platform: ServicePlatform, lms: responses.RequestsMock
) -> None:
    tokens.token(platform, [SCORE, ROSTER])
    form = form_of(lms.calls[0])
    recorded = moodle("token_request")
    assert set(form) == set(recorded["request"]["form"])
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"] == recorded["request"]["form"]["client_assertion_type"]
    assert form["scope"].split() == [SCORE, ROSTER]
    [public] = keys.key_set()["keys"]
    decoded = jwt.decode(form["client_assertion"], RSAKey.import_key(public), algorithms=["RS256"])
    assert decoded.header == {"alg": "RS256", "kid": public["kid"], "typ": "JWT"}
    claims = decoded.claims
    assert set(claims) == set(recorded["client_assertion_payload"])
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("client-1", "client-1", TOKEN_URL)
    assert claims["iat"] <= time.time() < claims["exp"] <= claims["iat"] + 300


def test_each_assertion_has_its_own_jti(platform: ServicePlatform, lms: responses.RequestsMock) -> None:
    tokens.token(platform, [SCORE])
    tokens.token(platform, [ROSTER])
    [public] = keys.key_set()["keys"]
    key = RSAKey.import_key(public)
    used = {jwt.decode(form_of(call)["client_assertion"], key).claims["jti"] for call in lms.calls}
    assert len(used) == 2


def test_moodles_answer_as_text_html_is_read(
    platform: ServicePlatform, outside: responses.RequestsMock
) -> None:
    recorded = moodle("token_response")
    outside.post(
        TOKEN_URL, body=json.dumps(recorded["body"]), content_type=recorded["headers"]["Content-Type"]
    )
    token = tokens.token(platform, [SCORE])
    assert token.value == "<access_token>"
    assert ROSTER in token.granted


def test_a_token_is_kept_for_all_and_never_in_the_clear(
    platform: ServicePlatform, lms: responses.RequestsMock, session: Session
) -> None:
    assert tokens.token(platform, [SCORE, ROSTER]) == tokens.token(platform, [ROSTER, SCORE])
    assert len(lms.calls) == 1
    row = session.query(models.AccessToken).one()
    assert "t-1" not in row.token


def test_a_token_is_renewed_a_minute_before_its_end(
    platform: ServicePlatform, lms: responses.RequestsMock
) -> None:
    tokens.token(platform, [SCORE])
    start = clock.now()
    with clock.at(start + timedelta(seconds=3600 - 90)):
        tokens.token(platform, [SCORE])
    assert len(lms.calls) == 1
    with clock.at(start + timedelta(seconds=3600 - 50)):
        tokens.token(platform, [SCORE])
    assert len(lms.calls) == 2


def test_a_token_refused_by_the_service_is_renewed_once(
    platform: ServicePlatform, lms: responses.RequestsMock
) -> None:
    lms.get(SERVICE, status=401)
    lms.get(SERVICE, json=[])
    assert tokens.call(platform, [SCORE], "GET", SERVICE).json() == []
    assert [call.request.method for call in lms.calls] == ["POST", "GET", "POST", "GET"]


def test_a_second_refusal_pauses(platform: ServicePlatform, lms: responses.RequestsMock) -> None:
    lms.get(SERVICE, status=401, body="no")
    with pytest.raises(ServiceError) as caught:
        tokens.call(platform, [SCORE], "GET", SERVICE)
    assert (caught.value.kind, caught.value.status) == ("paused", 401)
    assert len(lms.calls) == 4


def test_scopes_that_are_not_granted_pause_instead_of_calling(
    platform: ServicePlatform, outside: responses.RequestsMock
) -> None:
    outside.post(TOKEN_URL, json={"access_token": "t", "scope": ROSTER, "expires_in": 60})
    with pytest.raises(ServiceError) as caught:
        tokens.call(platform, [SCORE], "GET", SERVICE)
    assert caught.value.kind == "paused"
    assert SCORE in caught.value.answer


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, answer in moodle("token_errors").items()
        if isinstance(answer, dict) and answer["status"] == 400
    ],
)
def test_moodles_refusals_of_a_token_pause(
    platform: ServicePlatform, outside: responses.RequestsMock, name: str
) -> None:
    recorded = moodle("token_errors")[name]
    body = recorded["body"] if isinstance(recorded["body"], str) else json.dumps(recorded["body"])
    outside.post(TOKEN_URL, body=body, status=400, content_type=recorded["headers"]["Content-Type"])
    with pytest.raises(ServiceError) as caught:
        tokens.token(platform, [SCORE])
    assert (caught.value.kind, caught.value.status) == ("paused", 400)
    assert "error" in caught.value.answer


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"status": 503, "headers": {"Retry-After": "120"}}, "retry"),
        ({"status": 200, "body": "<html>"}, "retry"),
        ({"status": 200, "json": []}, "retry"),
        ({"status": 200, "json": {"access_token": "a\nb"}}, "retry"),
        ({"status": 302, "headers": {"Location": "http://["}}, "paused"),
        ({"status": 403, "body": "no"}, "paused"),
        ({"body": requests.ConnectTimeout("late")}, "retry"),
        ({"body": requests.ConnectionError("refused")}, "retry"),
    ],
    ids=str,
)
def test_a_token_that_cannot_be_had(
    platform: ServicePlatform, outside: responses.RequestsMock, arguments: dict[str, Any], kind: str
) -> None:
    outside.post(TOKEN_URL, **arguments)
    with pytest.raises(ServiceError) as caught:
        tokens.token(platform, [SCORE])
    assert caught.value.kind == kind
    assert caught.value.retry_after == (120.0 if arguments.get("status") == 503 else None)


@pytest.mark.parametrize("life", ["7200", 7200, None, "soon", -1, 1e300, True], ids=str)
def test_the_life_of_a_token_is_believed_only_when_it_makes_sense(
    platform: ServicePlatform, outside: responses.RequestsMock, session: Session, life: Any
) -> None:
    outside.post(TOKEN_URL, json={"access_token": "t", "expires_in": life})
    tokens.token(platform, [SCORE])
    left = session.query(models.AccessToken).one().expires_at - clock.now()
    expected = 7200 if life in {"7200", 7200} else 3600
    assert timedelta(seconds=expected - 30) < left <= timedelta(seconds=expected)


def test_tokens_kept_under_another_encryption_key_are_fetched_anew(
    app: Flask, platform: ServicePlatform, lms: responses.RequestsMock, session: Session
) -> None:
    tokens.token(platform, [SCORE])
    session.query(models.AccessToken).one().token = "gAAAA-of-another-key"
    session.commit()
    assert tokens.token(platform, [SCORE]).value == "t-1"
    assert len(lms.calls) == 2
