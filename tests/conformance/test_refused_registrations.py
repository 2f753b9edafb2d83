"""Refusal cases 62 and 63: platforms that are not what they say, and invites used twice."""

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import models
from tests.lms import assert_refused
from tests.registering import Registering, make_invite, moodle_answer, moodle_configuration


@pytest.mark.parametrize(
    "issuer",
    ["https://canvas.instructure.com", "https://moodle.example.evil.example", "https://moodle.example:8443"],
)
def test_62_a_configuration_that_speaks_for_another_host_is_refused(
    client: FlaskClient, session: Session, outside: responses.RequestsMock, issuer: str
) -> None:
    platform = Registering(outside, moodle_configuration() | {"issuer": issuer})
    platform.publish()
    platform.answer(moodle_answer())
    secret = make_invite(session)
    assert_refused(platform.opened(client, secret), "issuer-elsewhere")
    assert_refused(platform.confirmed(client, secret), "issuer-elsewhere")
    assert {one.request.method for one in outside.calls} == {"GET"}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://moodle.example/configuration", "configuration-address-wrong"),
        ("file:///etc/passwd", "configuration-address-wrong"),
        ("https://user@moodle.example/", "configuration-address-wrong"),
        ("https://127.0.0.1/configuration", "configuration-unreachable"),
        ("https://[::1]/configuration", "configuration-unreachable"),
        ("https://169.254.169.254/latest/meta-data/", "configuration-unreachable"),
        ("https://localhost/configuration", "configuration-unreachable"),
        ("https://2130706433/", "configuration-unreachable"),
    ],
)
def test_62_an_internal_address_is_never_asked(
    client: FlaskClient, session: Session, url: str, code: str
) -> None:
    answer = client.get(
        "/lti/register", query_string={"invite": make_invite(session), "openid_configuration": url}
    )
    assert_refused(answer, code)


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"]
)
def test_62_endpoints_without_https_are_refused(
    client: FlaskClient, session: Session, outside: responses.RequestsMock, name: str
) -> None:
    platform = Registering(outside, moodle_configuration() | {name: "http://moodle.example/x"})
    platform.publish()
    assert_refused(platform.opened(client, make_invite(session)), "configuration-unreadable")


def test_62_an_internal_registration_endpoint_is_never_asked(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    internal = "https://10.0.0.7/register"
    platform = Registering(outside, moodle_configuration() | {"registration_endpoint": internal})
    platform.publish()
    outside.add_passthru(internal)
    assert_refused(platform.confirmed(client, make_invite(session)), "registration-unreachable")


def test_63_a_reused_registration_link_is_refused(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    platform = Registering(outside, moodle_configuration())
    platform.publish()
    platform.answer(moodle_answer())
    secret = make_invite(session)
    assert platform.confirmed(client, secret).status_code == 200
    calls = len(outside.calls)
    assert_refused(platform.opened(client, secret), "invite-used", 410)
    assert_refused(platform.confirmed(client, secret), "invite-used", 410)
    assert len(outside.calls) == calls
    session.rollback()
    assert session.query(models.Platform).count() == 1
