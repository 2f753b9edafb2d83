"""Platforms take the tool by an invite: Moodle by its recorded messages, Canvas by its documented ones."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import responses
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lti_tool.cli_platform import approve
from lti_tool.db import clock, engine, models
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.dynamic_registration import read_answer
from lti_tool.lti.platform_configuration import read
from lti_tool.lti.registration_errors import CODES, RegistrationRefused
from tests.captures import moodle
from tests.lms import CLAIM, Lms, assert_refused
from tests.registering import (
    LTI,
    TOOL,
    Registering,
    canvas_configuration,
    make_invite,
    moodle_answer,
    moodle_configuration,
)

CANVAS_URL = "https://sso.canvaslms.com/api/lti/security/openid-configuration"


@pytest.fixture
def database_url(sqlite_databases: Any) -> Any:
    """One kind is enough here; what races runs on both in test_invites.py."""
    with sqlite_databases.fresh() as url:
        yield url


@pytest.fixture
def at_moodle(outside: responses.RequestsMock) -> Registering:
    platform = Registering(outside, moodle_configuration())
    platform.publish()
    return platform


@pytest.fixture
def at_canvas(outside: responses.RequestsMock) -> Registering:
    platform = Registering(outside, canvas_configuration(), CANVAS_URL)
    platform.publish()
    return platform


def test_the_page_shows_what_will_happen_and_changes_nothing(
    client: FlaskClient, session: Session, at_moodle: Registering
) -> None:
    page = at_moodle.opened(client, make_invite(session))
    assert page.status_code == 200
    for words in ("Moodle, moodle.example", "Find a peer mentor", "read the course list", "send points"):
        assert words in page.text
    assert page.text.count("btn-primary") == 1
    assert "frame-ancestors https://moodle.example" in page.headers["Content-Security-Policy"]
    session.rollback()
    assert session.query(models.Platform).count() == 0
    assert session.query(models.Invite).one().used_at is None


def test_moodle_gets_what_it_took_when_it_was_recorded(
    client: FlaskClient, session: Session, at_moodle: Registering
) -> None:
    at_moodle.answer(moodle_answer())
    done = at_moodle.confirmed(client, make_invite(session))
    assert (done.status_code, "click Activate" in done.text) == (200, True)
    assert "data-close-registration" in done.text
    assert "https://moodle.example/mod/lti/toolconfigure.php" in done.text
    sent, authorisation = at_moodle.posted()
    recorded = moodle("registration_request")["body"]
    assert authorisation == "Bearer token-1"
    for name in ("application_type", "response_types", "grant_types", "scope", "token_endpoint_auth_method"):
        assert sent[name] == recorded[name], name
    tool = sent[TOOL]
    assert set(recorded[TOOL]["claims"]) == set(tool["claims"])
    assert [one["type"] for one in tool["messages"]] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    assert tool["messages"][1]["placements"] == ["ContentArea"]
    assert tool["custom_parameters"] == {
        "timezone": "$Person.address.timezone",
        "context_id_history": "$Context.id.history",
        "link_id_history": "$ResourceLink.id.history",
        "group_ids": "$Moodle.Person.userGroupIds",
    }
    # Moodle cuts custom values at this sign.
    assert not any("=" in value for value in tool["custom_parameters"].values())


def test_what_moodle_answers_is_kept_and_its_deployment_is_let_in(
    client: FlaskClient, session: Session, at_moodle: Registering
) -> None:
    at_moodle.answer(moodle_answer())
    at_moodle.confirmed(client, make_invite(session, "Our Moodle"))
    platform = session.query(models.Platform).one()
    assert (platform.name, platform.product) == ("Our Moodle", "moodle")
    assert platform.client_id == "Jn1pF8i7TJusMGv"
    assert platform.jwks_url == "https://moodle.example/mod/lti/certs.php"
    assert platform.granted_scopes == moodle_answer()["scope"].split()
    (deployment,) = platform.deployments
    assert (deployment.deployment_id, deployment.approved_at is not None) == ("1", True)
    invite = session.query(models.Invite).one()
    assert (invite.platform_id, invite.used_at is not None) == (platform.id, True)
    entries = session.query(models.AuditEntry).order_by(models.AuditEntry.id).all()
    assert [one.action for one in entries] == ["platform.added", "invite.used"]
    assert {(one.actor, one.platform_id) for one in entries} == {(f"invite {invite.id}", platform.id)}


def test_the_domain_has_the_port_in_it(app: Flask, session: Session, at_moodle: Registering) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(
        update={"public_url": "https://tool.example:8443"}
    )
    at_moodle.answer(moodle_answer())
    at_moodle.confirmed(app.test_client(), make_invite(session))
    assert at_moodle.posted()[0][TOOL]["domain"] == "tool.example:8443"


def test_registering_again_updates_the_same_platform(
    client: FlaskClient, session: Session, at_moodle: Registering
) -> None:
    at_moodle.answer(moodle_answer())
    at_moodle.confirmed(client, make_invite(session, "Our Moodle"))
    at_moodle.answer(moodle_answer() | {"scope": lti.SCOPE_SCORE})
    again = at_moodle.confirmed(client, make_invite(session))
    assert again.status_code == 200
    assert "Not everything was allowed" in again.text
    platform = session.query(models.Platform).one()
    assert (platform.name, platform.granted_scopes) == ("Our Moodle", [lti.SCOPE_SCORE])
    assert len(platform.deployments) == 1


def test_registering_a_platform_again_that_was_switched_off_says_that_it_stays_so(
    client: FlaskClient, session: Session, at_moodle: Registering
) -> None:
    at_moodle.answer(moodle_answer())
    first = at_moodle.confirmed(client, make_invite(session))
    assert "switched off" not in first.text
    engine.begin_write(session)
    platform = session.query(models.Platform).one()
    assert platform.messages == {"LtiDeepLinkingRequest": ["ContentArea"], "LtiResourceLinkRequest": []}
    platform.disabled_at = clock.now()
    session.commit()
    again = at_moodle.confirmed(client, make_invite(session))
    assert again.status_code == 200
    assert "keeps this platform switched off" in again.text
    assert "Whoever runs Peer Mentor can switch it on" in again.text
    session.rollback()
    assert session.query(models.Platform).one().disabled_at is not None


def test_canvas_gets_its_own_claims_and_gives_its_configuration_to_the_bearer(
    client: FlaskClient, session: Session, at_canvas: Registering
) -> None:
    at_canvas.answer({"client_id": "10000000000001"}, 201)
    done = at_canvas.confirmed(client, make_invite(session))
    assert done.status_code == 200
    assert "an administrator approves it" in done.text
    asked = at_canvas.outside.calls[0].request
    assert (asked.method, asked.headers["Authorization"]) == ("GET", "Bearer token-1")
    tool = at_canvas.posted()[0][TOOL]
    assert tool["https://canvas.instructure.com/lti/privacy_level"] == "public"
    navigation, *selections = tool["messages"]
    assert navigation["placements"] == ["course_navigation"]
    assert navigation["https://canvas.instructure.com/lti/visibility"] == "members"
    assert navigation["https://canvas.instructure.com/lti/course_navigation/default_enabled"] is False
    assert navigation["icon_uri"] == "https://tool.example/static/favicon.svg"
    assert [one["placements"] for one in selections] == [["assignment_selection"], ["link_selection"]]
    assert {one["type"] for one in selections} == {"LtiDeepLinkingRequest"}
    platform = session.query(models.Platform).one()
    assert (platform.name, platform.product) == ("Test University", "canvas")
    assert (platform.issuer, platform.deployments) == ("https://canvas.instructure.com", [])
    assert platform.token_audience is None


def test_canvas_may_show_the_page_at_any_address_of_a_school(
    client: FlaskClient, session: Session, at_canvas: Registering
) -> None:
    page = at_canvas.opened(client, make_invite(session))
    assert "https:" in page.headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2].split()


def test_another_platform_is_asked_for_what_it_offers(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    configuration = moodle_configuration() | {
        "authorization_server": "https://moodle.example/as",
        "scopes_supported": [lti.SCOPE_SCORE, "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"],
        "claims_supported": ["sub", "iss", "locale"],
        LTI: {"messages_supported": [{"type": "LtiSubmissionReviewRequest"}]},
    }
    platform = Registering(outside, configuration)
    platform.publish()
    platform.answer({"client_id": 7})
    assert platform.confirmed(client, make_invite(session)).status_code == 200
    sent, _token = platform.posted()
    assert sent["scope"].split() == configuration["scopes_supported"]
    assert sent[TOOL]["claims"] == ["iss", "sub", "locale"]
    assert [one["type"] for one in sent[TOOL]["messages"]] == [
        "LtiResourceLinkRequest",
        "LtiSubmissionReviewRequest",
    ]
    row = session.query(models.Platform).one()
    assert (row.client_id, row.token_audience) == ("7", "https://moodle.example/as")
    # Nothing said about scopes in the answer: all that was asked for.
    assert row.granted_scopes == configuration["scopes_supported"]


def test_the_developer_key_says_the_same_as_the_registration(
    client: FlaskClient, session: Session, at_canvas: Registering
) -> None:
    key = client.get("/lti/canvas.json").get_json()
    assert key["public_jwk_url"] == "https://tool.example/lti/jwks"
    assert key["oidc_initiation_url"] == "https://tool.example/lti/login"
    (extension,) = key["extensions"]
    assert (extension["domain"], extension["privacy_level"]) == ("tool.example", "public")
    at_canvas.answer({"client_id": "1"})
    at_canvas.confirmed(client, make_invite(session))
    sent, _token = at_canvas.posted()
    assert set(key["scopes"]) <= set(sent["scope"].split())
    placed = [one["placement"] for one in extension["settings"]["placements"]]
    assert [one["placements"] for one in sent[TOOL]["messages"]] == [[one] for one in placed]
    assert key["custom_fields"] == sent[TOOL]["custom_parameters"]


@pytest.mark.parametrize(
    ("body", "status"),
    [("token_already_used", 401), ("missing_registration_token", 401), ("<html>not found</html>", 404)],
)
def test_a_refusal_as_recorded_keeps_the_invite(
    client: FlaskClient, session: Session, at_moodle: Registering, body: str, status: int
) -> None:
    at_moodle.answer(body, status)
    secret = make_invite(session)
    assert_refused(at_moodle.confirmed(client, secret), "registration-refused")
    session.rollback()
    assert session.query(models.Invite).one().used_at is None
    assert session.query(models.Platform).count() == 0
    assert at_moodle.opened(client, secret).status_code == 200


def test_an_invite_opened_in_a_browser_is_explained(client: FlaskClient, session: Session) -> None:
    answer = client.get("/lti/register", query_string={"invite": make_invite(session)})
    assert_refused(answer, "not-from-a-platform")
    assert "Tool URL" in answer.text


def test_an_invite_that_nobody_made_or_that_is_too_old_is_refused_before_anything_is_asked(
    client: FlaskClient, session: Session, at_moodle: Registering
) -> None:
    assert_refused(at_moodle.opened(client, ""), "invite-missing")
    assert_refused(at_moodle.opened(client, "x\x00"), "invite-unknown", 404)
    secret = make_invite(session)
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert_refused(at_moodle.opened(client, secret), "invite-expired", 410)
        assert_refused(at_moodle.confirmed(client, secret), "invite-expired", 410)
    assert len(at_moodle.outside.calls) == 0


def test_a_registration_token_that_would_break_the_request_is_refused(
    client: FlaskClient, session: Session, at_moodle: Registering
) -> None:
    at_moodle.token = "a\r\nHost: evil.example"
    assert_refused(at_moodle.opened(client, make_invite(session)), "token-unreadable")


def test_a_deployment_that_registration_did_not_name_waits_and_is_let_in_by_command(
    app: Flask, client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    lms = Lms()
    platform_id = lms.register(session)
    lms.publish(outside)
    for _time in range(2):
        assert_refused(lms.launch(client, {CLAIM + "deployment_id": "d:9"}), "deployment-pending", 403)
    session.rollback()
    waiting = session.query(models.Deployment).filter_by(approved_at=None).one()
    assert (waiting.platform_id, waiting.deployment_id) == (platform_id, "d:9")
    session.rollback()
    done = app.test_cli_runner().invoke(approve, [str(platform_id), "d:9"])
    assert done.exit_code == 0, done.output
    assert lms.launch(client, {CLAIM + "deployment_id": "d:9"}).status_code == 303
    session.rollback()
    unknown = app.test_cli_runner().invoke(approve, [str(platform_id), "d:10"])
    assert (unknown.exit_code, "platform show" in unknown.output) == (1, True)


def test_deployments_that_wait_are_bounded(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    lms = Lms()
    platform_id = lms.register(session)
    lms.publish(outside)
    session.rollback()
    engine.begin_write(session)
    session.add_all(
        models.Deployment(platform_id=platform_id, deployment_id=f"flood {number}") for number in range(50)
    )
    session.commit()
    assert_refused(lms.launch(client, {CLAIM + "deployment_id": "d:9"}), "deployment-unknown", 403)
    assert_refused(lms.launch(client, {CLAIM + "deployment_id": "flood 7"}), "deployment-pending", 403)
    session.rollback()
    assert session.query(models.Deployment).filter_by(approved_at=None).count() == 50


def test_every_refusal_is_a_readable_answer_of_the_client_side() -> None:
    for code in CODES:
        assert 400 <= RegistrationRefused(code).status < 500


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*moodle_configuration(), "authorization_server"]), odd)
def test_a_configuration_with_anything_in_it_is_read_or_refused(
    session: Session, name: str, value: Any
) -> None:
    url = "https://moodle.example/mod/lti/openid-configuration.php"
    # Any other exception would be a failure of ours.
    with suppress(RegistrationRefused):
        assert read(url, moodle_configuration() | {name: value}).issuer == "https://moodle.example"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["client_id", "scope", TOOL]), odd)
def test_an_answer_with_anything_in_it_is_read_or_refused(session: Session, name: str, value: Any) -> None:
    with suppress(RegistrationRefused):
        assert read_answer(moodle_answer() | {name: value}, lti.SCOPE_SCORE).client_id.isprintable()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["client_id", "scope", TOOL, "x"]), odd, max_size=3) | odd)
def test_whatever_a_platform_answers_the_page_is_never_a_failure_of_ours(
    client: FlaskClient, session: Session, at_moodle: Registering, body: Any
) -> None:
    at_moodle.outside.upsert("POST", at_moodle.configuration["registration_endpoint"], json=body)
    assert at_moodle.confirmed(client, make_invite(session)).status_code in {200, 400}
