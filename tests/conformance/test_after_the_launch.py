"""Cases 64 and 65: what a launch opened stays with its own person, course and scopes."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import models
from tests.cast import Cast, enter
from tests.integration.outbox.story import book, hold, pair_up
from tests.lms import CLAIM, MEMBERSHIP, Lms, member_of

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
READ_ONLY = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"


def test_case_64_a_course_of_another_session_or_tenant_is_not_opened(
    client: FlaskClient, lms: Lms, session: Session, cast: Cast
) -> None:
    """There is no launch id to submit: an address names its course, and each course needs its own launch."""
    own = member_of(session, lms.launch(client))
    assert client.get(f"/courses/{own.course_id}/", follow_redirects=True).status_code == 200
    for theirs in (cast.course.id, cast.outsider.course_id, cast.other_platform.course_id):
        answer = client.get(f"/courses/{theirs}/")
        assert answer.status_code == 401
        assert 'data-error-code="not-launched"' in answer.text
    other_browser = client.application.test_client()
    assert other_browser.get(f"/courses/{own.course_id}/").status_code == 401


def test_case_65_a_scope_not_granted_shows_grades_off_and_calls_nothing(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    # The platform offers columns to be read, and no scores; nothing outside may be called in this test.
    cast.course.scopes = [READ_ONLY]
    session.commit()
    hold(session, book(session, pair_up(session, cast)))
    session.commit()
    assert session.query(models.Delivery).filter_by(kind="score").count() == 0
    enter(client, cast.instructor)
    page = client.get(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/gradebook").text
    assert "does not take points from this tool" in page


def test_case_65_scopes_of_a_launch_are_those_offered_by_it(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    offered = {AGS: {"scope": [READ_ONLY], "lineitems": "https://lms.example/items"}}
    member = member_of(session, lms.launch(client, {CLAIM + "roles": [MEMBERSHIP + "Instructor"]} | offered))
    assert member.course.scopes == [READ_ONLY]
