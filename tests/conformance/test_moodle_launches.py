"""Launches recorded from a real Moodle, with their times moved and signed anew, land with the right role."""

import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import models
from tests.captures import moodle
from tests.lms import CLAIM, TARGET, Lms, assert_refused, member_of, post, rsa_key

ISSUER = "http://127.0.0.1:8085"
LANDS_ON = {"learner": "Find a peer mentor</h1>", "instructor": "Create your first cohort"}
"""What people meet in a course that has no cohort yet."""


def replay(client: FlaskClient, session: Session, outside: responses.RequestsMock, name: str) -> TestResponse:
    """The recorded visit, from the login initiation to the launch."""
    recorded = moodle(f"id_token_{name}")
    payload: dict[str, Any] = recorded["payload"]
    lms = Lms(
        issuer="https://moodle.example",
        client_id=payload["aud"],
        deployment_id=payload[CLAIM + "deployment_id"],
        kid=recorded["header"]["kid"],
        key=rsa_key("moodle"),
    )
    lms.register(session)
    if not any(one.url == lms.jwks_url for one in outside.registered()):
        lms.publish(outside)
    initiation = {
        field: values[0] for field, values in moodle(f"login_initiation_{name}")["request"]["form"].items()
    }
    login = client.post("/lti/login", data=initiation | {"iss": lms.issuer, "target_link_uri": TARGET})
    question = dict(parse_qsl(urlsplit(login.location).query))
    # The question has exactly the parameters that Moodle accepted when the recording was made.
    asked = moodle(f"auth_request_{name}")["params"]
    own = ("state", "nonce", "redirect_uri", "tenant")
    assert {key: value for key, value in question.items() if key not in own} == {
        key: value for key, value in asked.items() if key not in own
    }
    moment = int(time.time())
    claims = payload | {
        "iss": lms.issuer,
        "nonce": question["nonce"],
        "iat": moment,
        "exp": moment + recorded["exp_minus_iat"],
        CLAIM + "target_link_uri": TARGET,
    }
    return post(client, lms.sign(claims, recorded["header"]), question["state"])


@pytest.mark.parametrize(
    ("name", "role", "shown"),
    [
        ("student", "learner", "Ana Álvarez"),
        ("student_no_idnumber", "learner", None),
        ("student_window", "learner", None),
        ("teacher", "instructor", "Tess Teacher"),
        ("non_editing_teacher", "instructor", "Nora Noneditor"),
        ("admin", "instructor", None),
        ("teacher_plain_activity", "instructor", "Tess Teacher"),
        ("teacher_switched_to_student", "learner", "Tess Teacher"),
    ],
)
def test_a_recorded_person_lands_with_the_right_role(
    client: FlaskClient,
    session: Session,
    outside: responses.RequestsMock,
    name: str,
    role: str,
    shown: str | None,
) -> None:
    member = member_of(session, replay(client, session, outside, name))
    assert member.role == role
    assert shown in {None, member.display_name}
    assert member.course.title == "Bio 101"
    page = client.get(f"/courses/{member.course_id}/")
    assert page.status_code == 200
    assert LANDS_ON[role] in page.text


def test_a_recorded_graded_activity_offers_roster_and_gradebook(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    member = member_of(session, replay(client, session, outside, "student"))
    link = session.query(models.ResourceLink).one()
    assert member.course.memberships_url == (
        f"{ISSUER}/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
    )
    assert member.course.lineitems_url == f"{ISSUER}/mod/lti/services.php/2/lineitems?type_id=1"
    assert link.lineitem_url == f"{ISSUER}/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1"
    assert "https://purl.imsglobal.org/spec/lti-ags/scope/score" in member.course.scopes
    # "99" is Moodle's way to say that no time zone was chosen.
    assert member.person.timezone is None


def test_a_recorded_plain_activity_has_no_column_of_its_own(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    member = member_of(session, replay(client, session, outside, "teacher_plain_activity"))
    assert session.query(models.ResourceLink).one().lineitem_url is None
    assert member.course.lineitems_url is not None


def test_a_recorded_person_without_name_and_email_is_shown_by_a_pseudonym(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    member = member_of(session, replay(client, session, outside, "privacy_delegated"))
    assert (member.person.name, member.person.email) == (None, None)
    assert member.display_name == member.pseudonym != ""


def test_a_teacher_is_a_learner_only_while_switched_to_student(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    visits = ["teacher", "teacher_switched_to_student", "teacher"]
    roles = []
    for name in visits:
        member = member_of(session, replay(client, session, outside, name))
        roles.append(member.role)
    assert roles == ["instructor", "learner", "instructor"]
    assert session.query(models.Member).count() == 1


def test_a_recorded_deep_linking_request_leads_to_the_choice(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    answer = replay(client, session, outside, "deep_linking")
    member = member_of(session, answer)
    assert "/placing/" in answer.location
    page = client.get(answer.location)
    assert "Add peer mentoring to your course" in page.text
    # Moodle takes several, in a frame or a window, and says nothing of columns.
    asked = session.query(models.DeepLinkRequest).one()
    assert (asked.accepts_several, asked.accepts_line_item, asked.data) == (True, None, None)
    assert asked.targets == ["iframe", "window"]
    assert member.role == "instructor"


def test_a_recorded_deep_linking_request_does_not_take_the_roster_away(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    member_of(session, replay(client, session, outside, "teacher"))
    course = session.query(models.Course).one()
    before = (course.memberships_url, course.lineitems_url, course.scopes)
    assert before[0] is not None
    member_of(session, replay(client, session, outside, "deep_linking"))
    session.refresh(course)
    assert (course.memberships_url, course.lineitems_url, course.scopes) == before


def test_a_recorded_review_of_somebody_who_takes_no_part_is_explained(
    client: FlaskClient, session: Session, outside: responses.RequestsMock
) -> None:
    assert_refused(replay(client, session, outside, "submission_review"), "review-person-unknown", 404)


@pytest.mark.parametrize("name", ["wrong_login_hint", "wrong_client_id", "no_response_mode"])
def test_a_recorded_error_of_the_platform_is_explained(client: FlaskClient, name: str) -> None:
    form = {field: values[0] for field, values in moodle("auth_errors")[name]["posted_to_tool"].items()}
    assert_refused(client.post("/lti/launch", data=form), "platform-refused", 403)
