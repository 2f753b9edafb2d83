"""The administration: who is let in, and what each change does."""

from datetime import timedelta

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti import keys, roster
from lti_tool.lti.memberships import RosterMember
from lti_tool.lti.roles import Role
from lti_tool.rooms.admin import service
from lti_tool.web.access import ACCESS
from tests.cast import Cast, administer, enter
from tests.integration.rooms.writing import fresh, write
from tests.lms import CLAIM, GONE, MEMBERSHIP, Lms

ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
PUBLIC_URL = "https://tool.example"
JSON = {"Accept": "application/json"}


def platform_url(cast: Cast) -> str:
    return f"/admin/platforms/{cast.platform.id}"


def log_of(session: Session) -> list[str]:
    session.rollback()
    return [entry.action for entry in session.query(models.AuditEntry).order_by(models.AuditEntry.id)]


def test_a_link_lets_one_browser_in_once(client: FlaskClient, app: Flask, session: Session) -> None:
    write(session)
    url = service.make_link(session, PUBLIC_URL).url
    session.commit()
    assert client.get(url).status_code == 200
    secret = url.partition("link=")[2]
    assert client.post("/admin/enter", data={"link": secret}).location == "/admin/platforms"
    assert client.get("/admin/platforms").status_code == 200
    again = app.test_client().post("/admin/enter", data={"link": secret})
    assert (again.status_code, "link-used" in again.text) == (403, True)
    assert log_of(session) == ["link.made", "link.used"]


def test_a_link_ends_after_a_quarter_of_an_hour(client: FlaskClient, session: Session) -> None:
    write(session)
    secret = service.make_link(session, PUBLIC_URL).url.partition("link=")[2]
    session.commit()
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert client.post("/admin/enter", data={"link": secret}).status_code == 403
    assert client.get("/admin/platforms").status_code == 403


def test_a_visit_by_link_ends_after_two_hours(client: FlaskClient, session: Session) -> None:
    write(session)
    secret = service.make_link(session, PUBLIC_URL).url.partition("link=")[2]
    session.commit()
    client.post("/admin/enter", data={"link": secret})
    with clock.at(clock.now() + timedelta(hours=3)):
        assert client.get("/admin/platforms").status_code == 403


@pytest.mark.parametrize("who", ["mentee", "instructor", "expert"])
def test_members_of_a_course_are_no_administrators(client: FlaskClient, cast: Cast, who: str) -> None:
    enter(client, getattr(cast, who))
    for address in ("/admin/platforms", "/admin/keys", "/admin/log", platform_url(cast)):
        answer = client.get(address, headers=JSON)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "administrators-only")


def test_an_administrator_of_an_lms_sees_their_own_platform_only(client: FlaskClient, cast: Cast) -> None:
    other = cast.other_platform.course.deployment.platform_id
    administer(client, cast.platform.id)
    assert client.get(platform_url(cast)).status_code == 200
    assert client.get(f"/admin/platforms/{other}").status_code == 404
    assert client.post(f"/admin/platforms/{other}/switch", data={"on": "no"}).status_code == 404
    for endpoint in ("platforms", "platforms/add", "keys"):
        assert client.get(f"/admin/{endpoint}", headers=JSON).status_code == 403


def test_the_log_of_one_platform_is_not_shown_to_another(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    write(session)
    service.switch(session, cast.platform, "link 77", on=False)
    session.commit()
    administer(client, cast.other_platform.course.deployment.platform_id)
    assert "Link 77" not in client.get(f"/admin/log?platform={cast.platform.id}").text
    administer(client, cast.platform.id)
    assert "Link 77" in client.get("/admin/log").text


@pytest.fixture
def lms(session: Session) -> Lms:
    made = Lms(issuer="https://moodle.example")
    made.register(session)
    return made


@responses.activate
def test_an_administrator_who_is_launched_reaches_the_administration(
    client: FlaskClient, session: Session, lms: Lms
) -> None:
    lms.publish(responses.mock)
    lms.launch(client, {CLAIM + "roles": [MEMBERSHIP + "Instructor", ADMINISTRATOR]})
    home = client.get("/admin/")
    page = client.get(home.location)
    assert page.status_code == 200
    assert "frame-ancestors https://moodle.example" in page.headers["Content-Security-Policy"]


@responses.activate
def test_an_administrator_without_a_course_lands_in_the_administration(client: FlaskClient, lms: Lms) -> None:
    lms.publish(responses.mock)
    answer = lms.launch(client, {CLAIM + "roles": [ADMINISTRATOR], CLAIM + "context": GONE})
    assert (answer.status_code, answer.location) == (303, "/admin/")


@responses.activate
def test_whoever_is_launched_after_an_administrator_is_none(client: FlaskClient, lms: Lms) -> None:
    lms.publish(responses.mock)
    lms.launch(client, {CLAIM + "roles": [ADMINISTRATOR]})
    assert client.get("/admin/").status_code == 303
    lms.launch(client, {"sub": "6"})
    assert client.get("/admin/", headers=JSON).status_code == 403


def test_a_deployment_is_let_in_and_kept_out(client: FlaskClient, session: Session, cast: Cast) -> None:
    administer(client)
    at = f"{platform_url(cast)}/deployments/{cast.course.deployment_id}"
    page = client.post(f"{at}/withdraw", follow_redirects=True)
    assert "Waits for your yes" in page.text
    assert f"{at}/approve" in page.text
    client.post(f"{at}/withdraw")
    client.post(f"{at}/approve")
    fresh(session)
    assert cast.course.deployment.approved_at is not None
    assert log_of(session) == ["deployment.withdrawn", "deployment.approved"]


def test_a_deployment_of_another_platform_is_not_found(client: FlaskClient, cast: Cast) -> None:
    administer(client)
    elsewhere = cast.other_platform.course.deployment_id
    at = f"{platform_url(cast)}/deployments/{elsewhere}/withdraw"
    assert client.post(at).status_code == 404


def test_a_platform_is_switched_off_and_on(client: FlaskClient, session: Session, cast: Cast) -> None:
    administer(client)
    page = client.post(f"{platform_url(cast)}/switch", data={"on": "no"}, follow_redirects=True)
    assert "This platform is switched off" in page.text
    # The undo button's address says it all.
    client.post(f"{platform_url(cast)}/switch?on=yes")
    fresh(session)
    assert cast.platform.disabled_at is None


def test_names_are_erased_and_not_stored_again(client: FlaskClient, session: Session, cast: Cast) -> None:
    administer(client)
    client.post(f"{platform_url(cast)}/names", data={"keep": "no"})
    fresh(session)
    people = session.query(models.Person).filter_by(platform_id=cast.platform.id).all()
    assert {(one.name, one.email) for one in people} == {(None, None)}
    assert cast.other_platform.person.name == "Tess Elsewhere"
    assert cast.mentee.display_name == cast.mentee.pseudonym


@responses.activate
def test_a_launch_leaves_no_name_where_none_are_kept(client: FlaskClient, session: Session, lms: Lms) -> None:
    write(session)
    session.query(models.Platform).filter_by(issuer=lms.issuer).one().keeps_names = False
    session.commit()
    lms.publish(responses.mock)
    lms.launch(client)
    session.rollback()
    person = session.query(models.Person).filter_by(sub="5").one()
    assert (person.name, person.email) == (None, None)


def test_an_invite_is_shown_once_and_can_be_withdrawn(client: FlaskClient, session: Session) -> None:
    administer(client)
    page = client.post("/admin/invites", data={"name": "Faculty of Arts"})
    assert f"{PUBLIC_URL}/lti/register?invite=" in page.text
    listed = client.get("/admin/platforms/add")
    assert "Faculty of Arts" in listed.text
    assert "invite=" not in listed.text
    invite = session.query(models.Invite).one()
    client.post(f"/admin/invites/{invite.id}/withdraw")
    fresh(session)
    assert invite.expires_at <= clock.now()
    assert "Faculty of Arts" not in client.get("/admin/platforms/add").text


def test_a_platform_is_registered_by_hand(client: FlaskClient, session: Session) -> None:
    administer(client)
    form = {
        "issuer": "https://canvas.example",
        "client_id": "10000000000001",
        "auth_url": "https://canvas.example/auth",
        "token_url": "https://canvas.example/token",
        "jwks_url": "https://canvas.example/jwks",
        "deployment_id": "1:abc",
        "name": "Our Canvas",
    }
    answer = client.post("/admin/platforms/add", data=form)
    added = session.query(models.Platform).one()
    assert answer.location == f"/admin/platforms/{added.id}"
    assert [one.deployment_id for one in added.deployments] == ["1:abc"]
    assert log_of(session) == ["platform.added"]


def test_a_wrong_address_is_told_next_to_its_field(client: FlaskClient) -> None:
    administer(client)
    form = {
        "issuer": "https://canvas.example",
        "client_id": "1",
        "auth_url": "canvas.example/auth",
        "token_url": "https://canvas.example/token",
        "jwks_url": "https://canvas.example/jwks",
    }
    answer = client.post("/admin/platforms/add", data=form)
    assert answer.status_code == 422
    assert 'id="auth_url-error"' in answer.text
    assert 'value="canvas.example/auth"' in answer.text


def test_a_new_key_is_published_a_day_before_it_signs(client: FlaskClient, session: Session) -> None:
    old = keys.signing_key().kid
    administer(client)
    client.post("/admin/keys/rotate")
    client.post("/admin/keys/rotate")
    kids = [key["kid"] for key in client.get("/lti/jwks").get_json()["keys"]]
    assert len(kids) == 2
    assert keys.signing_key().kid == old
    new = next(kid for kid in kids if kid != old)
    with clock.at(clock.now() + keys.PUBLISHED_BEFORE):
        assert keys.signing_key().kid == new
        assert old in [key["kid"] for key in keys.key_set()["keys"]]


def test_the_only_key_that_signs_is_not_retired(client: FlaskClient, session: Session) -> None:
    old = keys.signing_key().kid
    administer(client)
    client.post("/admin/keys/rotate")
    page = client.post(f"/admin/keys/{old}/retire", follow_redirects=True)
    assert "the only key that signs" in page.text
    fresh(session)
    assert session.get_one(models.ToolKey, old).retired_at is None
    assert client.post("/admin/keys/unknown/retire").status_code == 404


def test_each_page_has_a_constant_number_of_queries(
    client: FlaskClient, session: Session, cast: Cast, app: Flask
) -> None:
    administer(client)
    counted = {"n": 0}
    event.listen(session.get_bind(), "before_cursor_execute", lambda *_: counted.update(n=counted["n"] + 1))

    def queries(address: str) -> int:
        counted["n"] = 0
        assert client.get(address).status_code == 200
        return counted["n"]

    pages = ["/admin/platforms", "/admin/log", "/admin/platforms/add", platform_url(cast)]
    before = [queries(page) for page in pages]
    write(session)
    for number in range(30):
        service.invite(session, PUBLIC_URL, "link 1", f"Platform {number}")
        session.add(models.Deployment(platform=cast.platform, deployment_id=f"d{number}", approved_at=None))
        session.add(
            models.Platform(
                name=f"P{number}",
                issuer=f"https://p{number}.example",
                client_id="1",
                auth_url="https://p.example",
                token_url="https://p.example",
                jwks_url="https://p.example",
                created_at=clock.now(),
            )
        )
    session.commit()
    assert [queries(page) for page in pages] == before


def test_every_page_of_the_administration_is_refused_without_a_visit(
    client: FlaskClient, app: Flask, cast: Cast
) -> None:
    values = {"platform_id": 1, "deployment_id": 1, "invite_id": 1, "kid": "k"}
    adapter = app.url_map.bind("tool.example")
    for endpoint in ACCESS["operator"] | ACCESS["administrator"]:
        rule = next(app.url_map.iter_rules(endpoint))
        address = adapter.build(endpoint, {name: values[name] for name in rule.arguments})
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(address, method=method, headers=JSON)
        assert (answer.status_code, endpoint) == (403, endpoint)


def test_a_course_list_leaves_no_names_where_none_are_kept(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    administer(client)
    client.post(f"{platform_url(cast)}/names", data={"keep": "no"})
    write(session)
    listed = [RosterMember("new", "Nora New", "nora@example.test", Role.LEARNER, True)]
    roster.apply(session, session.get_one(models.Course, cast.course.id), listed, read_at=clock.now())
    session.commit()
    person = session.query(models.Person).filter_by(sub="new").one()
    assert (person.name, person.email) == (None, None)
