"""Logins in a frame: cookies are looked at before the platform is asked, and nothing is lost."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import clock, engine, models
from lti_tool.web.visits import IDLE
from tests.lms import CLAIM, GONE, MEMBERSHIP, Lms, Question, assert_refused, post

FRAMED = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
OWN_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
STORED = {"lti_storage_target": "_parent"}


def begin(client: FlaskClient, lms: Lms, **changes: Any) -> TestResponse:
    return client.post("/lti/login", data=lms.initiation(**changes), headers=FRAMED)


def forget_cookies(client: FlaskClient, answer: TestResponse) -> None:
    for cookie in answer.headers.getlist("Set-Cookie"):
        client.delete_cookie(cookie.split("=")[0], domain="tool.example", path="/lti")


def without_cookies(client: FlaskClient, lms: Lms, **changes: Any) -> str:
    """The page that a browser gets in a frame where the login's cookie does not come back."""
    answer = begin(client, lms, **changes)
    forget_cookies(client, answer)
    page = client.get(answer.location, headers=OWN_FRAME)
    assert page.status_code == 200
    return page.text


def data(page: str, name: str) -> str:
    found = re.search(rf'(?:data-{name}|name="{name}"[^>]* value)="([^"]*)"', page)
    assert found, page
    return unescape(found[1])


def stored(client: FlaskClient, lms: Lms) -> tuple[Question, str]:
    """A login whose secret lies in the platform's storage: the question asked, and the secret."""
    page = without_cookies(client, lms, **STORED)
    query = {name: values[0] for name, values in parse_qs(urlsplit(data(page, "onward")).query).items()}
    return Question(query["state"], query["nonce"], query), data(page, "secret")


def launch_by_storage(client: FlaskClient, lms: Lms, changes: dict[str, Any] | None = None) -> TestResponse:
    question, secret = stored(client, lms)
    form = {
        "id_token": lms.sign(lms.claims(question, changes)),
        "state": question.state,
        "proof": secret,
    }
    return client.post("/lti/launch", data=form, headers=OWN_FRAME)


def test_where_the_cookie_comes_back_the_login_goes_on_to_the_platform(client: FlaskClient, lms: Lms) -> None:
    first = begin(client, lms)
    assert first.status_code == 302
    assert first.location.startswith("/lti/login/check?state=")
    second = client.get(first.location, headers=OWN_FRAME)
    assert second.status_code == 302
    assert second.location.startswith("https://lms.example/auth?tenant=7&")
    query = {name: values[0] for name, values in parse_qs(urlsplit(second.location).query).items()}
    assert query["login_hint"] == "5"
    token = lms.sign(lms.claims(Question(query["state"], query["nonce"], query)))
    answer = post(client, token, query["state"], headers=FRAMED)
    assert answer.location.startswith("/courses/")
    # The next activity in this browser needs no look any more.
    assert begin(client, lms).location.startswith("https://lms.example/auth")


@pytest.mark.parametrize("dest", [None, "document", "empty"])
def test_programs_and_tabs_are_sent_to_the_platform_at_once(
    client: FlaskClient, lms: Lms, dest: str | None
) -> None:
    headers = {"Sec-Fetch-Dest": dest} if dest else {}
    answer = client.get("/lti/login", query_string=lms.initiation(**STORED), headers=headers)
    assert answer.location.startswith("https://lms.example/auth")


def test_without_cookie_and_storage_a_tab_begins_the_same_login(client: FlaskClient, lms: Lms) -> None:
    page = without_cookies(client, lms)
    assert "Open this in a new tab" in page
    address = re.search(r'href="(/lti/login/tab[^"]*)"', page)
    assert address
    answer = client.get(address[1], headers={"Sec-Fetch-Dest": "document"})
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    assert (query["login_hint"], query["lti_message_hint"]) == ("5", '{"cmid":2}')
    token = lms.sign(lms.claims(Question(query["state"], query["nonce"], query)))
    assert post(client, token, query["state"]).location.startswith("/courses/")
    # Once: whoever finds the address in a history or a log begins nothing with it.
    again = client.application.test_client().get(address[1], headers={"Sec-Fetch-Dest": "document"})
    assert_refused(again, "state-used")


def test_a_login_that_goes_on_in_a_tab_is_over_in_its_frame(client: FlaskClient, lms: Lms) -> None:
    question = lms.login(client, **STORED)
    refused = post(
        client.application.test_client(), lms.sign(lms.claims(question)), question.state, headers=FRAMED
    )
    address = re.search(r'href="(/lti/login/tab[^"]*)"', refused.text)
    assert address
    assert client.get(address[1]).status_code == 302
    assert_refused(post(client, lms.sign(lms.claims(question)), question.state), "state-used")


def test_the_secret_goes_to_the_platforms_own_origin(client: FlaskClient, lms: Lms) -> None:
    page = without_cookies(client, lms, lti_storage_target="post_message_forwarding")
    assert (data(page, "frame"), data(page, "origin")) == ("post_message_forwarding", "https://lms.example")
    assert parse_qs(urlsplit(data(page, "onward")).query)["lti_storage_target"] == ["post_message_forwarding"]
    assert "<script>" not in page


def test_an_address_that_somebody_else_began_stores_a_secret_of_its_own(
    client: FlaskClient, lms: Lms
) -> None:
    """A copied address of the check cannot plant another person's login in this browser."""
    address = begin(client.application.test_client(), lms, **STORED).location
    theirs = parse_qs(urlsplit(address).query)["state"][0]
    page = client.get(address, headers=OWN_FRAME).text
    assert theirs not in data(page, "onward")
    assert theirs not in data(page, "key")


def test_a_launch_asks_the_storage_and_goes_on_with_what_it_keeps(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    question, secret = stored(client, lms)
    token = lms.sign(lms.claims(question))
    asking = post(client, token, question.state, headers=FRAMED)
    assert asking.status_code == 200
    assert (data(asking.text, "state"), data(asking.text, "id_token")) == (question.state, token)
    assert data(asking.text, "key").endswith(question.state)
    assert secret not in asking.text
    form = {"id_token": token, "state": question.state, "proof": secret}
    answer = client.post("/lti/launch", data=form, headers=OWN_FRAME)
    assert answer.status_code == 303
    assert re.fullmatch(r"/v/[A-Za-z0-9_-]{43}/courses/\d+/", answer.location)
    assert client.get(answer.location, headers=OWN_FRAME, follow_redirects=True).status_code == 200
    # Once, as with the cookie; and what the login began with is gone.
    assert_refused(client.post("/lti/launch", data=form, headers=OWN_FRAME), "state-used")
    session.rollback()
    used = session.query(models.Login).filter_by(state=question.state).one()
    assert used.initiation is None


@pytest.mark.parametrize("proof", ["", "x", "é", "\x00", "A" * 43])
def test_case_35_state_valid_but_the_storage_proof_is_wrong(
    client: FlaskClient, lms: Lms, proof: str
) -> None:
    question, _secret = stored(client, lms)
    form = {"id_token": lms.sign(lms.claims(question)), "state": question.state, "proof": proof}
    answer = client.post("/lti/launch", data=form, headers=OWN_FRAME)
    assert_refused(answer, "state-other-browser")
    assert "/lti/login/tab?state=" in answer.text


def test_case_35_a_proof_is_worth_nothing_for_a_login_that_gave_a_cookie(
    client: FlaskClient, lms: Lms
) -> None:
    question = lms.login(client, **STORED)
    name = f"pm_login_{question.state[:16]}"
    cookie = client.get_cookie(name, domain="tool.example", path="/lti")
    assert cookie is not None
    form = {"id_token": lms.sign(lms.claims(question)), "state": question.state, "proof": cookie.value}
    other = client.application.test_client()
    assert_refused(other.post("/lti/launch", data=form, headers=OWN_FRAME), "state-other-browser")


def test_a_storage_login_outside_a_frame_is_refused_without_asking(client: FlaskClient, lms: Lms) -> None:
    question, _secret = stored(client, lms)
    token = lms.sign(lms.claims(question))
    assert_refused(post(client, token, question.state), "state-other-browser")


@pytest.mark.parametrize("step", ["check", "tab"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "state-missing"),
        ("?state=x", "state-unknown"),
        ("?state=%00", "state-unknown"),
        (f"?state={'A' * 43}", "state-unknown"),
    ],
)
def test_steps_of_no_login_are_refused(
    client: FlaskClient, lms: Lms, step: str, query: str, code: str
) -> None:
    assert_refused(client.get(f"/lti/login/{step}{query}", headers=OWN_FRAME), code)


def test_a_platform_switched_off_meanwhile_is_refused_in_the_tab(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    page = without_cookies(client, lms)
    address = re.search(r'href="(/lti/login/tab[^"]*)"', page)
    assert address
    session.rollback()
    engine.begin_write(session)
    session.query(models.Platform).one().disabled_at = clock.now()
    session.commit()
    assert_refused(client.get(address[1]), "platform-disabled", 403)


class TestVisits:
    """Pages under the key of a visit without cookies."""

    def entered(self, client: FlaskClient, lms: Lms) -> str:
        answer = launch_by_storage(client, lms, {CLAIM + "roles": [MEMBERSHIP + "Instructor"]})
        assert not [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("peer_mentor=e")]
        return answer.location

    def test_every_address_on_a_page_carries_the_key(self, client: FlaskClient, lms: Lms) -> None:
        address = self.entered(client, lms)
        prefix = address.split("/courses/")[0]
        page = client.get(address, headers=OWN_FRAME)
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["Content-Security-Policy"].endswith("frame-ancestors https://lms.example")
        for kind, found in re.findall(r'(href|src|action)="(/[^"]*)"', page.text):
            assert found.startswith(prefix), (kind, found)
        with client.get(f"{prefix}/static/peer.css", headers={"Sec-Fetch-Site": "same-origin"}) as style:
            assert style.status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "cross-site"},
        ],
        ids=["program", "copied", "linked", "fetched"],
    )
    def test_a_copied_address_opens_nothing(
        self, client: FlaskClient, lms: Lms, headers: dict[str, str]
    ) -> None:
        answer = client.get(self.entered(client, lms), headers=headers)
        assert answer.status_code == 401
        assert 'data-error-code="not-launched"' in answer.text
        assert "Ana" not in answer.text

    def test_it_ends_after_two_hours_without_use_and_is_swept(
        self, client: FlaskClient, lms: Lms, session: Session
    ) -> None:
        address = self.entered(client, lms)
        self.age(session, IDLE * 0.75)
        assert client.get(address, headers=OWN_FRAME).status_code == 200
        self.age(session, IDLE * 0.75)
        # Its use in between prolonged it.
        assert client.get(address, headers=OWN_FRAME).status_code == 200
        self.age(session, IDLE * 1.01)
        assert client.get(address, headers=OWN_FRAME).status_code == 401
        launch_by_storage(client, lms, {"sub": "6"})
        session.rollback()
        assert session.query(models.Visit).count() == 1

    def age(self, session: Session, by: Any) -> None:
        session.rollback()
        engine.begin_write(session)
        session.query(models.Visit).one().expires_at -= by
        session.commit()

    def test_the_table_does_not_hold_the_key(self, client: FlaskClient, lms: Lms, session: Session) -> None:
        key = self.entered(client, lms).split("/")[2]
        session.rollback()
        visit = session.query(models.Visit).one()
        assert key not in visit.digest + visit.content

    def test_an_unknown_key_opens_nothing(self, client: FlaskClient, lms: Lms) -> None:
        self.entered(client, lms)
        for key in ("A" * 43, "short", "A" * 44):
            answer = client.get(f"/v/{key}/courses/1/", headers=OWN_FRAME)
            assert answer.status_code in {401, 404}

    def test_no_message_is_taken_under_a_key(self, client: FlaskClient, lms: Lms) -> None:
        prefix = self.entered(client, lms).split("/courses/")[0]
        for path in ("/lti/login", "/lti/launch", "/lti/login/check", "/lti/login/tab"):
            assert client.get(prefix + path, headers=OWN_FRAME).status_code == 404

    def test_forms_are_checked_and_their_words_reach_the_next_page(
        self, client: FlaskClient, lms: Lms
    ) -> None:
        client.application.config["WTF_CSRF_ENABLED"] = True
        address = self.entered(client, lms)
        form = f"{address}timezone"
        refused = client.post(form, data={"timezone": "Asia/Tokyo"}, headers=OWN_FRAME)
        assert 'data-error-code="form-expired"' in refused.text
        page = client.get(f"{form}?back={address}", headers=OWN_FRAME).text
        values = {
            "csrf_token": data(page, "csrf_token"),
            "back": data(page, "back"),
            "timezone": "Asia/Tokyo",
        }
        answer = client.post(form, data=values, headers=OWN_FRAME)
        assert (answer.status_code, answer.location) == (303, address)
        assert "Times are now shown in Asia/Tokyo" in client.get(address, headers=OWN_FRAME).text
        assert "Times are now shown in" not in client.get(address, headers=OWN_FRAME).text


RETURN = CLAIM + "launch_presentation"


class TestTheWayBack:
    """The platform's return URL with the reason (LTI 1.3 core 5.4.4)."""

    def link(self, page: str) -> str | None:
        found = re.search(r'href="([^"]*)"[^>]*>Back to the course', page)
        return unescape(found[1]) if found else None

    def test_a_launch_without_a_course_leads_back_with_the_reason(
        self, client: FlaskClient, lms: Lms
    ) -> None:
        presentation = {"return_url": "https://lms.example/return?course=2"}
        answer = lms.launch(client, {CLAIM + "context": GONE, RETURN: presentation})
        link = self.link(answer.text)
        assert link is not None
        assert link.startswith("https://lms.example/return?course=2&")
        said = parse_qs(urlsplit(link).query)
        assert said["lti_errormsg"][0].startswith("This was not opened from a course")
        assert answer.headers["X-Request-ID"] in said["lti_errorlog"][0]

    def test_an_unknown_deployment_leads_back(self, client: FlaskClient, lms: Lms) -> None:
        answer = lms.launch(client, {CLAIM + "deployment_id": "9"})
        assert_refused(answer, "deployment-pending", 403)
        assert (self.link(answer.text) or "").startswith("https://lms.example/return?lti_errormsg=")

    def test_an_observer_is_led_back(self, client: FlaskClient, lms: Lms) -> None:
        answer = lms.launch(client, {CLAIM + "roles": [MEMBERSHIP + "Mentor"]})
        page = client.get(answer.location).text
        assert "an observer of this course" in page
        assert self.link(page) == "https://lms.example/return"

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "http://lms.example/return",
            7,
            "x" * 9000,
        ],
    )
    def test_an_address_that_is_none_or_less_safe_is_not_offered(
        self, client: FlaskClient, lms: Lms, url: Any
    ) -> None:
        changes = {CLAIM + "deployment_id": "9", RETURN: {"return_url": url}}
        assert self.link(lms.launch(client, changes).text) is None

    def test_nobody_but_the_platform_can_name_it(self, client: FlaskClient, lms: Lms) -> None:
        evil = {
            "return_url": "https://evil.example/",
            "launch_presentation_return_url": "https://evil.example/",
        }
        answer = client.post("/lti/login", data=lms.initiation(iss="https://unknown.example") | evil)
        assert "evil.example" not in answer.text
        question = lms.login(client)
        forged = lms.sign(lms.claims(question, {RETURN: evil, "nonce": "other"}))
        assert "evil.example" not in post(client, forged, question.state).text
