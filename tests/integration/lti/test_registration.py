"""Platforms are registered once, updated after that, and bad values are named."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.lti import registration

GOOD: dict[str, Any] = {
    "issuer": "https://lms.example",
    "client_id": "client-1",
    "auth_url": "https://lms.example/auth",
    "token_url": "https://lms.example/token",
    "jwks_url": "https://lms.example/jwks",
}


def add(session: Session, **changes: Any) -> models.Platform:
    session.rollback()
    engine.begin_write(session)
    platform = registration.add_platform(session, **(GOOD | changes))
    session.commit()
    return platform


def test_a_platform_is_called_after_its_host_unless_it_is_named(session: Session) -> None:
    assert add(session).name == "lms.example"
    assert add(session, name="Our LMS").name == "Our LMS"
    assert add(session).name == "Our LMS"


def test_adding_a_platform_again_updates_it_and_adds_deployments(session: Session) -> None:
    first = add(session, deployment_ids=["1"]).id
    again = add(session, deployment_ids=["1", "2", "2"], auth_url="https://lms.example/auth2")
    assert again.id == first
    assert again.auth_url == "https://lms.example/auth2"
    assert sorted(one.deployment_id for one in again.deployments) == ["1", "2"]
    assert all(one.approved_at for one in again.deployments)


def test_another_client_of_the_same_issuer_is_another_platform(session: Session) -> None:
    assert add(session).id != add(session, client_id="client-2").id


def test_a_deployment_that_waited_for_approval_is_let_in(session: Session) -> None:
    platform = add(session)
    session.add(models.Deployment(platform_id=platform.id, deployment_id="1"))
    session.commit()
    assert add(session, deployment_ids=["1"]).deployments[0].approved_at is not None


def test_keys_and_tokens_from_an_address_that_moved_are_forgotten(session: Session) -> None:
    platform = add(session)
    session.add(models.PlatformKeySet(platform_id=platform.id, document={"keys": []}, fetched_at=clock.now()))
    session.add(
        models.AccessToken(
            platform_id=platform.id, scopes="a", granted="a", token="t", expires_at=clock.now()
        )
    )
    session.commit()
    add(session)
    assert session.query(models.PlatformKeySet).count() == session.query(models.AccessToken).count() == 1
    add(session, jwks_url="https://lms.example/jwks2", token_url="https://lms.example/token2")
    assert session.query(models.PlatformKeySet).count() == session.query(models.AccessToken).count() == 0


@pytest.mark.parametrize(
    ("changes", "option"),
    [
        ({"issuer": ""}, "issuer"),
        ({"issuer": "https://lms.example \n"}, "issuer"),
        ({"issuer": "x" * 501}, "issuer"),
        ({"client_id": ""}, "client-id"),
        ({"client_id": " client-1"}, "client-id"),
        ({"client_id": "x" * 256}, "client-id"),
        ({"auth_url": "lms.example/auth"}, "auth-url"),
        ({"auth_url": "http://lms.example/auth"}, "auth-url"),
        ({"token_url": "ftp://lms.example"}, "token-url"),
        ({"jwks_url": "https://"}, "jwks-url"),
        ({"jwks_url": "https://lms.example/" + "x" * 2000}, "jwks-url"),
        ({"deployment_ids": ["1", ""]}, "deployment-id"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(
    session: Session, changes: dict[str, Any], option: str
) -> None:
    with pytest.raises(ValueError, match=f"^{option}: "):
        add(session, **changes)
    session.rollback()
    assert session.query(models.Platform).count() == 0
