"""The tool against the sandbox LMS over HTTP: a stricter platform than Moodle, written independently."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import clock, engine, models
from lti_tool.lti import grades, keys, registration, roster
from lti_tool.lti.errors import ServiceError
from lti_tool.sandbox import (
    CourseSeed,
    PersonSeed,
    ResourceLinkSeed,
    SandboxConfig,
    SandboxServer,
    ToolRegistration,
)
from lti_tool.sandbox.config import GroupSetSeed
from lti_tool.sandbox.people import INSTRUCTOR
from tests.integration.sandbox.walker import Walker, forms_of
from tests.lms import TARGET, member_of


def person(identifier: str, **others: object) -> PersonSeed:
    values: dict[str, object] = {
        "id": identifier,
        "name": f"{identifier.title()} Test",
        "given_name": identifier.title(),
        "family_name": "Test",
        "email": f"{identifier}@example.edu",
        "zoneinfo": "America/Sao_Paulo",
    }
    return PersonSeed(**(values | others))  # type: ignore[arg-type]


COURSE = CourseSeed(
    id="C1",
    label="C1",
    title="First course",
    resource_links=(ResourceLinkSeed("find", "Find a peer mentor", maximum=20),),
    people=(
        person("tess", roles=INSTRUCTOR),
        person("ana"),
        person("bo", shares_profile=False),
        person("dee", active=False),
    ),
    group_sets=(GroupSetSeed("labs", "Labs", {"Lab A": ("ana", "bo"), "Lab B": ("dee",), "Empty": ()}),),
)


@pytest.fixture
def sandbox(app: Flask, session: Session) -> Iterator[SandboxServer]:
    """A sandbox that knows the tool, and that the tool knows."""
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"allow_loopback": True})
    tool = ToolRegistration(
        client_id="peer-mentor",
        name="Peer Mentor",
        login_url="https://tool.example/lti/login",
        redirect_uris=(TARGET,),
        target_link_uri=TARGET,
        jwks=keys.key_set(),
        custom={"context_id_history": "$Context.id.history", "link_id_history": "$ResourceLink.id.history"},
    )
    with SandboxServer(SandboxConfig(tools=(tool,), courses=(COURSE,), page_size=2)) as server:
        engine.begin_write(session)
        registration.add_platform(
            session,
            issuer=server.url,
            client_id="peer-mentor",
            auth_url=f"{server.url}/auth",
            token_url=f"{server.url}/token",
            jwks_url=f"{server.url}/jwks",
            deployment_ids=["1"],
        )
        session.commit()
        yield server


def launch(client: FlaskClient, sandbox: SandboxServer, who: str) -> TestResponse:
    """A person opens the activity: each form is handed on as their browser would."""
    with Walker(sandbox.url) as walker:
        walker.enter("C1", who)
        opened = walker.course_form("C1", "Find a peer mentor")
        initiation = opened.fields
        if urlsplit(opened.action).hostname != "tool.example":
            initiation = forms_of(walker.submit(opened))[0].fields
        login = client.post("/lti/login", data=initiation)
        assert login.status_code == 302, login.text
        answer = forms_of(walker.http.get(login.location, timeout=20))[0]
    assert answer.action == TARGET
    return client.post("/lti/launch", data=answer.fields)


@pytest.fixture
def course(client: FlaskClient, sandbox: SandboxServer, session: Session) -> models.Course:
    return member_of(session, launch(client, sandbox, "tess")).course


def test_people_of_the_sandbox_are_let_in(
    client: FlaskClient, sandbox: SandboxServer, session: Session
) -> None:
    teacher = member_of(session, launch(client, sandbox, "tess"))
    assert (teacher.role, teacher.display_name) == ("instructor", "Tess Test")
    learner = member_of(session, launch(client, sandbox, "ana"))
    assert (learner.role, learner.person.timezone) == ("learner", "America/Sao_Paulo")
    nameless = member_of(session, launch(client, sandbox, "bo"))
    assert nameless.display_name == nameless.pseudonym


def test_the_roster_is_read_through_its_signed_pages(session: Session, course: models.Course) -> None:
    change = roster.sync(session, course, lambda _fraction, _message: None)
    session.commit()
    assert (change.added, change.unchanged) == (3, 1)
    members = {one.person.sub: one for one in session.query(models.Member)}
    assert set(members) == {"tess", "ana", "bo", "dee"}
    assert not members["dee"].active


def test_groups_are_read_with_the_roster(session: Session, course: models.Course) -> None:
    """The sandbox gives two groups a page and asks for the scope of groups."""
    roster.sync(session, course, lambda _fraction, _message: None)
    session.commit()
    groups = {one.key: one for one in session.query(models.CourseGroup)}
    assert {(one.kind, one.name, one.set_name) for one in groups.values()} == {
        ("group", "Lab A", "Labs"),
        ("group", "Lab B", "Labs"),
        ("group", "Empty", "Labs"),
    }
    places = {(one.group.name, one.member.person.sub) for one in session.query(models.GroupMember)}
    assert places == {("Lab A", "ana"), ("Lab A", "bo"), ("Lab B", "dee")}


def test_a_score_arrives_in_the_gradebook(session: Session, course: models.Course) -> None:
    def found() -> str | None:
        return grades.find_line_item(session, course, resource_id="cohort-1", tag="participation")

    assert found() is None
    url = grades.create_line_item(
        session, course, resource_id="cohort-1", tag="participation", label="Peer mentoring", maximum=50
    )
    assert found() == url
    assert not grades.line_item_is_gone(session, course, url)
    assert grades.line_item_is_gone(session, course, url.replace("/lineitem", "99/lineitem"))
    moment = clock.now()
    assert grades.send_score(session, course, url, score("ana", 40, moment.isoformat())) in {200, 204}
    assert grades.results(session, course, url) == [grades.Result("ana", 40.0, 50.0, "4 of 5 sessions")]
    assert grades.results(session, course, url, "bo") == []
    earlier = (moment - timedelta(seconds=5)).isoformat()
    with pytest.raises(ServiceError) as caught:
        grades.send_score(session, course, url, score("ana", 10, earlier))
    assert (caught.value.kind, caught.value.status) == ("refused", 409)
    with pytest.raises(ServiceError) as caught:
        grades.send_score(session, course, url, score("nobody", 10, moment.isoformat()))
    assert caught.value.kind == "refused"


def score(user: str, points: int, timestamp: str) -> bytes:
    return json.dumps(
        {
            "userId": user,
            "scoreGiven": points,
            "scoreMaximum": 50,
            "timestamp": timestamp,
            "activityProgress": "InProgress",
            "gradingProgress": "FullyGraded",
            "comment": "4 of 5 sessions",
        }
    ).encode()
