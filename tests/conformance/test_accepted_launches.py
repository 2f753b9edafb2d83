"""Launches that must be let in, and what the tool then knows."""

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from tests.cast import make_cohort
from tests.lms import CLAIM, GONE, MEMBERSHIP, TARGET, Lms, assert_refused, member_of, post

NOW = int(time.time())
TEACHING_ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

ROLES = [
    pytest.param([MEMBERSHIP + "Learner"], "learner", id="accepted_learner"),
    pytest.param([MEMBERSHIP + "Instructor"], "instructor", id="accepted_instructor"),
    pytest.param(["Instructor"], "instructor", id="accepted_a_short_role"),
    pytest.param(["Learner"], "learner", id="accepted_a_short_learner"),
    pytest.param(
        [MEMBERSHIP + "Learner", MEMBERSHIP + "Instructor"], "instructor", id="accepted_several_roles"
    ),
    pytest.param([], "none", id="accepted_empty_roles"),
    pytest.param(["http://example.test/roles#Wizard"], "none", id="accepted_an_unknown_role"),
    pytest.param([""], "none", id="accepted_an_empty_role"),
    pytest.param(
        [MEMBERSHIP + "Instructor", TEACHING_ASSISTANT], "assistant", id="accepted_canvas_double_role_of_a_ta"
    ),
    pytest.param([TEACHING_ASSISTANT], "assistant", id="accepted_a_sub_role_alone"),
    pytest.param(["TeachingAssistant"], "assistant", id="accepted_a_short_ta"),
    pytest.param(["Instructor#TeachingAssistant"], "assistant", id="accepted_a_short_sub_role"),
    pytest.param([MEMBERSHIP + "Mentor"], "observer", id="accepted_ltis_mentor_is_an_observer"),
    pytest.param(
        [MEMBERSHIP + "Mentor", MEMBERSHIP + "Learner"], "learner", id="accepted_a_learner_who_also_observes"
    ),
    pytest.param(
        [MEMBERSHIP + "Administrator"], "administrator", id="accepted_an_administrator_of_the_course"
    ),
    pytest.param(
        [INSTITUTION + "Administrator"], "administrator", id="accepted_an_administrator_not_enrolled"
    ),
    pytest.param([SYSTEM + "SysAdmin"], "administrator", id="accepted_a_system_administrator"),
    pytest.param(
        [INSTITUTION + "Administrator", MEMBERSHIP + "Learner"],
        "learner",
        id="accepted_the_course_outranks_the_rest",
    ),
    pytest.param(
        [INSTITUTION + "Instructor"], "none", id="accepted_an_institution_role_without_a_course_role"
    ),
    pytest.param(
        [INSTITUTION + "Faculty", INSTITUTION + "Student"], "none", id="accepted_institution_roles_only"
    ),
    pytest.param([MEMBERSHIP + "Learner", TEST_USER], "learner", id="accepted_canvas_test_student"),
]


@pytest.mark.parametrize(("roles", "role"), ROLES)
def test_the_roles_of_the_platform_give_one_role_in_the_course(
    client: FlaskClient, lms: Lms, session: Session, roles: list[str], role: str
) -> None:
    answer = lms.launch(client, {CLAIM + "roles": roles})
    assert member_of(session, answer).role == role


def test_canvas_test_student_is_marked_as_one(client: FlaskClient, lms: Lms, session: Session) -> None:
    roles = [MEMBERSHIP + "Learner", TEST_USER]
    assert member_of(session, lms.launch(client, {CLAIM + "roles": roles})).is_test
    assert not member_of(session, lms.launch(client, {"sub": "6"})).is_test


ACCEPTED = [
    pytest.param({"aud": ["client-1"]}, id="accepted_aud_a_list_of_one"),
    pytest.param({"azp": "client-1"}, id="accepted_azp_the_client"),
    pytest.param({"iat": NOW + 30}, id="accepted_case_28_iat_ahead_inside_the_leeway"),
    pytest.param({"exp": NOW - 20}, id="accepted_case_25_expired_inside_the_leeway"),
    pytest.param({"iat": NOW - 300}, id="accepted_a_slow_person"),
    pytest.param({"exp": NOW + 3600}, id="accepted_valid_for_an_hour_as_canvas_has_it"),
    pytest.param({"iat": float(NOW)}, id="accepted_times_with_a_fraction"),
    pytest.param({"nbf": NOW}, id="accepted_nbf"),
    pytest.param({"name": GONE}, id="accepted_email_only"),
    pytest.param({"email": GONE}, id="accepted_names_only"),
    pytest.param({"name": GONE, "email": GONE}, id="accepted_no_personal_data"),
    pytest.param(
        {"name": 7, "email": {}, "zoneinfo": [], "locale": 1}, id="accepted_personal_data_of_a_wrong_shape"
    ),
    pytest.param({"name": "A\x00\ud800\u202eb" * 2000}, id="accepted_a_name_of_odd_characters_without_end"),
    pytest.param({CLAIM + "context": {"id": "c"}}, id="accepted_a_context_with_an_id_only"),
    pytest.param({CLAIM + "resource_link": {"id": "r"}}, id="accepted_a_resource_link_with_an_id_only"),
    pytest.param({CLAIM + "launch_presentation": GONE}, id="accepted_no_presentation"),
    pytest.param(
        {CLAIM + "custom": ["x"], CLAIM + "launch_presentation": "x"}, id="accepted_optional_claims_misshapen"
    ),
    pytest.param({"sub": "x" * 255}, id="accepted_sub_of_255_characters"),
    pytest.param({"https://example.test/own": {"any": "thing"}}, id="accepted_claims_that_nobody_knows"),
]


ONLY_A_LINK = {
    "name": GONE,
    "email": GONE,
    CLAIM + "context": {"id": "course-1"},
    CLAIM + "resource_link": {"id": "link-1"},
    CLAIM + "launch_presentation": GONE,
}
ACCEPTED.append(pytest.param(ONLY_A_LINK, id="accepted_a_student_with_only_a_resource_link"))


@pytest.mark.parametrize("changes", ACCEPTED)
def test_a_launch_is_let_in(client: FlaskClient, lms: Lms, session: Session, changes: dict[str, Any]) -> None:
    # The times above were taken when the tests were collected, which may be minutes ago.
    passed = int(time.time()) - NOW
    moved = {name: value + passed for name, value in changes.items() if name in {"iat", "exp", "nbf"}}
    answer = lms.launch(client, changes | moved)
    assert answer.status_code == 303, answer.text
    assert answer.location == f"/courses/{member_of(session, answer).course_id}/"
    assert client.get(answer.location).status_code in {200, 302, 303}


def test_several_audiences_are_accepted_when_all_are_registrations_of_this_tool(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    Lms(client_id="client-2").register(session)
    answer = lms.launch(client, {"aud": ["client-2", "client-1"], "azp": "client-1"})
    assert answer.status_code == 303


def test_accepted_no_context_shows_that_the_course_is_unknown(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    for context in (GONE, None):
        assert_refused(lms.launch(client, {CLAIM + "context": context}), "course-unknown", 200)
    session.rollback()
    assert session.query(models.Member).count() == 0


def test_a_header_with_certificates_and_unknown_parameters_is_accepted(client: FlaskClient, lms: Lms) -> None:
    header = {"x5c": ["MIIB" + "A" * 3000], "x5t": "thumb", "whatever": 1}
    assert lms.launch(client, header=header).status_code == 303


def test_another_page_of_this_host_may_be_the_target(client: FlaskClient, lms: Lms) -> None:
    target = TARGET + "?cohort=7"
    question = lms.login(client, target_link_uri=target)
    token = lms.sign(lms.claims(question, {CLAIM + "target_link_uri": target}))
    assert post(client, token, question.state).status_code == 303


def test_two_activities_may_be_opened_at_the_same_time(client: FlaskClient, lms: Lms) -> None:
    first, second = lms.login(client), lms.login(client)
    assert post(client, lms.sign(lms.claims(second)), second.state).status_code == 303
    assert post(client, lms.sign(lms.claims(first)), first.state).status_code == 303


def test_a_launch_is_written_down_once_however_often_it_comes(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    ags = {
        "lineitems": "https://lms.example/items?type_id=1",
        "lineitem": "https://lms.example/items/2/lineitem?type_id=1",
        "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score", 7],
    }
    extras = {
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": ags,
        "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
            "context_memberships_url": "https://lms.example/memberships"
        },
        "zoneinfo": "Asia/Kathmandu",
    }
    for _time in range(2):
        member = member_of(session, lms.launch(client, extras))
    for model in (models.Course, models.ResourceLink, models.Person, models.Member):
        assert session.query(model).count() == 1
    course, link = member.course, session.query(models.ResourceLink).one()
    assert (course.context_id, course.label, course.title) == ("course-1", "BIO101", "Bio 101")
    assert course.memberships_url == "https://lms.example/memberships"
    assert course.lineitems_url == ags["lineitems"]
    assert course.scopes == ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    assert (link.link_id, link.title, link.lineitem_url) == ("link-1", "Find a peer mentor", ags["lineitem"])
    assert (member.person.name, member.person.email) == ("Ana Álvarez", "ana@example.test")
    assert (member.person.timezone, member.person.locale) == ("Asia/Kathmandu", "en")
    assert member.role_from_launch


def test_services_that_are_offered_no_more_are_forgotten(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    nrps = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
    lms.launch(client, {nrps: {"context_memberships_url": "https://lms.example/memberships"}})
    member = member_of(session, lms.launch(client))
    assert member.course.memberships_url is None
    assert member.course.scopes == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", 7, "x" * 5000, "https://a b/"])
def test_service_addresses_that_are_none_count_as_absent(
    client: FlaskClient, lms: Lms, session: Session, url: Any
) -> None:
    nrps = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
    member = member_of(session, lms.launch(client, {nrps: {"context_memberships_url": url}}))
    assert member.course.memberships_url is None


def test_the_time_zone_that_a_person_has_is_kept(client: FlaskClient, lms: Lms, session: Session) -> None:
    lms.launch(client, {"zoneinfo": "Asia/Kathmandu"})
    member = member_of(session, lms.launch(client, {"zoneinfo": "Europe/Paris"}))
    assert member.person.timezone == "Asia/Kathmandu"


def test_people_without_a_name_get_distinct_readable_pseudonyms(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    for number in range(8):
        lms.launch(client, {"sub": str(number), "name": GONE})
    session.rollback()
    names = [member.display_name for member in session.query(models.Member)]
    assert len(set(names)) == 8
    assert all(name.replace(" ", "").isalnum() and " " in name for name in names)


def test_the_same_subject_of_two_platforms_is_two_people(
    client: FlaskClient, lms: Lms, session: Session, outside: Any
) -> None:
    other = Lms(issuer="https://other.example")
    other.register(session)
    other.publish(outside)
    first = member_of(session, lms.launch(client))
    second = member_of(session, other.launch(client))
    assert first.person_id != second.person_id
    assert first.course_id != second.course_id


def test_the_browser_is_let_into_the_course_and_the_login_cookie_goes(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    question = lms.login(client)
    answer = post(client, lms.sign(lms.claims(question)), question.state)
    member = member_of(session, answer)
    cookies = answer.headers.getlist("Set-Cookie")
    [entry] = [one for one in cookies if one.startswith("peer_mentor=")]
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned"):
        assert attribute in entry.split("; ")
    [gone] = [one for one in cookies if one.startswith("pm_login_")]
    assert "Max-Age=0" in gone
    assert "Partitioned" in gone
    with client.session_transaction() as cookie:
        kept = cookie["courses"][str(member.course_id)]
    assert kept["member"] == member.id
    assert kept["frames"] == ["https://lms.example"]


def test_only_the_platform_may_frame_the_page_that_a_launch_leads_to(client: FlaskClient, lms: Lms) -> None:
    presentation = {"return_url": "https://school.lms.example:8443/back; script-src *"}
    answer = lms.launch(client, {CLAIM + "launch_presentation": presentation})
    page = client.get(urlsplit(answer.location).path)
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors https://lms.example")


def test_the_key_set_holds_the_public_half_only(client: FlaskClient) -> None:
    answer = client.get("/lti/jwks")
    [key] = answer.get_json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert client.get("/lti/jwks").get_json() == answer.get_json()


def test_a_placed_link_is_bound_to_its_cohort_and_no_other_courses(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    course = member_of(session, lms.launch(client)).course
    elsewhere = member_of(session, lms.launch(client, {CLAIM + "context": {"id": "course-2"}})).course
    session.rollback()
    engine.begin_write(session)
    founder = session.query(models.Member).filter_by(course_id=course.id).one()
    mine, _one, _two = make_cohort(session, course, founder)
    theirs, _one, _two = make_cohort(session, elsewhere, founder)
    session.commit()
    column = {"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {"lineitem": "https://lms.example/1"}}
    for key, bound in ((mine.id, mine.id), (theirs.id, mine.id), ("$x", mine.id), ("9" * 30, mine.id)):
        lms.launch(client, column | {CLAIM + "custom": {"cohort_id": str(key)}})
        session.rollback()
        link = session.query(models.ResourceLink).filter_by(course_id=course.id).one()
        assert (link.cohort_id, link.lineitem_url) == (bound, "https://lms.example/1")
