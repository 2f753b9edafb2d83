"""The platform's keys: fetched once, again when they do not fit, and never done without (cases 39 and 40)."""

from datetime import timedelta
from typing import Any

import pytest
import requests
import responses
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from tests.lms import Lms, assert_refused, post, raw_token, rsa_key

HOUR, DAY = 3600, 86400

UNREACHABLE = [
    requests.ConnectionError("refused"),
    requests.ReadTimeout("late"),
    (500, "broken"),
    (404, "gone"),
    (302, "elsewhere"),
    (200, "<html>"),
    (200, "[]"),
    (200, '{"keys": 7}'),
    (200, "[" * 50_000),
]


@pytest.mark.parametrize("outcome", UNREACHABLE, ids=range(len(UNREACHABLE)))
def test_case_39_without_the_platforms_keys_nobody_is_let_in(
    client: FlaskClient, session: Session, outside: responses.RequestsMock, outcome: Any
) -> None:
    lms = Lms()
    lms.register(session)
    status, body = outcome if isinstance(outcome, tuple) else (200, outcome)
    outside.get(lms.jwks_url, status=status, body=body)
    assert_refused(lms.launch(client), "platform-keys-unavailable", 503)
    outside.replace(responses.GET, lms.jwks_url, json=lms.key_set())
    assert lms.launch(client).status_code == 303


def test_case_40_an_unknown_kid_asks_the_platform_again_but_not_at_once(
    client: FlaskClient, lms: Lms, session: Session, outside: responses.RequestsMock
) -> None:
    assert lms.launch(client).status_code == 303
    renewed = Lms(kid="lms-key-2", key=rsa_key("lms-key-2"))
    outside.replace(responses.GET, lms.jwks_url, json=renewed.key_set())
    assert_refused(renewed.launch(client), "key-unknown")
    age_keys(session, 61)
    assert renewed.launch(client).status_code == 303
    assert_refused(lms.launch(client), "key-unknown")
    assert len(outside.calls) == 2


def test_keys_are_fetched_once_for_many_launches(
    client: FlaskClient, lms: Lms, outside: responses.RequestsMock
) -> None:
    for _launch in range(3):
        assert lms.launch(client).status_code == 303
    assert len(outside.calls) == 1


def test_the_last_good_keys_serve_while_the_platform_is_away(
    client: FlaskClient, lms: Lms, session: Session, outside: responses.RequestsMock
) -> None:
    assert lms.launch(client).status_code == 303
    outside.replace(responses.GET, lms.jwks_url, body=requests.ConnectionError("away"))
    age_keys(session, 2 * HOUR)
    assert lms.launch(client).status_code == 303
    # It is not asked again at each launch while it is away.
    assert lms.launch(client).status_code == 303
    assert len(outside.calls) == 2
    age_keys(session, 8 * DAY)
    assert_refused(lms.launch(client), "platform-keys-unavailable", 503)


def age_keys(session: Session, seconds: int) -> None:
    session.rollback()
    engine.begin_write(session)
    session.query(models.PlatformKeySet).one().fetched_at -= timedelta(seconds=seconds)
    session.commit()


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA"},
        {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"},
        "text",
        None,
    ],
    ids=str,
)
def test_a_key_that_is_no_good_rsa_key_verifies_nothing(
    client: FlaskClient, session: Session, outside: responses.RequestsMock, entry: Any
) -> None:
    lms = Lms()
    lms.register(session)
    entries = [entry | {"kid": lms.kid} if isinstance(entry, dict) else entry]
    outside.get(lms.jwks_url, json={"keys": entries})
    assert_refused(lms.launch(client), "key-unknown")


def test_a_short_rsa_key_verifies_nothing(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    with pytest.warns(match="2048"):
        lms = Lms(kid="short", key=RSAKey.generate_key(1024))
    lms.register(session)
    lms.publish(outside)
    question = lms.login(client)
    token = raw_token({"alg": "RS256", "kid": "short"}, lms.claims(question))
    assert_refused(post(client, token, question.state), "key-unknown")
