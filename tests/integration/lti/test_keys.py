"""The tool's keys and secrets at rest."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models, secrets
from lti_tool.lti import keys


def test_a_secret_comes_back_and_is_not_readable_at_rest(app: Flask, session: Session) -> None:
    stored = secrets.encrypt("Ünïcode secret")
    assert "secret" not in stored
    assert secrets.decrypt(stored) == "Ünïcode secret"
    assert secrets.encrypt("Ünïcode secret") != stored


def test_a_secret_of_another_key_or_changed_is_unreadable(app: Flask, session: Session) -> None:
    stored = secrets.encrypt("secret")
    for wrong in (stored[:-8] + "AAAAAAA=", "nonsense", Fernet(Fernet.generate_key()).encrypt(b"x").decode()):
        with pytest.raises(secrets.Unreadable):
            secrets.decrypt(wrong)


def test_the_private_half_is_encrypted_and_stays_in_the_database(
    client: FlaskClient, session: Session
) -> None:
    client.get("/lti/jwks")
    row = session.query(models.ToolKey).one()
    assert "PRIVATE" not in row.private_pem
    assert "PRIVATE KEY" in secrets.decrypt(row.private_pem)
    assert keys.signing_key().kid == row.kid
    assert keys.signing_key().key.as_dict(private=False)["n"] == row.public_jwk["n"]


def test_the_newest_key_signs_and_a_retired_one_stays_published_for_a_while(
    client: FlaskClient, session: Session
) -> None:
    first = keys.signing_key().kid
    engine.begin_write(session)
    second = keys.generate(session).kid
    session.get_one(models.ToolKey, first).retired_at = clock.now()
    session.commit()
    assert keys.signing_key().kid == second
    assert [key["kid"] for key in client.get("/lti/jwks").get_json()["keys"]] == [second, first]
    with clock.at(clock.now() + timedelta(days=15)):
        assert [key["kid"] for key in keys.key_set()["keys"]] == [second]


def test_a_new_key_is_made_when_all_are_retired(session: Session) -> None:
    first = keys.signing_key().kid
    engine.begin_write(session)
    session.get_one(models.ToolKey, first).retired_at = clock.now()
    session.commit()
    assert keys.signing_key().kid != first
