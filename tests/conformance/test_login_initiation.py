"""OIDC login initiation: what must be answered, and cases 54 to 60 of what must be refused."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from tests.lms import GONE, Lms, assert_refused


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_browser_is_sent_to_the_platform_with_a_complete_question(
    client: FlaskClient, lms: Lms, method: str
) -> None:
    sent = lms.initiation()
    where: dict[str, Any] = {"query_string": sent} if method == "GET" else {"data": sent}
    answer = client.open("/lti/login", method=method, **where)
    assert answer.status_code == 302
    address = urlsplit(answer.location)
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://lms.example/auth"
    question = dict(parse_qsl(address.query))
    state, nonce = question.pop("state"), question.pop("nonce")
    assert state != nonce
    # 256 bits as base64url.
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", state)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", nonce)
    assert question == {
        "tenant": "7",
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": "https://tool.example/lti/launch",
        "login_hint": "5",
        "lti_message_hint": '{"cmid":2}',
    }


def test_the_browser_gets_a_cookie_that_works_in_a_frame_of_another_site(
    client: FlaskClient, lms: Lms
) -> None:
    answer = client.post("/lti/login", data=lms.initiation())
    state = dict(parse_qsl(urlsplit(answer.location).query))["state"]
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("pm_login_")]
    assert cookie.startswith(f"pm_login_{state[:16]}=")
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/lti", "Max-Age=600"):
        assert attribute in cookie.split("; ")


def test_the_message_hint_is_left_out_where_none_came(client: FlaskClient, lms: Lms) -> None:
    assert "lti_message_hint" not in lms.login(client, lti_message_hint=GONE).sent


def test_a_login_is_forgotten_an_hour_after_its_end(client: FlaskClient, lms: Lms, session: Session) -> None:
    lms.login(client)
    session.rollback()
    engine.begin_write(session)
    session.query(models.Login).one().expires_at = clock.now() - timedelta(hours=2)
    session.commit()
    lms.login(client)
    session.rollback()
    assert session.query(models.Login).count() == 1


REFUSED = [
    pytest.param({"iss": GONE}, "issuer-missing", id="case_54_no_iss"),
    pytest.param({"login_hint": GONE}, "login-hint-missing", id="case_55_no_login_hint"),
    pytest.param({"target_link_uri": GONE}, "target-link-missing", id="case_56_no_target_link_uri"),
    pytest.param({"iss": "https://unknown.example"}, "platform-unknown", id="case_57_unknown_iss"),
    pytest.param({"iss": "https://lms.example/"}, "platform-unknown", id="case_57_iss_with_a_slash_more"),
    pytest.param({"client_id": "client-9"}, "client-unknown", id="case_58_client_id_not_under_iss"),
    pytest.param({"iss": "\x00"}, "parameter-unreadable", id="a NUL that no database takes"),
    pytest.param({"login_hint": "x" * 9000}, "parameter-unreadable", id="a hint without end"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED)
def test_a_login_is_refused(client: FlaskClient, lms: Lms, changes: dict[str, Any], code: str) -> None:
    assert_refused(client.post("/lti/login", data=lms.initiation(**changes)), code)
    assert_refused(client.get("/lti/login", query_string=lms.initiation(**changes)), code)


ELSEWHERE = [
    "https://evil.example/lti/launch",
    "http://tool.example/lti/launch",
    "https://tool.example:8443/lti/launch",
    "https://tool.example.evil.example/lti/launch",
    "https://tool.example@evil.example/",
    "https://evil.example\\@tool.example/",
    "//tool.example/lti/launch",
    "/lti/launch",
    "javascript:alert(1)",
    "https://[",
    "https://tool.example:port/",
    "https://tool.example/\r\nSet-Cookie: a=b",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_case_59_a_login_for_a_page_off_this_host_is_refused(
    client: FlaskClient, lms: Lms, target: str
) -> None:
    answer = client.post("/lti/login", data=lms.initiation(target_link_uri=target))
    assert_refused(answer, "target-link-elsewhere")


def test_case_60_an_issuer_with_several_clients_is_ambiguous_without_client_id(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    Lms(client_id="client-2", deployment_id="1").register(session)
    answer = client.post("/lti/login", data=lms.initiation(client_id=GONE))
    assert_refused(answer, "client-ambiguous")


def test_the_deployment_tells_the_clients_of_an_issuer_apart(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    Lms(client_id="client-2", deployment_id="2").register(session)
    assert lms.login(client, client_id=GONE, lti_deployment_id="2").sent["client_id"] == "client-2"


def test_the_only_client_of_an_issuer_is_meant_without_client_id(client: FlaskClient, lms: Lms) -> None:
    assert lms.login(client, client_id=GONE).sent["client_id"] == "client-1"


def test_a_disabled_platform_is_refused(client: FlaskClient, lms: Lms, session: Session) -> None:
    disable(session)
    assert_refused(client.post("/lti/login", data=lms.initiation()), "platform-disabled", 403)


def disable(session: Session) -> None:
    session.rollback()
    engine.begin_write(session)
    session.query(models.Platform).one().disabled_at = clock.now()
    session.commit()


def test_a_refusal_is_json_for_whom_asks_for_it(client: FlaskClient, lms: Lms) -> None:
    answer = client.post("/lti/login", data=lms.initiation(iss=GONE), headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "issuer-missing"
    assert answer.get_json()["error"]["request_id"] == answer.headers["X-Request-ID"]
