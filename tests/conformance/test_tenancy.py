"""Issuer, client, deployment and course isolate everything: no id of one course is found from another.

Every address of the url map that names a course is tried, so that a new page is covered the day it is made.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lti_tool.db import clock, models
from lti_tool.db.base import Base
from lti_tool.web.objects import OBJECTS
from tests.cast import Cast, enter, make_cohort, make_course, make_member, make_participant
from tests.integration.rooms.writing import write
from tests.integration.test_access import make_objects

ELSEWHERE = ("another course", "another deployment", "another platform", "another client")


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, sqlite_databases: Any) -> Iterator[str]:
    """What is asked of the database here is the same on both kinds."""
    with sqlite_databases.fresh() as url:
        yield url


@pytest.fixture
def ids(session: Session, cast: Cast) -> dict[str, int]:
    """One of everything in the cast's course."""
    write(session)
    made = make_objects(session, cast)
    session.commit()
    return made


@pytest.fixture(params=ELSEWHERE)
def stranger(
    request: pytest.FixtureRequest, session: Session, cast: Cast, ids: dict[str, int]
) -> models.Member:
    """Somebody who teaches elsewhere, where there is one of everything, too; the context id is the same."""
    write(session)
    course = elsewhere(session, cast, request.param)
    teacher = make_member(session, course, "teacher-elsewhere", "Tess Teacher", role="instructor")
    cohort, statistics, _writing = make_cohort(session, course, teacher)
    make_participant(session, cohort, teacher, "expert", reviews={statistics: 3})
    session.commit()
    return teacher


def elsewhere(session: Session, cast: Cast, where: str) -> models.Course:
    if where == "another course":
        return make_course(session, cast.platform, "course-3", "Bio 101")
    if where == "another deployment":
        platform, deployment = cast.platform, "2"
    else:
        issuer = cast.platform.issuer if where == "another client" else "https://third.example"
        platform, deployment = platform_at(session, issuer), "1"
    made = models.Deployment(platform_id=platform.id, deployment_id=deployment, approved_at=clock.now())
    course = models.Course(
        deployment=made,
        context_id=cast.course.context_id,
        title="Bio 101",
        scopes=[],
        memberships_url="https://third.example/memberships",
    )
    session.add(course)
    session.flush()
    return course


def platform_at(session: Session, issuer: str) -> models.Platform:
    platform = models.Platform(
        name="third",
        issuer=issuer,
        client_id="client-2",
        auth_url=f"{issuer}/auth",
        token_url=f"{issuer}/token",
        jwks_url=f"{issuer}/jwks",
        created_at=clock.now(),
    )
    session.add(platform)
    session.flush()
    return platform


def tries(app: Flask, own: dict[str, int], foreign: dict[str, int]) -> Iterator[tuple[str, str, str, str]]:
    """(endpoint, method, what is foreign, address), for each id in an address, alone and all together."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            objects = sorted(rule.arguments - {"course_id"})
            if "course_id" not in rule.arguments or not objects:
                continue
            for wrong in {*((name,) for name in objects if name in own), tuple(objects)}:
                values: dict[str, Any] = {
                    name: foreign[name] if name in wrong else own.get(name, foreign[name]) for name in objects
                }
                address = url_for(rule.endpoint, _external=False, course_id=own["course_id"], **values)
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    yield rule.endpoint, method, "+".join(wrong), address


def test_no_id_of_another_course_is_found(
    app: Flask, client: FlaskClient, session: Session, ids: dict[str, int], stranger: models.Member
) -> None:
    own_cohort = session.query(models.Cohort).filter_by(course_id=stranger.course_id).one()
    own = {"course_id": stranger.course_id, "cohort_id": own_cohort.id}
    enter(client, stranger)
    before, seen = everything(session), set()
    for endpoint, method, foreign, address in tries(app, own, ids):
        answer = client.open(address, method=method, data={"who": ids["participant_id"], "decision": "out"})
        assert (answer.status_code, endpoint, method, foreign) == (404, endpoint, method, foreign)
        seen.add(endpoint)
    assert len(seen) > 20
    assert everything(session) == before


def test_no_page_of_another_course_opens(
    app: Flask, client: FlaskClient, session: Session, ids: dict[str, int], stranger: models.Member
) -> None:
    enter(client, stranger)
    before = everything(session)
    with app.test_request_context():

        def arguments(rule: Rule) -> dict[str, Any]:
            return {name: ids[name] for name in rule.arguments}

        rules = [rule for rule in app.url_map.iter_rules() if "course_id" in rule.arguments]
        addresses = [(rule, url_for(rule.endpoint, _external=False, **arguments(rule))) for rule in rules]
    for rule, address in addresses:
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.open(address, method=method)
            assert (answer.status_code, rule.endpoint) == (401, rule.endpoint)
    assert everything(session) == before


def test_an_id_in_a_form_or_a_query_reaches_no_other_course(
    client: FlaskClient, session: Session, cast: Cast, ids: dict[str, int], stranger: models.Member
) -> None:
    write(session)
    cast.mentor.missing_since = clock.now()
    session.commit()
    cohort = session.query(models.Cohort).filter_by(course_id=stranger.course_id).one()
    here = f"/courses/{stranger.course_id}/cohorts/{cohort.id}"
    enter(client, stranger)
    before = everything(session)
    for decision in ("out", "keep"):
        client.post(f"{here}/missing", data={"who": cast.p_mentor.id, "decision": decision})
        client.post(f"{here}/missing/undo?who={cast.p_mentor.id}&was={decision}")
    owed = session.query(models.Checkpoint.id).first()
    assert owed is not None
    session.rollback()
    client.post(f"{here}/missing/reviews", data={"from": cast.p_expert.id, f"to-{cast.p_expert.id}": 1})
    client.post(f"{here}/missing/reviews/back?to={cast.p_expert.id}&what={owed[0]}")
    expert = {"member": cast.newcomer.id, "topics": cast.statistics.id, "reviews": "2"}
    assert client.post(f"{here}/experts", data=expert).status_code == 422
    client.get(f"{here}/experts?change={cast.p_expert.id}")
    assert everything(session) == before


def test_the_link_of_another_course_is_bound_to_no_cohort(
    client: FlaskClient, session: Session, cast: Cast, stranger: models.Member
) -> None:
    write(session)
    link = models.ResourceLink(course_id=cast.course.id, link_id="their-link")
    session.add(link)
    session.commit()
    enter(client, stranger, link_id=link.id)
    form = {
        "name": "Of another course",
        "topics-0-name": "Algebra",
        "topics-0-risk": "low",
        "starts_on": "2026-11-24",
        "ends_on": "2027-02-22",
        "mentors": "anyone",
        "checkpoints": "none",
        "maximum": "10",
        "sessions_for_full": "5",
    }
    assert client.post(f"/courses/{stranger.course_id}/cohorts/new", data=form).status_code == 303
    session.rollback()
    assert link.cohort_id is None


def test_groups_and_a_held_list_stay_in_their_course(
    client: FlaskClient, session: Session, cast: Cast, stranger: models.Member
) -> None:
    write(session)
    session.add(models.CourseGroup(course=cast.course, kind="group", key="1", name="Secret lab"))
    held = models.HeldRoster(
        course_id=cast.course.id, read_at=clock.now(), rows=[], added=0, updated=0, lacking=[cast.mentee.id]
    )
    session.add(held)
    session.commit()
    enter(client, stranger)
    here = f"/courses/{stranger.course_id}"
    assert "Secret lab" not in client.get(f"{here}/cohorts/new").text
    assert "Ana Álvarez" not in client.get(f"{here}/roster").text
    client.post(f"{here}/roster/discard")
    client.post(f"{here}/roster/accept")
    session.rollback()
    assert session.query(models.HeldRoster).one().course_id == cast.course.id
    assert session.query(models.Job).filter_by(course_id=cast.course.id).count() == 1


def test_every_id_in_an_address_is_looked_up_inside_its_course(app: Flask) -> None:
    named = {
        name for rule in app.url_map.iter_rules() if "course_id" in rule.arguments for name in rule.arguments
    }
    # Another course's cohort is what is copied, and the offer itself is checked (test_notices).
    assert named - {"course_id", "cohort_id", "source_id"} <= set(OBJECTS)


def everything(session: Session) -> dict[str, Any]:
    """All rows of all tables, as they stand now."""
    session.rollback()
    return {
        table.name: (
            session.scalar(select(func.count()).select_from(table)),
            sorted(repr(tuple(row)) for row in session.execute(select(table))),
        )
        for table in Base.metadata.sorted_tables
    }
