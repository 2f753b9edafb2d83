"""Notices from a platform: taken once, and only from itself (case 61); and what they bring about."""

import time
from datetime import timedelta
from typing import Any

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import clock, models
from tests.cast import Cast, enter
from tests.integration.rooms.writing import fresh, write
from tests.lms import CLAIM, Lms, changed, rsa_key

JSON = {"Accept": "application/json"}
COPY_NOTICE = {"id": "n-1", "timestamp": "2026-11-25T10:00:00Z", "type": "LtiContextCopyNotice"}


@pytest.fixture
def lms(session: Session, cast: Cast) -> Lms:
    """The platform of the cast, whose course-1 has a cohort."""
    made = Lms()
    made.register(session)
    return made


def claims(lms: Lms, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    moment = int(time.time())
    right = {
        "iss": lms.issuer,
        "aud": lms.client_id,
        "iat": moment,
        "exp": moment + 60,
        "nonce": "notice-nonce-1",
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": lms.deployment_id,
        CLAIM + "notice": COPY_NOTICE,
        CLAIM + "context": {"id": "course-9", "title": "Bio 101, spring"},
        CLAIM + "origin_contexts": ["course-1"],
    }
    return changed(right, changes or {})


def send(client: FlaskClient, *tokens: str) -> TestResponse:
    return client.post("/lti/notices", json={"notices": [{"jwt": one} for one in tokens]}, headers=JSON)


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]["code"]


def origins(session: Session) -> list[tuple[str, int]]:
    fresh(session)
    return [(one.context_id, one.source_id) for one in session.query(models.CourseOrigin)]


@responses.activate
def test_a_copied_course_is_noted_with_its_origin(
    client: FlaskClient, session: Session, lms: Lms, cast: Cast
) -> None:
    lms.publish(responses.mock)
    assert send(client, lms.sign(claims(lms))).get_json() == {"accepted": 1}
    assert origins(session) == [("course-9", cast.course.id)]


@responses.activate
def test_case_61_a_notice_that_is_badly_signed_is_refused(
    client: FlaskClient, session: Session, lms: Lms
) -> None:
    lms.publish(responses.mock)
    forged = lms.sign(claims(lms), key=rsa_key("another"))
    assert code(send(client, forged)) == (400, "signature-wrong")
    assert origins(session) == []


@responses.activate
def test_case_61_a_notice_for_another_tool_is_refused(
    client: FlaskClient, session: Session, lms: Lms
) -> None:
    lms.publish(responses.mock)
    assert code(send(client, lms.sign(claims(lms, {"aud": "other"})))) == (400, "audience-wrong")
    assert origins(session) == []


@responses.activate
def test_case_61_a_notice_is_taken_once(client: FlaskClient, lms: Lms) -> None:
    lms.publish(responses.mock)
    token = lms.sign(claims(lms))
    send(client, token)
    assert code(send(client, token)) == (400, "notice-used")
    # As long as its token is valid; then it is too old in any case.
    with clock.at(clock.now() + timedelta(hours=1)):
        assert code(send(client, token)) == (400, "token-expired")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://unknown.example"}, "platform-unknown"),
    ({"exp": 1000}, "token-expired"),
    ({CLAIM + "version": "2"}, "version-wrong"),
    ({CLAIM + "deployment_id": "77"}, "deployment-unknown"),
    ({CLAIM + "notice": {"type": "Other"}}, "notice-malformed"),
    ({CLAIM + "notice": 7}, "notice-malformed"),
    ({CLAIM + "context": None}, "notice-malformed"),
    ({CLAIM + "origin_contexts": "course-1"}, "notice-malformed"),
    ({"nonce": None, CLAIM + "notice": {"type": "LtiContextCopyNotice"}}, "nonce-missing"),
]


@responses.activate
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_notice_that_is_not_whole_is_refused(client: FlaskClient, session: Session, lms: Lms) -> None:
    lms.publish(responses.mock)
    for changes, expected in WRONG:
        assert code(send(client, lms.sign(claims(lms, changes)))) == (
            403 if expected == "deployment-unknown" else 400,
            expected,
        )
    assert origins(session) == []


@responses.activate
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_a_list_with_a_bad_notice_none_is_taken(client: FlaskClient, session: Session, lms: Lms) -> None:
    lms.publish(responses.mock)
    good, bad = lms.sign(claims(lms)), lms.sign(claims(lms, {"nonce": "n2", "aud": "other"}))
    assert send(client, good, bad).status_code == 400
    assert origins(session) == []
    assert send(client, good).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_list_of_notices_is_refused(client: FlaskClient) -> None:
    for body in (b"", b"[]", b"{}", b'{"notices": []}', b'{"notices": [{"jwt": 1}]}', b"\xff", b"[" * 5000):
        assert client.post("/lti/notices", data=body, headers=JSON).status_code == 400


def copied(session: Session, cast: Cast) -> models.Member:
    """An instructor of a course that the platform calls a copy of the cast's course."""
    course, teacher = cast.outsider.course, cast.outsider
    write(session)
    session.add(
        models.CourseOrigin(
            deployment_id=course.deployment_id,
            context_id=course.context_id,
            source_id=cast.course.id,
            told_at=clock.now(),
        )
    )
    session.commit()
    return teacher


def test_the_set_up_of_the_origin_is_copied_without_its_people(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    teacher = copied(session, cast)
    home = f"/courses/{teacher.course_id}/"
    enter(client, teacher)
    assert "“Spring mentoring” ran in Bio 101" in client.get(home).text
    answer = client.post(f"{home}cohorts/copy/{cast.cohort.id}")
    again = client.post(f"{home}cohorts/copy/{cast.cohort.id}")
    assert (answer.status_code, answer.location) == (303, again.location)
    fresh(session)
    made = session.query(models.Cohort).filter_by(course_id=teacher.course_id).one()
    assert [(one.name, one.risk) for one in made.topics] == [
        ("Statistics", "high"),
        ("Scientific writing", "low"),
    ]
    assert (made.ends_on - made.starts_on).days == 90
    assert made.grade_rule.sessions_for_full == 4
    assert session.query(models.Participant).filter_by(cohort_id=made.id).count() == 0
    assert "Copy the set-up" not in client.get(home).text


def test_an_offer_that_was_declined_does_not_come_again(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    teacher = copied(session, cast)
    home = f"/courses/{teacher.course_id}/"
    enter(client, teacher)
    client.post(f"{home}cohorts/copy/{cast.cohort.id}/decline")
    client.post(f"{home}cohorts/copy/{cast.cohort.id}/decline")
    assert "Copy the set-up" not in client.get(home).text
    assert client.post(f"{home}cohorts/copy/{cast.cohort.id}").status_code == 404


def test_nothing_is_copied_from_a_course_that_is_no_origin(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    for teacher in (cast.outsider, cast.other_platform):
        enter(client, teacher)
        assert client.post(f"/courses/{teacher.course_id}/cohorts/copy/{cast.cohort.id}").status_code == 404
    assert session.query(models.Cohort).count() == 1


@responses.activate
def test_a_launch_tells_of_the_history_of_its_course(
    client: FlaskClient, session: Session, lms: Lms, cast: Cast
) -> None:
    lms.publish(responses.mock)
    custom = {"context_id_history": "course-7,course-1", "link_id_history": "link-0"}
    for _time in range(2):
        lms.launch(client, {CLAIM + "context": {"id": "course-9"}, CLAIM + "custom": custom})
    assert origins(session) == [("course-9", cast.course.id)]


@responses.activate
def test_a_duplicated_activity_opens_the_cohort_of_the_first(
    client: FlaskClient, session: Session, lms: Lms, cast: Cast
) -> None:
    write(session)
    session.add(models.ResourceLink(course_id=cast.course.id, link_id="link-0", cohort_id=cast.cohort.id))
    session.commit()
    lms.publish(responses.mock)
    lms.launch(client, {CLAIM + "custom": {"link_id_history": "link-0"}})
    fresh(session)
    assert session.query(models.ResourceLink).filter_by(link_id="link-1").one().cohort_id == cast.cohort.id


@responses.activate
def test_a_variable_that_the_platform_does_not_know_tells_nothing(
    client: FlaskClient, session: Session, lms: Lms
) -> None:
    lms.publish(responses.mock)
    lms.launch(client, {CLAIM + "custom": {"context_id_history": "$Context.id.history"}})
    assert origins(session) == []
