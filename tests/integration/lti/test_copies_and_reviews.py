"""A course copied in the sandbox LMS, and a review from its gradebook, as far as the tool's pages."""

from contextvars import copy_context
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import models
from lti_tool.lti import notice_handlers
from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox.models import ResourceLink
from tests.cast import make_cohort, make_participant
from tests.integration.lti.test_against_sandbox import course, launch, sandbox
from tests.integration.rooms.writing import fresh, write
from tests.integration.sandbox.walker import TIMEOUT, Form, Walker, forms_of
from tests.lms import TARGET, member_of

__all__ = ["course", "sandbox"]


@pytest.fixture
def database_url(sqlite_databases: Any) -> Any:
    with sqlite_databases.fresh() as url:
        yield url


@pytest.fixture
def reachable(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the sandbox posts to the tool reaches this test's application; the addresses it posted to."""
    posted: list[str] = []

    def post(url: str, json: Any, **_options: Any) -> SimpleNamespace:
        posted.append(url)
        answer = copy_context().run(client.post, urlsplit(url).path, json=json)
        return SimpleNamespace(status_code=answer.status_code)

    monkeypatch.setattr("lti_tool.sandbox.notices.requests.post", post)
    return posted


def follow(client: FlaskClient, walker: Walker, form: Form) -> TestResponse:
    """From a form of the LMS through the login to the posted message, as the person's browser would."""
    login = client.post("/lti/login", data=form.fields)
    assert login.status_code == 302, login.text
    answer = forms_of(walker.http.get(login.location, timeout=TIMEOUT))[0]
    assert answer.action == TARGET
    return client.post("/lti/launch", data=answer.fields)


def test_the_teacher_of_a_copied_course_is_offered_the_set_up_without_people(
    client: FlaskClient,
    session: Session,
    sandbox: SandboxServer,
    course: models.Course,
    reachable: list[str],
) -> None:
    cohort_id = furnish(session, course)
    place(sandbox, cohort_id)
    assert notice_handlers.register_due(session) == {"registered": 1}
    with Walker(sandbox.url) as walker:
        walker.enter("C1", "tess")
        copied = walker.submit(walker.course_form("C1", "Copy this course", ""))
        assert "were told" in copied.text
        assert reachable == ["https://tool.example/lti/notices"]
        fresh(session)
        # By the notice alone: nobody has opened the tool there yet.
        assert session.query(models.CourseOrigin).one().context_id == "C1-2"
        answer = follow(client, walker, walker.course_form("C1-2", "Find a peer mentor"))
    teacher = member_of(session, answer)
    home = client.get(answer.location)
    assert "“Spring mentoring” ran in First course" in home.text
    # The duplicated custom value names the other course's cohort: here it means nothing.
    link = session.query(models.ResourceLink).filter_by(course_id=teacher.course_id).one()
    assert link.cohort_id is None
    made = client.post(f"/courses/{teacher.course_id}/cohorts/copy/{cohort_id}")
    assert made.status_code == 303
    fresh(session)
    cohort = session.query(models.Cohort).filter_by(course_id=teacher.course_id).one()
    assert (cohort.review_untrained, cohort.audit_percent) == (True, 20)
    assert session.query(models.Participant).filter_by(cohort_id=cohort.id).count() == 0


def test_without_a_notice_the_history_of_the_launch_tells_it(
    client: FlaskClient, session: Session, sandbox: SandboxServer, course: models.Course
) -> None:
    furnish(session, course)
    with Walker(sandbox.url) as walker:
        walker.enter("C1", "tess")
        copied = walker.submit(walker.course_form("C1", "Copy this course", ""))
        assert "No tool has asked to be told" in copied.text
        answer = follow(client, walker, walker.course_form("C1-2", "Find a peer mentor"))
    assert "“Spring mentoring” ran in First course" in client.get(answer.location).text


def test_a_review_in_the_gradebook_opens_that_learners_participation(
    client: FlaskClient, session: Session, sandbox: SandboxServer, course: models.Course
) -> None:
    launch(client, sandbox, "ana")
    furnish(session, course, who="ana")
    with Walker(sandbox.url) as walker:
        walker.enter("C1", "tess")
        book = walker.http.get(f"{sandbox.url}/courses/C1/gradebook", timeout=TIMEOUT)
        reviews = [form for form in forms_of(book) if form.label == "Review"]
        opened = follow(client, walker, reviews[0])
        assert "Ana Test" in client.get(opened.location).text
        # Bo takes no part: said so, not an empty page.
        unknown = follow(client, walker, reviews[1])
        assert (unknown.status_code, "takes no part yet" in unknown.text) == (404, True)


def place(sandbox: SandboxServer, cohort_id: int) -> None:
    """The activity has the custom value that deep linking gave it."""
    with Session(sandbox.app.extensions["sandbox_engine"]) as lms:
        lms.get_one(ResourceLink, "find").custom = {"cohort_id": str(cohort_id)}
        lms.commit()


def furnish(session: Session, course: models.Course, *, who: str | None = None) -> int:
    """A cohort in the course, perhaps with somebody in it; its id."""
    teacher = session.query(models.Member).filter_by(course_id=course.id, role="instructor").one()
    write(session)
    cohort, topic, _other = make_cohort(session, course, teacher)
    cohort.review_untrained, cohort.audit_percent = True, 20
    if who is not None:
        member = session.query(models.Member).join(models.Person).filter(models.Person.sub == who).one()
        make_participant(session, cohort, member, "mentee", wants={topic: 1})
    cohort_id = cohort.id
    session.commit()
    return cohort_id
