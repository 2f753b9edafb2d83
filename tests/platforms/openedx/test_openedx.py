"""Open edX's own platform code drives the tool: launches, roster, columns, scores, deep linking."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from pylti1p3.grade import Grade
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.lti import grades, line_items, memberships
from lti_tool.lti.roster_source import source_of
from tests.conftest import missing
from tests.integration.sandbox.walker import Walker, forms_of
from tests.platforms.openedx import site
from tests.platforms.openedx.site import OpenEdx
from tests.platforms.tool import Tool, running

UNIT = "block-v1:Test+Mentoring+2026+type@lti_consumer+block@peer"


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    with running(tmp_path_factory.mktemp("tool")) as started:
        yield started


@pytest.fixture(scope="module")
def openedx(project: Path, tool: Tool) -> Iterator[OpenEdx]:
    try:
        python = str(site.install(project))
    except subprocess.SubprocessError as error:
        python = missing(f"Open edX's packages cannot be installed: {error}")
    with site.running(Path(python), tool.url) as started:
        tool.register("Open edX", started.registration)
        yield started


@pytest.fixture
def visitor(openedx: OpenEdx) -> Iterator[Walker]:
    with Walker(openedx.url) as walker:
        yield walker


@pytest.fixture
def session(tool: Tool) -> Iterator[Session]:
    app = tool.app()
    with app.app_context():
        yield db.session
        db.session.rollback()
        db.engine.dispose()


def launch(visitor: Walker, path: str) -> str:
    """Click in the course; the text of the tool's page."""
    return opened(visitor, path).text


def opened(visitor: Walker, path: str) -> requests.Response:
    """Click in the course, and be handed on from site to site; the tool's page."""
    handed_on = visitor.http.get(f"{visitor.lms_url}/{path}", timeout=20)
    assert handed_on.status_code == 200, handed_on.text
    answer = visitor.submit(forms_of(handed_on)[0])
    assert answer.status_code == 200, answer.text
    return answer


def course_of(session: Session) -> models.Course:
    return session.scalars(select(models.Course)).one()


def test_a_learner_launches_the_tool(visitor: Walker) -> None:
    assert "Find a peer mentor" in launch(visitor, "unit/learner")


def test_an_instructor_launches_the_tool(visitor: Walker) -> None:
    assert "Peer mentoring in this course" in launch(visitor, "unit/teacher")


def test_the_tool_reads_the_course_list(visitor: Walker, session: Session) -> None:
    launch(visitor, "unit/teacher")
    source = source_of(course_of(session))
    session.rollback()
    found = {member.sub: member for member in memberships.members(source)}
    assert set(found) == {"teacher", "learner", "helper"}
    # Open edX gives no names in the list until a course is allowed to share them.
    assert {(member.role, member.name) for member in found.values()} == {
        ("instructor", None),
        ("learner", None),
    }


def test_the_tool_adds_a_column_finds_it_again_and_its_score_arrives(
    visitor: Walker, openedx: OpenEdx, session: Session
) -> None:
    launch(visitor, "unit/teacher")
    course = course_of(session)
    book = line_items.gradebook_of(course)
    session.rollback()
    made = line_items.create(
        book,
        label="Peer mentoring",
        maximum=100,
        resource_id="cohort-1",
        tag="participation",
        resource_link_id=UNIT,
    )
    assert line_items.find(book, resource_id="cohort-1", tag="participation") == [made]
    assert line_items.find(book, resource_id="cohort-2") == []
    status = grades.send_score(session, course_of(session), made.url, score("learner", 75))
    assert status == 201
    assert openedx.state()["gradebook"] == {
        "learner": {"part": 0.75, "maximum": 100, "comment": "3 of 4 sessions"}
    }
    results = grades.results(session, course_of(session), made.url, "learner")
    assert [(one.user_id, one.points, one.maximum) for one in results] == [("learner", 75.0, 100.0)]


def score(person: str, points: float) -> bytes:
    grade = Grade().set_score_given(points).set_score_maximum(100).set_user_id(person)
    grade.set_timestamp(datetime.now(UTC).isoformat()).set_comment("3 of 4 sessions")
    grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")
    value: str = grade.get_value()
    return value.encode()


def test_an_instructor_places_the_tool_by_deep_linking_and_a_learner_opens_it(
    visitor: Walker, openedx: OpenEdx, tool: Tool
) -> None:
    page = opened(visitor, "choose/teacher")
    assert "Add peer mentoring to your course" in page.text
    form = next(form for form in forms_of(page) if "what" in form.fields)
    form.action = page.url
    form.fields.pop("action", None)
    chosen = visitor.submit(form)
    assert chosen.status_code == 200, chosen.text
    answer = visitor.submit(forms_of(chosen)[-1])
    assert answer.status_code == 200, answer.text
    assert [item["url"] for item in openedx.state()["items"]] == [f"{tool.url}/lti/launch"]
    assert "Find a peer mentor" in launch(visitor, "unit/learner")
