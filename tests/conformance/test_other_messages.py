"""Deep linking and submission review: what is refused (cases 49 to 53), and what a right one leads to."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from tests.cast import make_cohort, make_participant
from tests.lms import CLAIM, DL_SETTINGS, GONE, MEMBERSHIP, Lms, assert_refused, member_of

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ASKED = {
    "deep_link_return_url": "https://lms.example/return?course=2",
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe", "window"],
}
DEEP_LINKING = {
    CLAIM + "message_type": "LtiDeepLinkingRequest",
    CLAIM + "roles": [MEMBERSHIP + "Instructor"],
    CLAIM + "resource_link": GONE,
    DL_SETTINGS: ASKED,
}
REVIEW = {
    CLAIM + "message_type": "LtiSubmissionReviewRequest",
    CLAIM + "roles": [MEMBERSHIP + "Instructor"],
    CLAIM + "for_user": {"user_id": "ana"},
    "sub": "tess",
    AGS: {"lineitem": "https://lms.example/items/1", "scope": []},
}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ASKED.items() if key != name}


@pytest.mark.parametrize("claim", [GONE, None, [], "x"])
def test_case_49_deep_linking_without_settings_is_refused(client: FlaskClient, lms: Lms, claim: Any) -> None:
    answer = lms.launch(client, DEEP_LINKING | {DL_SETTINGS: claim})
    assert_refused(answer, "deep-linking-settings-missing")


@pytest.mark.parametrize("url", [None, "", 7, "javascript:alert(1)", "/return"])
def test_case_50_deep_linking_without_a_return_url_is_refused(
    client: FlaskClient, lms: Lms, url: Any
) -> None:
    answer = lms.launch(client, DEEP_LINKING | {DL_SETTINGS: ASKED | {"deep_link_return_url": url}})
    assert_refused(answer, "deep-linking-return-missing")
    answer = lms.launch(client, DEEP_LINKING | {DL_SETTINGS: without("deep_link_return_url")})
    assert_refused(answer, "deep-linking-return-missing")


@pytest.mark.parametrize("types", [None, [], "ltiResourceLink", [7]])
def test_case_51_deep_linking_without_accept_types_is_refused(
    client: FlaskClient, lms: Lms, types: Any
) -> None:
    answer = lms.launch(client, DEEP_LINKING | {DL_SETTINGS: ASKED | {"accept_types": types}})
    assert_refused(answer, "deep-linking-types-missing")
    answer = lms.launch(client, DEEP_LINKING | {DL_SETTINGS: without("accept_types")})
    assert_refused(answer, "deep-linking-types-missing")


@pytest.mark.parametrize("roles", [["Learner"], [MEMBERSHIP + "Mentor"], []])
def test_case_52_deep_linking_by_who_does_not_teach_is_refused(
    client: FlaskClient, lms: Lms, roles: list[str]
) -> None:
    answer = lms.launch(client, DEEP_LINKING | {CLAIM + "roles": roles})
    assert_refused(answer, "deep-linking-not-yours", 403)


@pytest.mark.parametrize("about", [GONE, None, {}, {"user_id": 5}, "ana"])
def test_case_53_submission_review_without_for_user_is_refused(
    client: FlaskClient, lms: Lms, about: Any
) -> None:
    assert_refused(lms.launch(client, REVIEW | {CLAIM + "for_user": about}), "for-user-missing")


@pytest.mark.parametrize("endpoint", [GONE, {}, {"lineitem": None}, {"lineitem": "x"}, []])
def test_case_53_submission_review_without_a_line_item_is_refused(
    client: FlaskClient, lms: Lms, endpoint: Any
) -> None:
    assert_refused(lms.launch(client, REVIEW | {AGS: endpoint}), "line-item-missing")


@pytest.mark.parametrize("types", [["ltiResourceLink"], ["link", "ltiResourceLink"]])
def test_deep_linking_leads_an_instructor_to_the_choice(
    client: FlaskClient, lms: Lms, types: list[str]
) -> None:
    answer = lms.launch(client, DEEP_LINKING | {DL_SETTINGS: ASKED | {"accept_types": types}})
    assert answer.status_code == 303
    assert "Add peer mentoring to your course" in client.get(answer.location).text


def test_deep_linking_where_no_activity_fits_is_explained(client: FlaskClient, lms: Lms) -> None:
    answer = lms.launch(client, DEEP_LINKING | {DL_SETTINGS: ASKED | {"accept_types": ["link"]}})
    assert_refused(answer, "deep-linking-nothing-fits", 200)


def enrolled(session: Session, member: models.Member) -> models.Participant:
    """This member of the course takes part in a cohort of it."""
    session.rollback()
    engine.begin_write(session)
    cohort, statistics, _writing = make_cohort(session, member.course, member)
    participant = make_participant(session, cohort, member, "mentee", wants={statistics: 2})
    session.commit()
    return participant


def test_submission_review_opens_the_learners_participation(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    ana = enrolled(session, member_of(session, lms.launch(client, {"sub": "ana"})))
    answer = lms.launch(client, REVIEW | {"name": "Tess Teacher"})
    assert answer.location.endswith(f"/cohorts/{ana.cohort_id}/gradebook/{ana.id}")
    page = client.get(answer.location)
    assert "Ana Álvarez" in page.text
    assert "0 of 4 sessions confirmed" in page.text


def test_a_learner_reviews_only_themselves(client: FlaskClient, lms: Lms, session: Session) -> None:
    ana = enrolled(session, member_of(session, lms.launch(client, {"sub": "ana"})))
    learner = REVIEW | {CLAIM + "roles": [MEMBERSHIP + "Learner"]}
    own = lms.launch(client, learner | {"sub": "ana"})
    assert own.location.endswith(f"/cohorts/{ana.cohort_id}/mine")
    other = client.application.test_client()
    assert_refused(lms.launch(other, learner | {"sub": "bo"}), "review-not-yours", 403)


def test_a_review_of_an_unknown_person_is_explained(client: FlaskClient, lms: Lms) -> None:
    answer = lms.launch(client, REVIEW | {CLAIM + "for_user": {"user_id": "nobody"}})
    assert_refused(answer, "review-person-unknown", 404)
