"""Running a round of matching and looking at its proposal."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import matching
from lti_tool.db import clock, models
from tests.cast import Cast, enter, make_cohort, make_member, make_mentorship, make_participant
from tests.integration.rooms.matching_rounds import (
    add_pairs,
    change,
    count,
    make_proposal,
    only_round,
    queries,
    rounds_url,
    run_job,
    start_round,
)


@pytest.fixture(autouse=True)
def _as_instructor(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.instructor)


def test_a_round_pairs_both_learners_with_the_mentor_who_offers_their_topic(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    found = make_proposal(app, client, session, cast)

    [scenario] = found.scenarios
    assert found.job.state == "done"
    assert {(pair.mentee_id, pair.mentor_id, pair.topic_id) for pair in scenario.pairs} == {
        (cast.p_mentee.id, cast.p_mentor.id, cast.statistics.id),
        (cast.p_both.id, cast.p_mentor.id, cast.statistics.id),
    }
    assert scenario.summary["proved"] == 1


def test_a_pair_on_a_risky_topic_gets_an_expert_and_a_week_of_the_cohort(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    [scenario] = make_proposal(app, client, session, cast).scenarios

    # The cohort began three weeks ago and has thirteen.
    assert all(pair.owes_checkpoint and pair.expert_id == cast.p_expert.id for pair in scenario.pairs)
    assert all(3 <= (pair.checkpoint_week or 0) <= 12 for pair in scenario.pairs)


@pytest.mark.parametrize(("rule", "owing"), [("none", False), ("all", True)])
def test_the_rule_of_the_cohort_says_which_pairs_owe_a_checkpoint(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, rule: str, owing: bool
) -> None:
    with change(session):
        cast.cohort.checkpoints = rule
        cast.statistics.risk = "low"

    [scenario] = make_proposal(app, client, session, cast).scenarios

    assert [pair.owes_checkpoint for pair in scenario.pairs] == [owing, owing]


def test_experts_are_given_no_more_reviews_than_their_hours_hold(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    add_pairs(session, cast, 5)
    with change(session):
        cast.cohort.ends_on = clock.today() + timedelta(days=1)
        cast.p_expert.capacity = 3

    [scenario] = make_proposal(app, client, session, cast).scenarios

    reviewed = [pair for pair in scenario.pairs if pair.expert_id is not None]
    assert len(reviewed) == 3
    assert scenario.summary["reviews_due"] == 7
    assert len(scenario.summary["missing_reviews"]) == 4


def test_reviews_promised_earlier_take_their_half_hours_out_of_the_week(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cast.cohort.ends_on = clock.today() + timedelta(days=1)
        old = make_participant(
            session, cast.cohort, make_member(session, cast.course, "old", "Old One"), "mentee"
        )
        make_mentorship(session, cast.cohort, old, cast.p_mentor, cast.statistics, expert=cast.p_expert)
        cast.p_mentor.capacity = 3

    [scenario] = make_proposal(app, client, session, cast).scenarios

    assert sorted(pair.expert_id is not None for pair in scenario.pairs) == [False, True]


def test_somebody_who_was_left_out_is_shown_with_the_reason_and_advice(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cooking = models.Topic(cohort=cast.cohort, name="Cooking", risk="low", position=2)
        session.add(cooking)
        session.flush()
        lone = make_member(session, cast.course, "lone", "Lone Learner")
        make_participant(session, cast.cohort, lone, "mentee", wants={cooking: 3})

    found = make_proposal(app, client, session, cast)
    page = client.get(rounds_url(cast, f"/{found.id}")).text

    assert "2 of 3 learners get a mentor" in page
    assert "Lone Learner" in page
    assert "offers Cooking yet" in page


def test_the_page_says_which_mentor_would_place_those_left_out(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cooking = models.Topic(cohort=cast.cohort, name="Cooking", risk="low", position=2)
        session.add(cooking)
        session.flush()
        for name in ("one", "two"):
            lone = make_member(session, cast.course, name, f"Lone {name}")
            make_participant(session, cast.cohort, lone, "mentee", wants={cooking: 3})

    found = make_proposal(app, client, session, cast)

    page = client.get(rounds_url(cast, f"/{found.id}")).text
    assert (
        "One more mentor for Cooking, free on Monday evenings (17:00 to 22:00), with 2 places, "
        "would place 2 of them.</p>"
    ) in page
    with change(session):
        cast.instructor.person.timezone = "Asia/Tokyo"
    assert (
        "would place 2 of them. These are times in Madrid (Europe)."
        in client.get(rounds_url(cast, f"/{found.id}")).text
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            {"days": "weekdays", "part": "evening", "zone": "UTC"},
            "free on weekday evenings (17:00 to 22:00), with 2",
        ),
        (
            {"days": "weekend", "part": "afternoon", "zone": "UTC"},
            "free on weekend afternoons (12:00 to 17:00), with 2",
        ),
        ({}, "free on Monday 09:30, with 2"),
        ({"languages": ["ar", "es"]}, "of them. The mentor has to speak Arabic or Spanish.</p>"),
        ({"group": "Lab A"}, "of them. The mentor has to be in the group Lab A.</p>"),
    ],
)
def test_the_repair_is_told_in_the_words_of_the_week(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, told: dict[str, Any], words: str
) -> None:
    with change(session):
        cast.p_both.left_at = clock.now()
        lone = make_member(session, cast.course, "one", "Lone one")
        make_participant(session, cast.cohort, lone, "mentee", wants={cast.writing: 3})
    found = make_proposal(app, client, session, cast)
    repair = {"topic": cast.writing.id, "slot": 17, "people": 2, "week_of": "2026-01-14"}
    with change(session):
        scenario = found.scenarios[0]
        scenario.summary = scenario.summary | {"repair": repair | told}

    assert words in client.get(rounds_url(cast, f"/{found.id}")).text


def test_two_who_were_a_pair_are_not_proposed_again(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        earlier = make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
        earlier.ended_at = clock.now()

    [scenario] = make_proposal(app, client, session, cast).scenarios

    assert (cast.p_mentee.id, cast.p_mentor.id) not in {(p.mentee_id, p.mentor_id) for p in scenario.pairs}
    assert len(scenario.pairs) == 2


def test_a_learner_who_has_a_mentor_waits_for_none(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)

    [scenario] = make_proposal(app, client, session, cast).scenarios

    assert [pair.mentee_id for pair in scenario.pairs] == [cast.p_both.id]


def test_people_who_left_or_were_dropped_from_the_course_are_passed_over(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cast.p_mentee.left_at = clock.now()
        cast.both.active = False

    response = client.post(rounds_url(cast))

    assert response.status_code == 409
    assert "Nobody who wants a mentor is ready" in response.text


def test_without_a_mentor_no_round_is_started_and_a_sentence_says_so(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cast.p_mentor.mentor_approved = False
        cast.p_both.role = "mentee"

    response = client.post(rounds_url(cast))

    assert response.status_code == 409
    assert "No mentor with a free place is ready" in response.text
    assert "Your yes as a mentor" in response.text
    assert count(session, models.Round) == 0


def test_a_second_click_leads_to_the_round_that_is_under_way(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    assert start_round(client, cast) == start_round(client, cast)
    assert count(session, models.Round) == 1


def test_a_round_that_was_asked_to_stop_writes_no_proposal(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    job_id = start_round(client, cast)
    with change(session):
        session.get_one(models.Job, job_id).cancel_requested_at = clock.now()

    run_job(app, job_id)

    session.rollback()
    job = session.get_one(models.Job, job_id, populate_existing=True)
    assert job.state == "cancelled"
    assert count(session, models.Scenario) == 0
    assert start_round(client, cast) != job_id


def test_a_round_can_be_stopped_while_it_is_being_solved(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = start_round(client, cast)
    solve = matching.plan

    def stopped_midway(*people: Any, progress: matching.Progress, **others: Any) -> matching.Plan:
        progress(0.1, "matched")
        assert client.post(f"/courses/{cast.course.id}/jobs/{job_id}/cancel").status_code == 303
        return solve(*people, progress=progress, **others)

    monkeypatch.setattr(matching, "plan", stopped_midway)
    run_job(app, job_id)

    assert only_round(session).job.state == "cancelled"
    assert count(session, models.Scenario) == 0


def test_a_stopped_round_explains_itself_and_leads_back(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    job_id = start_round(client, cast)
    client.post(f"/courses/{cast.course.id}/jobs/{job_id}/cancel")
    found = only_round(session)

    page = client.get(rounds_url(cast, f"/{found.id}"))

    assert page.status_code == 200
    assert "This round was stopped" in page.text


def test_a_round_whose_people_vanished_before_it_ran_says_so(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    job_id = start_round(client, cast)
    with change(session):
        cast.p_mentor.left_at = cast.p_both.left_at = clock.now()

    run_job(app, job_id)

    found = only_round(session)
    assert found.job.state == "failed"
    assert "No mentor is ready to be matched." in client.get(rounds_url(cast, f"/{found.id}")).text


def test_a_round_under_way_leads_to_its_progress(client: FlaskClient, session: Session, cast: Cast) -> None:
    job_id = start_round(client, cast)
    found = only_round(session)

    response = client.get(rounds_url(cast, f"/{found.id}"))

    assert response.status_code == 303
    assert response.location.endswith(f"/jobs/{job_id}")


def test_the_proposal_shows_names_scores_reasons_and_the_checkpoint(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    found = make_proposal(app, client, session, cast)

    page = client.get(rounds_url(cast, f"/{found.id}")).text

    assert "Ana Álvarez learns from Bo Đặng" in page
    assert "Very good fit, 8,500 of 10,000" in page
    assert "Checkpoint: Eva Expert, by" in page
    assert "This is the best possible: proved." in page
    assert "Publish 2 pairs" in page


@pytest.mark.parametrize("query", ["?page=0", "?page=-7", "?page=two", "?page=999", "?left_out=999"])
def test_an_address_with_a_page_that_does_not_exist_shows_the_nearest(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, query: str
) -> None:
    found = make_proposal(app, client, session, cast)

    page = client.get(rounds_url(cast, f"/{found.id}{query}"))

    assert page.status_code == 200
    assert "Ana Álvarez learns from Bo Đặng" in page.text


def test_the_proposal_page_takes_as_many_queries_for_forty_pairs_as_for_ten(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    counts = []
    for more in (8, 30):
        add_pairs(session, cast, more)
        found = make_proposal(app, client, session, cast)
        counts.append(queries(app, client, rounds_url(cast, f"/{found.id}")))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["mentee", "mentor", "expert_only", "outsider", "other_platform"])
def test_nobody_but_the_teachers_of_the_course_sees_rounds(
    app: Flask, session: Session, cast: Cast, who: str
) -> None:
    with change(session):
        cast.expert.role = "learner"
    member = cast.expert if who == "expert_only" else getattr(cast, who)
    browser = app.test_client()
    enter(browser, member)

    for method in ("get", "post"):
        response = getattr(browser, method)(rounds_url(cast))
        assert response.status_code in {401, 403}
    assert count(session, models.Round) == 0


def test_a_round_of_another_cohort_is_not_found_here(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    found = make_proposal(app, client, session, cast)
    with change(session):
        other, _statistics, _writing = make_cohort(session, cast.course, cast.instructor, "Autumn")

    url = f"/courses/{cast.course.id}/cohorts/{other.id}/rounds/{found.id}"

    assert client.get(url).status_code == 404
    assert client.post(f"{url}/scenarios/{found.scenarios[0].id}/publish").status_code == 404


def test_the_list_of_rounds_says_who_is_ready_and_what_the_others_lack(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        make_participant(
            session, cast.cohort, cast.newcomer, "mentee", wants={cast.statistics: 1}, week=frozenset()
        )
    make_proposal(app, client, session, cast)

    page = client.get(rounds_url(cast)).text

    assert "2 learners wait for a mentor." in page
    assert "Quiet Heron nils" in page
    assert "Free times" in page
    assert "Round 1 has a proposal" in page
