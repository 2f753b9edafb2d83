"""Launches that must be refused: each case of the certification suite and of the specifications by number.

Every refusal is a readable page with a stable code and without a session (`assert_refused`).
"""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from tests.lms import (
    CLAIM,
    GONE,
    MEMBERSHIP,
    Lms,
    assert_refused,
    b64,
    member_of,
    post,
    raw_token,
    rsa_key,
)

NOW = int(time.time())
MINUTE, HOUR, YEAR = 60, 3600, 365 * 86400

CLAIMS = [
    pytest.param({CLAIM + "version": "1.2.0"}, "version-wrong", id="case_03_wrong_lti_version"),
    pytest.param({CLAIM + "version": GONE}, "version-missing", id="case_04_no_lti_version"),
    pytest.param({"iat": 11111, "exp": 22222}, "token-expired", id="case_07_timestamps_incorrect"),
    pytest.param({CLAIM + "message_type": GONE}, "message-type-missing", id="case_08_message_type_missing"),
    pytest.param({CLAIM + "roles": GONE}, "roles-missing", id="case_09_roles_missing"),
    pytest.param({CLAIM + "deployment_id": GONE}, "deployment-missing", id="case_10_deployment_id_missing"),
    pytest.param(
        {CLAIM + "resource_link": {"title": "x"}},
        "resource-link-missing",
        id="case_11_resource_link_id_missing",
    ),
    pytest.param({"sub": GONE}, "subject-missing", id="case_12_sub_missing"),
    pytest.param({"iss": "https://other.example"}, "issuer-wrong", id="case_18_unknown_iss"),
    pytest.param({"iss": GONE}, "issuer-wrong", id="case_18_no_iss"),
    pytest.param({"aud": "client-9"}, "audience-wrong", id="case_19_known_iss_with_another_client_id"),
    pytest.param({"aud": GONE}, "audience-missing", id="case_20_aud_missing"),
    pytest.param({"aud": []}, "audience-missing", id="case_20_aud_an_empty_list"),
    pytest.param({"aud": ""}, "audience-missing", id="case_20_aud_an_empty_text"),
    pytest.param({"aud": {"client-1": 1}}, "audience-missing", id="case_20_aud_an_object"),
    pytest.param(
        {"aud": ["client-1", "other"], "azp": "client-1"},
        "audience-wrong",
        id="case_21_aud_with_an_untrusted_extra",
    ),
    pytest.param({"aud": ["client-1", 7]}, "audience-wrong", id="case_21_aud_with_an_extra_that_is_no_text"),
    pytest.param({"aud": ["client-1", "other"]}, "authorized-party-missing", id="case_22_several_aud_no_azp"),
    pytest.param({"azp": "client-9"}, "authorized-party-wrong", id="case_23_azp_is_not_the_client"),
    pytest.param({"azp": None}, "authorized-party-wrong", id="case_23_azp_is_null"),
    pytest.param({"exp": GONE}, "expiry-missing", id="case_24_exp_missing"),
    pytest.param({"exp": "soon"}, "expiry-missing", id="case_24_exp_is_no_number"),
    pytest.param({"exp": True}, "expiry-missing", id="case_24_exp_is_true"),
    pytest.param({"exp": NOW - 2 * MINUTE}, "token-expired", id="case_25_expired_past_the_leeway"),
    pytest.param({"iat": GONE}, "issued-at-missing", id="case_26_iat_missing"),
    pytest.param({"iat": NOW - 24 * HOUR}, "token-too-old", id="case_27_iat_too_old"),
    pytest.param({"iat": NOW + HOUR}, "token-from-future", id="case_28_iat_too_far_ahead"),
    pytest.param({"nbf": NOW + HOUR}, "token-from-future", id="case_28_nbf_too_far_ahead"),
    pytest.param({"exp": NOW + 10 * YEAR}, "token-lives-too-long", id="exp ten years out"),
    pytest.param({"nonce": GONE}, "nonce-missing", id="case_29_nonce_missing"),
    pytest.param({"nonce": 5}, "nonce-missing", id="case_29_nonce_is_no_text"),
    pytest.param({"nonce": "never issued"}, "nonce-wrong", id="case_30_nonce_never_issued"),
    pytest.param({"nonce": "\ud800é"}, "nonce-wrong", id="case_30_nonce_of_odd_characters"),
    pytest.param(
        {CLAIM + "message_type": "LtiWhatever"}, "message-type-unknown", id="case_41_unknown_message_type"
    ),
    pytest.param(
        {CLAIM + "message_type": ["x"]}, "message-type-unknown", id="case_41_message_type_is_a_list"
    ),
    pytest.param(
        {CLAIM + "target_link_uri": GONE}, "target-link-missing", id="case_44_target_link_uri_missing"
    ),
    pytest.param(
        {CLAIM + "target_link_uri": "https://tool.example/other"},
        "target-link-wrong",
        id="case_45_target_link_uri_other_than_the_logins",
    ),
    pytest.param(
        {CLAIM + "target_link_uri": "https://evil.example/"},
        "target-link-wrong",
        id="case_45_target_link_uri_off_this_host",
    ),
    pytest.param({CLAIM + "resource_link": None}, "resource-link-missing", id="case_46_resource_link_null"),
    pytest.param(
        {CLAIM + "resource_link": "link-1"}, "resource-link-missing", id="case_46_resource_link_a_text"
    ),
    pytest.param(
        {CLAIM + "resource_link": GONE}, "resource-link-missing", id="case_46_resource_link_missing"
    ),
    pytest.param({CLAIM + "roles": MEMBERSHIP + "Learner"}, "roles-wrong", id="case_47_roles_no_array"),
    pytest.param({CLAIM + "roles": [{}]}, "roles-wrong", id="case_47_roles_not_of_texts"),
    pytest.param({CLAIM + "roles": None}, "roles-wrong", id="case_47_roles_null"),
    pytest.param({"sub": 5}, "subject-wrong", id="case_48_sub_no_text"),
    pytest.param({"sub": "x" * 256}, "subject-wrong", id="case_48_sub_over_255_characters"),
    pytest.param({"sub": "a\x00b"}, "subject-wrong", id="case_48_sub_with_a_nul"),
    pytest.param({"sub": "\ud800"}, "subject-wrong", id="case_48_sub_of_half_a_character"),
    pytest.param({CLAIM + "context": {"id": 7}}, "context-wrong", id="context id no text"),
    pytest.param({CLAIM + "context": []}, "context-wrong", id="context no object"),
]


@pytest.mark.parametrize(("changes", "code"), CLAIMS)
def test_a_launch_is_refused_for_what_it_says(
    client: FlaskClient, lms: Lms, changes: dict[str, Any], code: str
) -> None:
    assert_refused(lms.launch(client, changes), code)


@pytest.mark.parametrize(
    "changes", [{"exp": float("nan")}, {"iat": float("inf")}, {"exp": -1}, {"exp": 10**400}]
)
def test_a_time_that_is_no_time_is_refused(client: FlaskClient, lms: Lms, changes: dict[str, Any]) -> None:
    assert_refused(lms.launch(client, changes), "token-malformed")


HEADERS = [
    pytest.param({"kid": GONE}, "key-id-missing", id="case_01_no_kid_in_the_jwt_header"),
    pytest.param({"kid": 7}, "key-id-missing", id="case_01_kid_no_text"),
    pytest.param({"kid": "nobody's"}, "key-unknown", id="case_02_incorrect_kid"),
    pytest.param({"alg": "none"}, "algorithm-wrong", id="case_14_alg_none"),
    pytest.param({"alg": "HS256"}, "algorithm-wrong", id="case_15_alg_hs256"),
    pytest.param({"alg": "RS384"}, "algorithm-wrong", id="case_16_another_rsa_algorithm"),
    pytest.param({"alg": "XX999"}, "algorithm-wrong", id="case_16_unregistered_alg"),
    pytest.param({"alg": GONE}, "algorithm-wrong", id="case_16_no_alg"),
    pytest.param({"crit": ["exp"]}, "token-malformed", id="a critical header that nobody knows"),
]


@pytest.mark.parametrize(("header", "code"), HEADERS)
def test_a_launch_is_refused_for_its_header(
    client: FlaskClient, lms: Lms, header: dict[str, Any], code: str
) -> None:
    question = lms.login(client)
    full = {"alg": "RS256", "kid": lms.kid} | header
    token = raw_token(
        {name: value for name, value in full.items() if value is not GONE}, lms.claims(question)
    )
    assert_refused(post(client, token, question.state), code)


@pytest.mark.parametrize("claims", [{"name": "badltilaunch"}, {}])
def test_case_05_06_a_message_without_lti_claims_is_refused(
    client: FlaskClient, lms: Lms, claims: dict[str, Any]
) -> None:
    question = lms.login(client)
    assert_refused(post(client, lms.sign(claims), question.state), "issuer-wrong")
    only_oidc = {name: value for name, value in lms.claims(question).items() if not name.startswith(CLAIM)}
    assert_refused(post(client, lms.sign(only_oidc), question.state), "version-missing")


def test_case_13_a_signature_by_another_key_under_the_same_kid_is_refused(
    client: FlaskClient, lms: Lms
) -> None:
    assert_refused(lms.launch(client, key=rsa_key("somebody else's")), "signature-wrong")


def test_case_13_claims_changed_after_signing_are_refused(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client)
    header, _claims, signature = lms.sign(lms.claims(question)).split(".")
    forged = b64(json.dumps(lms.claims(question, {"sub": "admin"})).encode())
    assert_refused(post(client, f"{header}.{forged}.{signature}", question.state), "signature-wrong")


def test_case_15_hs256_with_the_public_key_as_secret_is_refused(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client)
    signed = ".".join(
        b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": lms.kid}, lms.claims(question))
    )
    public = lms.key.as_pem(private=False)
    signature = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    assert_refused(post(client, f"{signed}.{b64(signature)}", question.state), "algorithm-wrong")


MALFORMED = [
    "x",
    "a.b",
    "a.b.c.d",
    "..",
    "!!.??.##",
    "é.é.é",
    b64(b"[]") + ".e30.eA",
    b64(b'"RS256"') + ".e30.eA",
    b64(b"[" * 50_000) + ".e30.eA",
]


@pytest.mark.parametrize("token", MALFORMED, ids=range(len(MALFORMED)))
def test_case_17_what_is_no_token_is_refused(client: FlaskClient, lms: Lms, token: str) -> None:
    assert_refused(post(client, token, lms.login(client).state), "token-malformed")


@pytest.mark.parametrize(
    "payload", [b"[]", b'"text"', b"null", b"{", b"\xff", b"[" * 50_000, b'{"exp":1' + b"0" * 5000 + b"}"]
)
def test_case_17_a_signed_payload_that_is_no_object_is_refused(
    client: FlaskClient, lms: Lms, payload: bytes
) -> None:
    question = lms.login(client)
    assert_refused(post(client, lms.sign_bytes(payload), question.state), "token-malformed")


def test_case_31_36_the_same_token_and_state_twice_is_refused(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client)
    token = lms.sign(lms.claims(question))
    assert post(client, token, question.state).status_code == 303
    assert_refused(post(client, token, question.state), "state-used")


def test_case_31_a_second_token_with_the_same_nonce_is_refused(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client)
    assert post(client, lms.sign(lms.claims(question)), question.state).status_code == 303
    again = lms.sign(lms.claims(question, {"sub": "6"}))
    assert_refused(post(client, again, question.state), "state-used")
    other = lms.login(client)
    assert_refused(post(client, again, other.state), "nonce-wrong")


def test_case_32_the_nonce_of_one_login_does_not_fit_the_state_of_another(
    client: FlaskClient, lms: Lms
) -> None:
    first, second = lms.login(client), lms.login(client)
    assert_refused(post(client, lms.sign(lms.claims(first)), second.state), "nonce-wrong")


def test_case_33_a_launch_without_state_is_refused(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client)
    assert_refused(post(client, lms.sign(lms.claims(question)), None), "state-missing")


@pytest.mark.parametrize("state", ["A" * 43, "x", "é" * 43, "\x00" * 43, "A" * 5000])
def test_case_34_an_unknown_state_is_refused(client: FlaskClient, lms: Lms, state: str) -> None:
    question = lms.login(client)
    assert_refused(post(client, lms.sign(lms.claims(question)), state), "state-unknown")


def test_case_34_an_expired_state_is_refused(client: FlaskClient, lms: Lms, session: Session) -> None:
    question = lms.login(client)
    session.rollback()
    engine.begin_write(session)
    session.query(models.Login).one().expires_at = clock.now()
    session.commit()
    assert_refused(post(client, lms.sign(lms.claims(question)), question.state), "state-expired")


def test_case_35_state_valid_but_browser_holds_neither(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client)
    token = lms.sign(lms.claims(question))
    other_browser = client.application.test_client()
    assert_refused(post(other_browser, token, question.state), "state-other-browser")
    # It was not spoilt for the one that it belongs to.
    assert post(client, token, question.state).status_code == 303


def test_a_forged_message_does_not_spoil_a_login_under_way(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client)
    forged = lms.sign(lms.claims(question), key=rsa_key("somebody else's"))
    assert_refused(post(client, forged, question.state), "signature-wrong")
    assert post(client, lms.sign(lms.claims(question)), question.state).status_code == 303


def test_case_37_an_id_token_by_get_is_refused(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client)
    form = {"id_token": lms.sign(lms.claims(question)), "state": question.state}
    assert_refused(client.get("/lti/launch", query_string=form), "launch-by-get", 405)


def test_an_empty_form_is_refused(client: FlaskClient, lms: Lms) -> None:
    assert_refused(post(client, None, lms.login(client).state), "form-incomplete")


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        ("login_required", "login-required", 401),
        ("access_denied", "platform-refused", 403),
        ("unauthorized_client", "platform-refused", 403),
        ("<script>", "platform-refused", 403),
    ],
)
def test_case_38_an_error_of_the_platform_is_explained(
    client: FlaskClient, lms: Lms, error: str, code: str, status: int
) -> None:
    form = {"error": error, "error_description": "<b>x</b>", "state": lms.login(client).state}
    answer = client.post("/lti/launch", data=form)
    assert_refused(answer, code, status)
    assert error not in answer.text
    assert "<b>x</b>" not in answer.text


def test_case_42_an_unknown_deployment_is_refused(client: FlaskClient, lms: Lms) -> None:
    answer = lms.launch(client, {CLAIM + "deployment_id": "9"})
    assert_refused(answer, "deployment-pending", 403)
    assert "platform approve" in answer.text


def test_case_42_a_deployment_that_was_not_approved_is_refused(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    session.rollback()
    engine.begin_write(session)
    session.query(models.Deployment).one().approved_at = None
    session.commit()
    assert_refused(lms.launch(client), "deployment-pending", 403)


def test_case_42_a_platform_disabled_meanwhile_is_refused(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    question = lms.login(client)
    session.rollback()
    engine.begin_write(session)
    session.query(models.Platform).one().disabled_at = clock.now()
    session.commit()
    token = lms.sign(lms.claims(question))
    assert_refused(post(client, token, question.state), "platform-disabled", 403)


def test_case_43_the_deployment_of_another_tenant_is_refused(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    Lms(issuer="https://neighbour.example", deployment_id="theirs").register(session)
    Lms(client_id="client-2", deployment_id="also theirs").register(session)
    for theirs in ("theirs", "also theirs"):
        answer = lms.launch(client, {CLAIM + "deployment_id": theirs})
        assert_refused(answer, "deployment-pending", 403)


def test_case_43_the_key_of_another_platform_signs_nothing_here(
    client: FlaskClient, lms: Lms, session: Session, outside: responses.RequestsMock
) -> None:
    neighbour = Lms(issuer="https://neighbour.example", kid="theirs", key=rsa_key("neighbour"))
    neighbour.register(session)
    neighbour.publish(outside)
    assert neighbour.launch(client).status_code == 303
    answer = lms.launch(client, header={"kid": "theirs"}, key=neighbour.key)
    assert_refused(answer, "key-unknown")


def test_a_refused_launch_leaves_nothing_behind(client: FlaskClient, lms: Lms, session: Session) -> None:
    lms.launch(client, {"sub": 5})
    session.rollback()
    for model in (models.Course, models.Person, models.Member, models.ResourceLink):
        assert session.query(model).count() == 0


def test_a_refusal_keeps_the_launch_that_is_there_already(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    let_in = lms.launch(client)
    member_of(session, let_in)
    assert_refused(lms.launch(client, {"sub": 5}), "subject-wrong")
    with client.session_transaction() as cookie:
        assert len(cookie["courses"]) == 1
