"""Every endpoint stands in exactly one access list, and the lists keep people apart."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.web.access import ACCESS, rule_of
from tests.cast import Cast, enter, make_mentorship


def test_every_endpoint_stands_in_exactly_one_list(app: Flask) -> None:
    listed = [endpoint for endpoints in ACCESS.values() for endpoint in endpoints]
    assert sorted(listed) == sorted(app.view_functions)


def test_pages_outside_a_course_are_the_public_ones(app: Flask) -> None:
    outside = {rule.endpoint for rule in app.url_map.iter_rules() if "course_id" not in rule.arguments}
    assert outside == ACCESS["public"] | ACCESS["operator"] | ACCESS["administrator"]


@pytest.fixture
def addresses(app: Flask, session: Session, cast: Cast) -> dict[str, tuple[str, str]]:
    """Endpoint -> (method, address) for every page of the cast's course, with objects that exist."""
    ids = make_objects(session, cast)
    session.commit()
    found = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule_of(rule.endpoint) in {"public", "operator", "administrator"}:
                continue
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            values: dict[str, Any] = {name: ids[name] for name in rule.arguments}
            found[rule.endpoint] = (method, url_for(rule.endpoint, _external=False, **values))
    return found


SUMMARY = {
    "mentees": 1,
    "mentors": 1,
    "places": 1,
    "matched": 0,
    "left_out": 0,
    "idle": 0,
    "worst": -1,
    "total": 0,
    "proved": 1,
    "reviews_due": 0,
    "reviews_covered": 0,
    "missing_reviews": {},
}
"""Of a result that paired nobody."""


def make_objects(session: Session, cast: Cast) -> dict[str, int]:
    mentorship = make_mentorship(
        session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert
    )
    meeting = models.Session(
        cohort=cast.cohort,
        mentorship=mentorship,
        format="mentoring",
        starts_at=mentorship.started_at,
        minutes=60,
        booked_by_id=cast.p_mentee.id,
        booked_at=mentorship.started_at,
        attendances=[models.Attendance(participant=one) for one in (cast.p_mentee, cast.p_mentor)],
    )
    job = models.Job(
        course_id=cast.course.id,
        kind="round",
        state="running",
        created_at=mentorship.started_at,
        touched_at=mentorship.started_at,
    )
    asked = models.DeepLinkRequest(
        member=cast.instructor,
        return_url="https://lms.example/return",
        accepts_several=True,
        targets=["iframe", "window"],
        expires_at=clock.now() + timedelta(days=1),
        nonce="n",
    )
    store = models.RecordStore(
        course_id=cast.course.id,
        name="Our store",
        endpoint="https://lrs.example/xapi",
        version="1.0.3",
        auth="basic",
        username="u",
        secret="x",
        created_at=clock.now(),
    )
    commitment = models.Commitment(
        mentorship=mentorship,
        participant=cast.p_mentee,
        text="Read chapter 3",
        due_on=clock.today(),
        made_at=clock.now(),
    )
    decided = models.PairRule(
        cohort=cast.cohort,
        kind="never",
        first=cast.p_mentee,
        second=cast.p_mentor,
        reason="They are related.",
        set_by=cast.instructor,
        set_at=clock.now(),
    )
    rules = models.MatchingRules(
        cohort=cast.cohort, version=1, values={}, changed_by=cast.instructor, changed_at=clock.now()
    )
    session.add_all([meeting, job, asked, store, commitment, decided, rules])
    session.flush()
    matching_round = models.Round(
        cohort=cast.cohort,
        number=1,
        job=job,
        rules={},
        started_by_id=cast.instructor.id,
        started_at=mentorship.started_at,
    )
    session.add(matching_round)
    session.flush()
    scenario = models.Scenario(
        round=matching_round, number=2, summary=SUMMARY, certificate={}, created_at=clock.now()
    )
    question = models.Question(
        round=matching_round,
        scenario=scenario,
        job=job,
        kind="check",
        params={},
        asked_by_id=cast.instructor.id,
        asked_at=clock.now(),
    )
    session.add(question)
    session.flush()
    checkpoint = session.query(models.Checkpoint).one()
    return {
        "course_id": cast.course.id,
        "member_id": cast.newcomer.id,
        "rules_id": rules.id,
        "cohort_id": cast.cohort.id,
        "participant_id": cast.p_mentor.id,
        "round_id": matching_round.id,
        "scenario_id": scenario.id,
        "question_id": question.id,
        "mentorship_id": mentorship.id,
        "session_id": meeting.id,
        "checkpoint_id": checkpoint.id,
        "job_id": job.id,
        "platform_id": cast.platform.id,
        "source_id": cast.cohort.id,
        "deployment_id": cast.course.deployment_id,
        "deep_link_id": asked.id,
        "store_id": store.id,
        "commitment_id": commitment.id,
        "pair_rule_id": decided.id,
    }


REFUSED = {
    "mentee": {"instructor", "placer", "expert", "reviewer"},
    "newcomer": {"instructor", "placer", "participant", "pair", "attendee", "expert", "reviewer"},
    "both": {"instructor", "placer", "pair", "attendee", "expert", "reviewer"},
    "instructor": {"participant", "pair", "attendee", "expert", "reviewer"},
    "expert": {"placer", "pair", "attendee"},
}


@pytest.mark.parametrize("who", sorted(REFUSED))
def test_each_role_is_refused_the_pages_of_others(
    client: FlaskClient, cast: Cast, addresses: dict[str, tuple[str, str]], who: str
) -> None:
    enter(client, getattr(cast, who))
    for endpoint, (method, address) in addresses.items():
        answer = client.open(address, method=method, headers={"Accept": "application/json"})
        if rule_of(endpoint) in REFUSED[who]:
            assert (answer.status_code, endpoint) == (403, endpoint)
            assert answer.get_json()["error"]["code"] == "not-yours"
        else:
            assert answer.status_code not in {401, 403, 500}, endpoint


@pytest.mark.parametrize("who", ["outsider", "other_platform"])
def test_an_instructor_from_elsewhere_finds_nothing_of_the_course(
    client: FlaskClient, cast: Cast, addresses: dict[str, tuple[str, str]], who: str
) -> None:
    stranger: models.Member = getattr(cast, who)
    enter(client, stranger)
    for endpoint, (method, address) in addresses.items():
        assert (client.open(address, method=method).status_code, endpoint) == (401, endpoint)
        through_own_course = address.replace(
            f"/courses/{cast.course.id}/", f"/courses/{stranger.course_id}/", 1
        )
        if any(f"/{name}/" in through_own_course for name in ("cohorts", "jobs", "placing", "stores")):
            if endpoint in {"cohorts.create", "stores.add", "stores.backfill"}:
                continue
            assert (client.open(through_own_course, method=method).status_code, endpoint) == (404, endpoint)


def test_without_a_launch_every_page_says_how_to_get_in(
    client: FlaskClient, addresses: dict[str, tuple[str, str]]
) -> None:
    for endpoint, (method, address) in addresses.items():
        answer = client.open(address, method=method)
        assert (answer.status_code, endpoint) == (401, endpoint)
        assert 'data-error-code="not-launched"' in answer.text


def test_a_member_whom_the_roster_dropped_is_let_in_no_more(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    enter(client, cast.mentee)
    cast.mentee.active = False
    session.commit()
    assert client.get(f"/courses/{cast.course.id}/").status_code == 401
