"""Invites: printed once, kept as a digest, used up by one platform even when two come at the same time."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.cli_platform import invite as command
from lti_tool.db import engine, models
from lti_tool.lti import invites, registration
from lti_tool.lti.registration_errors import RegistrationRefused
from tests.registering import make_invite

ADDRESSES = {
    "auth_url": "https://lms.example/auth",
    "token_url": "https://lms.example/token",
    "jwks_url": "https://lms.example/jwks",
}


def test_the_command_prints_the_address_and_the_database_keeps_no_secret(
    app: Flask, session: Session
) -> None:
    printed = app.test_cli_runner().invoke(command, ["--name", "Our LMS"])
    assert printed.exit_code == 0, printed.output
    secret = printed.output.strip().removeprefix("https://tool.example/lti/register?invite=")
    session.rollback()
    kept = session.query(models.Invite).one()
    assert (kept.name, kept.digest) == ("Our LMS", invites.digest(secret))
    assert secret not in str(vars(kept))
    assert session.query(models.AuditEntry).one().action == "invite.made"


def test_the_command_prints_json(app: Flask, session: Session) -> None:
    printed = json.loads(app.test_cli_runner().invoke(command, ["--json"]).output)
    assert set(printed) == {"url", "name", "expires"}


def test_of_two_platforms_that_come_by_one_invite_one_is_kept(session: Session, client: FlaskClient) -> None:
    secret = make_invite(session)
    engine.begin_write(session)
    invite_id = invites.find(session, secret).id
    first = registration.add_platform(session, issuer="https://lms.example", client_id="1", **ADDRESSES)
    invites.consume(session, invite_id, first)
    session.commit()
    engine.begin_write(session)
    second = registration.add_platform(session, issuer="https://lms.example", client_id="2", **ADDRESSES)
    with pytest.raises(RegistrationRefused, match="invite-used"):
        invites.consume(session, invite_id, second)
    session.rollback()
    assert session.query(models.Invite).one().platform_id == first.id
