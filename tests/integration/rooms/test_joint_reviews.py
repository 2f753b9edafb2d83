"""Pairs and their reviews chosen together, as an instructor sees it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from tests.cast import Cast, enter, make_member, make_participant
from tests.integration.rooms.matching_rounds import (
    change,
    make_proposal,
    only_round,
    rounds_url,
    run_job,
    scenario_url,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _as_instructor(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.instructor)


def one_learner_two_mentors(session: Session, cast: Cast, writing: int) -> None:
    """Ana could learn statistics, of high risk and without an expert, from Bo, or writing from Wu."""
    with change(session):
        cast.p_both.left_at = cast.p_expert.left_at = clock.now()
        other = models.Topic(cohort=cast.cohort, name="Lab safety", risk="low", position=2)
        session.add(other)
        session.flush()
        for interest in cast.p_mentee.interests:
            interest.level = 1
        cast.p_mentee.interests.append(models.Interest(topic=other, kind="wants", level=3))
        mentor = make_member(session, cast.course, "wu", "Wu Writer")
        make_participant(session, cast.cohort, mentor, "mentor", offers={cast.writing: writing})


def learned(scenario: models.Scenario) -> list[int]:
    return [pair.topic_id for pair in scenario.pairs]


def another(app: Flask, client: FlaskClient, url: str, **form: str) -> None:
    asked = client.post(f"{url}/compare", data=form)
    assert asked.status_code == 303, asked.text
    run_job(app, int(asked.location.rsplit("/", 1)[1]))


def test_of_equally_good_pairs_the_one_that_owes_no_open_review_is_made(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    one_learner_two_mentors(session, cast, writing=3)

    found = make_proposal(app, client, session, cast)

    scenario = found.scenarios[0]
    assert learned(scenario) == [cast.writing.id]
    assert scenario.summary["joint"]["uncovered"] == 0
    assert (scenario.summary["gap"], scenario.check_reason) == (0, "optimal")


def test_a_better_fit_is_given_up_for_a_review_only_when_the_instructor_says_so(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    one_learner_two_mentors(session, cast, writing=2)
    found = make_proposal(app, client, session, cast)
    page = client.get(scenario_url(cast, found)).text
    assert learned(found.scenarios[0]) == [cast.statistics.id]
    assert "no plan in which the pairs fit as well leaves fewer reviews open" in page
    url = rounds_url(cast, f"/{found.id}")
    assert "so that more reviews have an expert?" in client.get(f"{url}/compare").text

    another(app, client, url, emphasis="rules", worth="250")
    another(app, client, url, emphasis="rules", worth="1000")

    matching_round = only_round(session)
    assert [learned(one) for one in matching_round.scenarios[1:]] == [[cast.statistics.id], [cast.writing.id]]
    newest: dict[str, Any] = matching_round.scenarios[2].summary
    assert newest["gap"] == newest["joint"]["given_up"] == 400
    page = client.get(scenario_url(cast, matching_round)).text
    assert "The average fit could be 400 of 10,000 points better; that was given up" in page
    assert "With what a review may cost here, this is the best possible: proved." in page
    assert "Check again" in page
    assert "a review may cost up to 1,000 points" in client.get(f"{url}/compare").text


def test_without_owed_reviews_nobody_is_asked_what_they_may_cost(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cast.cohort.checkpoints = "none"
    found = make_proposal(app, client, session, cast)
    assert (
        "so that more reviews have an expert?"
        not in client.get(rounds_url(cast, f"/{found.id}/compare")).text
    )


def test_a_price_that_is_not_offered_is_refused(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    found = make_proposal(app, client, session, cast)
    answer = client.post(rounds_url(cast, f"/{found.id}/compare"), data={"emphasis": "rules", "worth": "-5"})
    assert answer.status_code == 400
    assert 'id="worth-error"' in answer.text
