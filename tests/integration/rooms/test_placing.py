"""Placing the tool in a course by deep linking: the choice, the signed answer, and the placed link."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import clock, engine, models
from lti_tool.lti import deep_linking, keys
from tests.cast import Cast, enter
from tests.integration.rooms.writing import write

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
RETURN = "https://lms.example:8443/return?course=2&x=%22<b>".replace("<b>", "%3Cb%3E")


def ask(session: Session, member: models.Member, **changes: Any) -> str:
    """A deep linking request to this member; the address of its page."""
    write(session)
    settings: dict[str, Any] = {
        "deep_link_return_url": RETURN,
        "accept_types": ["ltiResourceLink"],
        "accept_multiple": True,
        "accept_presentation_document_targets": ["iframe", "window"],
        "data": "opaque & <odd>",
    } | changes
    wanted = deep_linking.parse(settings)
    asked = deep_linking.remember(session, member, wanted, settings.get("title"), settings.get("text"))
    session.commit()
    return f"/courses/{member.course_id}/placing/{asked.id}"


def answered(client: FlaskClient, response: TestResponse) -> tuple[TestResponse, dict[str, Any]]:
    """The page that posts the answer, and the claims of its token, its signature checked."""
    assert response.status_code == 303, response.text
    page = client.get(response.location)
    found = re.search(r'name="JWT" value="([^"]+)"', page.text)
    assert found
    with client.application.app_context():
        key_set = KeySet.import_key_set(keys.key_set())  # type: ignore[arg-type]
    return page, jwt.decode(found[1], key_set, algorithms=["RS256"]).claims


@pytest.fixture
def teacher(client: FlaskClient, cast: Cast) -> FlaskClient:
    enter(client, cast.instructor)
    return client


def test_a_cohort_is_placed_as_a_graded_activity(teacher: FlaskClient, cast: Cast, session: Session) -> None:
    address = ask(session, cast.instructor)
    sent = teacher.post(f"{address}/", data={"what": str(cast.cohort.id), "graded": "y", "target": "iframe"})
    page, claims = answered(teacher, sent)
    assert claims["iss"] == "client-1"
    assert claims["aud"] == "https://lms.example"
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[CLAIM + "version"] == "1.3.0"
    assert claims[CLAIM + "deployment_id"] == "1"
    assert claims[DL + "data"] == "opaque & <odd>"
    assert claims["exp"] > claims["iat"]
    (item,) = claims[DL + "content_items"]
    assert item["type"] == "ltiResourceLink"
    assert item["url"] == "https://tool.example/lti/launch"
    assert item["title"] == "Spring mentoring"
    assert item["custom"]["cohort_id"] == str(cast.cohort.id)
    assert all("=" not in value for value in item["custom"].values())  # Moodle cuts there
    column = item["lineItem"]
    assert (column["scoreMaximum"], column["resourceId"]) == (100, f"cohort-{cast.cohort.id}")
    assert column["tag"] == "participation"
    assert "iframe" in item
    # The form goes to the platform's address and to no other, escaped, with a button.
    policy = page.headers["Content-Security-Policy"]
    assert "form-action https://lms.example:8443;" in policy
    assert f'action="{RETURN.replace("&", "&amp;")}"' in page.text
    assert '<button type="submit"' in page.text
    assert (
        "form-action 'self'" in teacher.get(f"/courses/{cast.course.id}/").headers["Content-Security-Policy"]
    )


def test_several_are_placed_at_once_where_the_platform_takes_several(
    teacher: FlaskClient, cast: Cast, session: Session
) -> None:
    address = ask(session, cast.instructor)
    form = {"what": [str(cast.cohort.id), "plain"], "graded": "y", "target": "window", "title": "Ours"}
    _page, claims = answered(teacher, teacher.post(f"{address}/", data=form))
    cohort, plain = claims[DL + "content_items"]
    assert (cohort["title"], plain["title"]) == ("Spring mentoring", "Find a peer mentor")
    assert "lineItem" in cohort
    assert "lineItem" not in plain
    assert "cohort_id" not in plain["custom"]
    assert cohort["window"] == {"targetName": "_blank"}


def test_only_one_is_placed_where_the_platform_takes_one(
    teacher: FlaskClient, cast: Cast, session: Session
) -> None:
    address = ask(session, cast.instructor, accept_multiple=False)
    refused = teacher.post(f"{address}/", data={"what": [str(cast.cohort.id), "plain"], "target": "iframe"})
    assert refused.status_code == 422
    assert "Only one can be added here" in refused.text
    assert 'type="radio"' in refused.text


def test_what_the_platform_says_of_title_column_and_target_counts(
    teacher: FlaskClient, cast: Cast, session: Session
) -> None:
    address = ask(
        session,
        cast.instructor,
        title="Week 3",
        text="Meet a peer",
        accept_lineitem=False,
        accept_presentation_document_targets=["window"],
    )
    page = teacher.get(f"{address}/").text
    assert 'value="Week 3"' in page
    assert "gets no column in the gradebook" in page
    form = {"what": str(cast.cohort.id), "title": "Week 3", "graded": "y"}
    _page, claims = answered(teacher, teacher.post(f"{address}/", data=form))
    (item,) = claims[DL + "content_items"]
    assert (item["title"], item["text"]) == ("Week 3", "Meet a peer")
    assert "lineItem" not in item
    assert item["window"] == {"targetName": "_blank"}


def test_a_cohort_with_a_column_gets_no_second_one(
    teacher: FlaskClient, cast: Cast, session: Session
) -> None:
    write(session)
    session.add(
        models.LineItem(cohort_id=cast.cohort.id, part="", url="https://x.example/1", label="x", maximum=100)
    )
    session.commit()
    address = ask(session, cast.instructor)
    form = {"what": str(cast.cohort.id), "graded": "y", "target": "iframe"}
    _page, claims = answered(teacher, teacher.post(f"{address}/", data=form))
    assert "lineItem" not in claims[DL + "content_items"][0]


def test_cancelling_returns_an_empty_list(teacher: FlaskClient, cast: Cast, session: Session) -> None:
    address = ask(session, cast.instructor)
    _page, claims = answered(teacher, teacher.post(f"{address}/", data={"action": "cancel"}))
    assert claims[DL + "content_items"] == []


def test_a_request_is_answered_once(teacher: FlaskClient, cast: Cast, session: Session) -> None:
    address = ask(session, cast.instructor)
    form = {"what": "plain", "target": "iframe"}
    _page, first = answered(teacher, teacher.post(f"{address}/", data=form))
    _page, again = answered(teacher, teacher.post(f"{address}/", data=form | {"what": str(cast.cohort.id)}))
    assert (first["nonce"], first[DL + "content_items"]) == (again["nonce"], again[DL + "content_items"])
    assert teacher.get(f"{address}/").status_code == 303


def test_an_old_request_says_so(teacher: FlaskClient, cast: Cast, session: Session) -> None:
    address = ask(session, cast.instructor)
    write(session)
    session.query(models.DeepLinkRequest).one().expires_at = clock.now()
    session.commit()
    for answer in (teacher.get(f"{address}/"), teacher.get(f"{address}/answer")):
        assert answer.status_code == 410
        assert 'data-error-code="placing-expired"' in answer.text


def test_nobody_else_answers_it(client: FlaskClient, cast: Cast, session: Session) -> None:
    address = ask(session, cast.instructor)
    enter(client, cast.expert)  # teaches the same course
    assert client.get(f"{address}/").status_code == 403
    assert client.get(f"{address}/answer").status_code == 403
    enter(client, cast.mentee)
    assert client.get(f"{address}/").status_code == 403


def test_a_cohort_of_another_course_cannot_be_placed(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    address = ask(session, cast.outsider)
    enter(client, cast.outsider)
    answer = client.post(f"{address}/", data={"what": str(cast.cohort.id), "target": "iframe"})
    assert answer.status_code == 422


def test_a_cohort_created_on_the_way_is_chosen(teacher: FlaskClient, cast: Cast, session: Session) -> None:
    address = ask(session, cast.instructor)
    assert f"cohorts/new?placing={address.rsplit('/', 1)[1]}" in teacher.get(f"{address}/").text
    form = {
        "name": "Summer",
        "topics-0-name": "Algebra",
        "topics-0-risk": "low",
        "starts_on": clock.today().isoformat(),
        "ends_on": clock.today().replace(year=clock.today().year + 1).isoformat(),
        "mentors": "anyone",
        "checkpoints": "none",
        "graded": "y",
        "maximum": "10",
        "sessions_for_full": "2",
    }
    made = teacher.post(
        f"/courses/{cast.course.id}/cohorts/new?placing={address.rsplit('/', 1)[1]}", data=form
    )
    session.rollback()
    summer = session.query(models.Cohort).filter_by(name="Summer").one()
    assert made.location == f"{address}/?cohort={summer.id}"
    page = teacher.get(made.location).text
    assert re.search(rf'value="{summer.id}"[^>]*checked', page, re.DOTALL)


def test_expired_requests_are_forgotten(cast: Cast, session: Session) -> None:
    ask(session, cast.instructor)
    with clock.at(clock.now() + 3 * deep_linking.LIFETIME):
        write(session)
        deep_linking.forget_expired(session, most=100)
        engine.commit(session)
    assert session.query(models.DeepLinkRequest).count() == 0


def test_the_answer_is_json_that_any_platform_reads(
    teacher: FlaskClient, cast: Cast, session: Session
) -> None:
    address = ask(session, cast.instructor)
    form = {"what": [str(cast.cohort.id), "plain"], "graded": "y", "target": "iframe"}
    teacher.post(f"{address}/", data=form)
    session.rollback()
    items = session.query(models.DeepLinkRequest).one().items
    assert json.loads(json.dumps(items)) == items
