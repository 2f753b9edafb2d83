"""Whatever is sent to login and launch: never a broken page, and never a way in for what was not signed."""

import random
from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lms import CLAIM, Lms, post, raw_token

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

FRAMED = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}

texts = st.text(st.characters(codec=None), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
claim_names = st.sampled_from(
    [
        "iss",
        "aud",
        "azp",
        "sub",
        "exp",
        "iat",
        "nbf",
        "nonce",
        "name",
        "given_name",
        "email",
        "locale",
        "zoneinfo",
        *(
            CLAIM + name
            for name in (
                "version",
                "message_type",
                "deployment_id",
                "target_link_uri",
                "roles",
                "context",
                "resource_link",
                "custom",
                "launch_presentation",
                "tool_platform",
            )
        ),
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
        "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
    ]
)
inner_names = st.sampled_from(
    ["id", "label", "title", "scope", "lineitems", "lineitem", "return_url", "context_memberships_url"]
)
claim_values = json_values | st.dictionaries(inner_names, json_values, max_size=4)
form_texts = st.text(max_size=60)


@FEW
@given(changes=st.dictionaries(claim_names, claim_values, min_size=1, max_size=4))
def test_a_signed_message_with_odd_claims_is_let_in_or_refused_but_breaks_nothing(
    client: FlaskClient, lms: Lms, changes: dict[str, Any]
) -> None:
    answer = lms.launch(client, changes)
    assert answer.status_code == 303 or 'data-error-code="' in answer.text
    assert answer.status_code < 500, answer.text


@FEW
@given(place=st.integers(0, 10_000), mark=st.characters(codec="ascii"), seed=st.integers(0, 5))
def test_a_changed_token_lets_nobody_in(
    client: FlaskClient, lms: Lms, place: int, mark: str, seed: int
) -> None:
    question = lms.login(client)
    token = lms.sign(lms.claims(question))
    at = place % (len(token) - 4)  # the last characters of a signature may hold unused bits
    changed = token[:at] + mark + token[at + 1 :] if seed else token[:at] + token[at + 1 :]
    if changed == token:
        return
    answer = post(client, changed, question.state)
    assert 400 <= answer.status_code < 500
    assert 'data-error-code="' in answer.text


@FEW
@given(header=json_values | st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit"]), json_values))
def test_an_unsigned_token_with_any_header_lets_nobody_in(client: FlaskClient, lms: Lms, header: Any) -> None:
    question = lms.login(client)
    answer = post(client, raw_token(header, lms.claims(question)), question.state)
    assert 400 <= answer.status_code < 500


@FEW
@given(
    form=st.dictionaries(
        st.sampled_from(["id_token", "state", "proof", "error", "error_description", "x"]),
        form_texts,
        max_size=5,
    )
)
def test_a_launch_form_of_anything_lets_nobody_in(
    client: FlaskClient, lms: Lms, form: dict[str, str]
) -> None:
    for headers in ({}, FRAMED):
        answer = client.post("/lti/launch", data=form, headers=headers)
        assert 400 <= answer.status_code < 500
        assert "/courses/" not in answer.text


@FEW
@given(
    changes=st.dictionaries(
        st.sampled_from(
            ["iss", "login_hint", "target_link_uri", "lti_message_hint", "client_id", "lti_deployment_id"]
        ),
        form_texts,
        min_size=1,
    )
)
def test_a_login_form_of_anything_is_answered_or_refused(
    client: FlaskClient, lms: Lms, changes: dict[str, str]
) -> None:
    for answer in (
        client.post("/lti/login", data=lms.initiation(**changes)),
        client.get("/lti/login", query_string=lms.initiation(**changes)),
    ):
        assert answer.status_code == 302 or 400 <= answer.status_code < 500
        if answer.status_code == 302:
            assert answer.location.startswith("https://lms.example/auth?")


@FEW
@given(target=form_texts, proof=form_texts, step=st.sampled_from(["check", "tab"]), state=form_texts)
def test_a_framed_login_of_anything_ends_in_a_page_and_lets_nobody_in(
    client: FlaskClient, lms: Lms, target: str, proof: str, step: str, state: str
) -> None:
    answer = client.post("/lti/login", data=lms.initiation(lti_storage_target=target), headers=FRAMED)
    assert answer.status_code == 302 or 400 <= answer.status_code < 500
    if answer.status_code == 302 and answer.location.startswith("/lti/"):
        begun = answer.location.split("state=")[1]
        stranger = client.application.test_client()
        page = stranger.get(answer.location, headers=FRAMED)
        assert page.status_code == 200
        form = {"id_token": "x.y.z", "state": begun, "proof": proof}
        assert 400 <= stranger.post("/lti/launch", data=form, headers=FRAMED).status_code < 500
    other = client.get(f"/lti/login/{step}", query_string={"state": state, "storage": proof}, headers=FRAMED)
    assert 400 <= other.status_code < 500


def test_bytes_that_are_no_form_are_refused(client: FlaskClient, lms: Lms) -> None:
    noise = random.Random(7).randbytes(2000)
    for kind in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json",
        "text/plain",
    ):
        for address in ("/lti/login", "/lti/launch"):
            answer = client.post(address, data=noise, content_type=kind)
            assert 400 <= answer.status_code < 500
