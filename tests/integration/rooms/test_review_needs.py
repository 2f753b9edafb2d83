"""Which pairs of a cohort owe an expert's review, and what every page says about why."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from lti_tool.db import clock, models
from lti_tool.rooms.rounds import snapshot
from tests.cast import Cast, enter
from tests.integration.rooms.cohort_pages import cohort_named, cohort_url, form, new_url
from tests.integration.rooms.matching_rounds import (
    add_pairs,
    change,
    make_proposal,
    rounds_url,
    scenario_url,
)


@pytest.fixture(autouse=True)
def _as_instructor(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.instructor)


def calm(session: Session, cast: Cast, **settings: object) -> None:
    """No topic owes a review for its risk; the cohort's other rules are as given."""
    with change(session):
        cast.cohort.checkpoints = "high_risk"
        cast.statistics.risk = "low"
        for name, value in settings.items():
            setattr(cast.cohort, name, value)


def kinds(scenario: models.Scenario) -> list[str | None]:
    return [(pair.owes_because or {}).get("kind") for pair in scenario.pairs]


def test_the_form_keeps_what_owes_a_review_and_the_page_says_it(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    client.post(new_url(cast), data=form(review_untrained="y", audit_percent="10"))
    cohort = cohort_named(session, "Autumn statistics")
    assert (cohort.review_untrained, cohort.audit_percent) == (True, 10)
    page = client.get(f"/courses/{cast.course.id}/cohorts/{cohort.id}").text
    assert (
        "Pairs on a topic of high risk; pairs whose mentor has not had the training yet; "
        "one in ten of the others, drawn at random"
    ) in page
    edit = client.get(f"/courses/{cast.course.id}/cohorts/{cohort.id}/edit").text
    assert 'value="10" checked' in " ".join(edit.split())


@pytest.mark.parametrize("share", ["7", "-5", "many"])
def test_a_share_that_is_not_offered_is_refused_at_its_field(
    client: FlaskClient, cast: Cast, session: Session, share: str
) -> None:
    answer = client.post(new_url(cast), data=form(audit_percent=share))
    assert answer.status_code == 422
    assert 'id="audit_percent-error"' in answer.text


def test_a_cohort_with_a_sample_alone_is_no_peer_cohort(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    client.post(new_url(cast), data=form(checkpoints="none", audit_percent="5"))
    cohort = cohort_named(session, "Autumn statistics")
    assert cohort.kind == "hybrid"
    page = client.get(f"/courses/{cast.course.id}/cohorts/{cohort.id}").text
    assert "One in twenty of the others, drawn at random" in page


def test_an_untrained_mentor_owes_a_review_until_the_training_is_noted(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    calm(session, cast, review_untrained=True)

    found = make_proposal(app, client, session, cast)

    assert kinds(found.scenarios[0]) == ["untrained", "untrained"]
    page = client.get(scenario_url(cast, found)).text
    assert "Owes a review because Bo Đặng has not had the training yet." in page
    with change(session):
        cast.p_mentor.trained_at = clock.now()
    assert kinds(make_proposal(app, client, session, cast).scenarios[0]) == [None, None]


def test_the_sample_is_drawn_by_the_round_and_told_with_its_share(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    calm(session, cast, audit_percent=20)
    add_pairs(session, cast, 8)

    found = make_proposal(app, client, session, cast)

    scenario = found.scenarios[0]
    assert sorted(map(str, kinds(scenario))) == ["None"] * 8 + ["audit"] * 2
    assert "drawn at random: one in five." in client.get(scenario_url(cast, found)).text
    asked = snapshot.from_json(found.asked or {})
    assert asked.policy is not None
    again = {need.pair.mentee for need in asked.policy.needs([_made(pair) for pair in scenario.pairs])}
    assert again == {pair.mentee_id for pair in scenario.pairs if pair.owes_checkpoint}


def _made(pair: models.ScenarioPair) -> matching.Pair:
    return matching.Pair(pair.mentee_id, pair.mentor_id, pair.topic_id, pair.score, (), {})


def test_a_round_from_before_the_policy_was_kept_can_still_be_read(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    found = make_proposal(app, client, session, cast)
    older = {name: value for name, value in (found.asked or {}).items() if name != "policy"}
    assert snapshot.from_json(older).policy is None
    assert snapshot.from_json(found.asked or {}).policy is not None


def test_the_reason_goes_with_the_published_pair_to_the_expert_and_to_the_two(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    found = make_proposal(app, client, session, cast)
    client.post(f"{scenario_url(cast, found)}/publish")

    session.rollback()
    checkpoint = session.scalars(select(models.Checkpoint).order_by(models.Checkpoint.id)).first()
    assert checkpoint is not None
    assert checkpoint.because == {"kind": "risk", "params": {}}
    expert = app.test_client()
    enter(expert, cast.expert)
    queue = cohort_url(cast, "/checkpoints")
    why = "Owes a review because Statistics is a high-risk topic."
    assert why in expert.get(queue).text
    assert why in expert.get(f"{queue}/{checkpoint.id}").text
    learner = app.test_client()
    enter(learner, cast.mentee)
    home = learner.get(cohort_url(cast, f"/mentorships/{checkpoint.mentorship_id}")).text
    assert "It is done wherever a wrong practice of Statistics would spread." in home


def test_what_no_expert_has_time_for_is_told_in_hours_with_whom_to_ask(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cast.cohort.ends_on = clock.today()
        cast.p_expert.capacity = 1
        cast.writing.risk = "high"
        cast.p_both.role = "mentee"
        cast.p_both.interests = [models.Interest(topic=cast.writing, kind="wants", level=3)]
        cast.p_mentor.interests += [models.Interest(topic=cast.writing, kind="offers", level=2)]
    add_pairs(session, cast, 2)

    found = make_proposal(app, client, session, cast)

    page = client.get(scenario_url(cast, found)).text
    assert "Reviews for Statistics lack 1 hour of an expert&#39;s time." in page
    assert "Ask Eva Expert for 2 more reviews a week, name another expert" in page
    assert "Scientific writing lack 0.5 hours of an expert&#39;s time. Name one more expert for it." in page
    assert cohort_url(cast, "/experts") in page
    compare = client.get(rounds_url(cast, f"/{found.id}/compare")).text
    assert "1 of 4; Statistics lacks 1 h, Scientific writing lacks 0.5 h" in compare


def test_topics_without_an_expert_are_those_that_the_sample_may_reach(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    lacking = "Nobody reviews these topics yet: Scientific writing"
    assert lacking not in client.get(cohort_url(cast, "/experts")).text
    with change(session):
        cast.cohort.audit_percent = 10
    assert lacking in client.get(cohort_url(cast, "/experts")).text
