"""Open edX's own platform code drives the tool: launches, roster, columns, scores, deep linking."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pylti1p3.grade import Grade
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.lti import grades, line_items, memberships
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
    """Click in the course, and be handed on from site to site; the text of the tool's page."""
    handed_on = visitor.http.get(f"{visitor.lms_url}/{path}", timeout=20)
    assert handed_on.status_code == 200, handed_on.text
    answer = visitor.submit(forms_of(handed_on)[0])
    assert answer.status_code == 200, answer.text
    return answer.text


def course_of(session: Session) -> models.Course:
    return session.scalars(select(models.Course)).one()


def test_a_learner_launches_the_tool(visitor: Walker) -> None:
    assert "Find a peer mentor" in launch(visitor, "unit/learner")


def test_an_instructor_launches_the_tool(visitor: Walker) -> None:
    assert "Peer mentoring in this course" in launch(visitor, "unit/teacher")


def test_the_tool_reads_the_course_list(visitor: Walker, session: Session) -> None:
    launch(visitor, "unit/teacher")
    course = course_of(session)
    found = {member["user_id"]: member for page in memberships_of(session, course) for member in page}
    assert set(found) == {"teacher", "learner", "helper"}
