"""What instructors ask about a result: why not that mentor, what if somebody had offered fewer hours."""

import itertools
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import matching
from lti_tool.db import clock, models
from lti_tool.rooms.rounds import checking
from lti_tool.rooms.rounds.obstacle import obstacle
from tests.cast import MORNINGS, Cast, enter, make_member, make_participant
from tests.integration.rooms.matching_rounds import (
    add_pairs,
    change,
    make_proposal,
    queries,
    rounds_url,
    run_job,
    scenario_url,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def second(session: Session, cast: Cast) -> models.Participant:
    """A second mentor with one place, who knows little of the topic."""
    with change(session):
        cast.p_mentor.capacity = 1
        member = make_member(session, cast.course, "dan", "Dan Second")
        return make_participant(session, cast.cohort, member, "mentor", offers={cast.statistics: 1})


@pytest.fixture
def url(app: Flask, client: FlaskClient, session: Session, cast: Cast, second: models.Participant) -> str:
    """A proposal in which Ana, who wants it most, has Bo, and Chi has the second one."""
    enter(client, cast.instructor)
    return scenario_url(cast, make_proposal(app, client, session, cast))


def ask(client: FlaskClient, url: str, person: int, question: str, **form: int) -> TestResponse:
    return client.post(f"{url}/people/{person}/{question}", data=form)


def answered(app: Flask, client: FlaskClient, asked: TestResponse) -> str:
    """Let the worker answer, and read the page to which the progress leads."""
    assert asked.status_code == 303, asked.text
    run_job(app, int(asked.location.rsplit("/", 1)[1]))
    return client.get(client.get(asked.location).location).text


def test_the_page_of_a_learner_ranks_the_mentors_and_says_who_has_whom(
    client: FlaskClient, cast: Cast, url: str
) -> None:
    page = client.get(f"{url}/people/{cast.p_both.id}").text

    assert "Which mentors would fit" in page
    ranked = page.split("The best fit first")[1]
    assert ranked.index("Bo Đặng") < ranked.index("Dan Second")
    assert "1 of 1 taken" in page
    assert "This is the same person." in page
    assert f"/people/{cast.p_both.id}" in client.get(url).text


def test_why_not_says_the_cost_the_place_in_the_way_and_who_would_change(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    with change(session):
        pairs = {pair.mentee_id: pair.mentor_id for pair in session.scalars(select(models.ScenarioPair))}
    loser = next(one for one, mentor in pairs.items() if mentor != cast.p_mentor.id)
    holder = next(one for one, mentor in pairs.items() if mentor == cast.p_mentor.id)

    page = answered(app, client, ask(client, url, loser, "why-not", mentor=cast.p_mentor.id))

    assert "Why not Bo Đặng for" in page
    assert "If they were together," in page
    assert "Bo Đặng has 1 place, and it goes to" in page
    assert session.get_one(models.Participant, holder).display_name in page
    # Asked once, the answer is a link.
    assert "See what it would cost" in client.get(f"{url}/people/{loser}").text


def test_why_not_counts_those_who_would_be_left_without_a_mentor(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    enter(client, cast.instructor)
    with change(session):
        # Bo alone offers statistics, Dan alone writing; the new one could learn either, Chi only statistics.
        cast.p_mentor.capacity = 1
        cast.p_mentee.left_at = clock.now()
        dan, eli = (make_member(session, cast.course, name, name) for name in ("Dan", "Eli"))
        make_participant(session, cast.cohort, dan, "mentor", offers={cast.writing: 3})
        wants = {cast.writing: 3, cast.statistics: 1}
        either = make_participant(session, cast.cohort, eli, "mentee", wants=wants)
    url = scenario_url(cast, make_proposal(app, client, session, cast))

    page = answered(app, client, ask(client, url, either.id, "why-not", mentor=cast.p_mentor.id))

    assert "If they were together, 1 learner more would have no mentor." in page


def test_a_pair_that_costs_nothing_is_said_to_cost_nothing(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    enter(client, cast.instructor)
    with change(session):
        member = make_member(session, cast.course, "dan", "Dan Twin")
        twin = make_participant(
            session,
            cast.cohort,
            member,
            "mentor",
            offers={cast.statistics: 3},
            capacity=2,
            timezone="Africa/Lagos",
        )
    made = make_proposal(app, client, session, cast)
    mentee = next(pair.mentee_id for pair in made.scenarios[0].pairs if pair.mentor_id != twin.id)

    page = answered(app, client, ask(client, scenario_url(cast, made), mentee, "why-not", mentor=twin.id))

    assert "It would cost nobody anything" in page


def test_fewer_hours_are_tried_out_and_told_in_words(
    app: Flask, client: FlaskClient, cast: Cast, url: str
) -> None:
    page = answered(app, client, ask(client, url, cast.p_mentee.id, "fewer-hours"))

    assert "What if Ana Álvarez had offered fewer hours?" in page
    assert "No. " in page
    assert "h a week less" in page


def test_the_same_question_is_worked_out_once_at_a_time(
    client: FlaskClient, cast: Cast, url: str, second: models.Participant
) -> None:
    asked = [ask(client, url, cast.p_mentee.id, "why-not", mentor=second.id).location for _ in range(2)]
    other = ask(client, url, cast.p_mentee.id, "fewer-hours").location

    assert asked[0] == asked[1] != other


def test_a_question_can_be_stopped(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    job = ask(client, url, cast.p_mentee.id, "fewer-hours").location
    with change(session):
        session.get_one(models.Job, int(job.rsplit("/", 1)[1])).cancel_requested_at = clock.now()

    run_job(app, int(job.rsplit("/", 1)[1]))

    assert "It was stopped. Nothing was changed." in client.get(job).text
    question = session.scalars(select(models.Question)).one()
    assert question.answer is None
    back = client.get(url.split("/scenarios")[0] + f"/questions/{question.id}")
    assert back.location == url


@pytest.mark.parametrize(("engine", "path"), [("gaming_check", "fewer-hours"), ("verify", "check")])
def test_a_question_can_be_stopped_in_the_middle_of_its_work(
    app: Flask,
    client: FlaskClient,
    session: Session,
    cast: Cast,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    path: str,
) -> None:
    monkeypatch.setattr(checking, "MOST_AT_ONCE", 0)
    monkeypatch.setattr("matching.verification._CELLS", 1)
    asked = f"{url}/check" if path == "check" else f"{url}/people/{cast.p_mentee.id}/{path}"
    job = client.post(asked).location
    work = getattr(matching, engine)
    shares: list[float] = []

    def stopped_midway(*given: Any, **named: Any) -> Any:
        progress = named.pop("progress", None) or given[2]

        def heard(share: float, stage: str) -> None:
            if share >= 0.4 and not shares:
                shares.append(share)
                assert client.post(f"{job}/cancel").status_code == 303
            progress(share, stage)

        return work(*given[: 4 if engine == "gaming_check" else 2], **named, progress=heard)

    monkeypatch.setattr(matching, engine, stopped_midway)
    run_job(app, int(job.rsplit("/", 1)[1]))

    assert "It was stopped. Nothing was changed." in client.get(job).text
    assert 0.4 <= shares[0] < 1
    session.rollback()
    assert session.scalars(select(models.Question)).one().answer is None


def test_people_who_were_not_in_the_round_are_not_found_in_it(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    with change(session):
        late = make_participant(
            session, cast.cohort, cast.newcomer, "both", wants={cast.statistics: 1}, week=MORNINGS
        )

    assert client.get(f"{url}/people/{late.id}").status_code == 404
    assert ask(client, url, late.id, "fewer-hours").status_code == 404
    for mentor in (late.id, 0, 2**40):
        assert ask(client, url, cast.p_mentee.id, "why-not", mentor=mentor).status_code == 404
    assert client.post(f"{url}/people/{cast.p_mentee.id}/why-not").status_code == 404


def test_the_page_of_a_person_takes_as_many_queries_for_forty_mentors_as_for_ten(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    enter(client, cast.instructor)
    counts = []
    for more in (8, 30):
        add_pairs(session, cast, more)
        url = scenario_url(cast, make_proposal(app, client, session, cast))
        counts.append(queries(app, client, f"{url}/people/{cast.p_mentee.id}"))
    assert counts[0] == counts[1]


def test_obstacles_are_found_exactly_where_the_engine_excludes(database_url: str) -> None:
    rules = matching.Rules(groups="different", excluded=frozenset({(1, 11)}))
    languages = ({"en"}, {"es"})
    topics: tuple[dict[int, int], ...] = ({}, {1: 2})
    groups: tuple[frozenset[str], ...] = (frozenset({"a"}), frozenset())
    weeks = (frozenset({0}), frozenset({0, 1, 2}))
    people = [
        matching.Person(number, wants, offers, week, frozenset(spoken), number % 3, grouped)
        for number, (wants, offers, week, spoken, grouped) in enumerate(
            itertools.product(topics, topics, weeks, languages, groups), start=1
        )
    ]
    scores = matching.score_matrix(people, people, rules).block(0, len(people))

    for row, mentee in enumerate(people):
        for column, mentor in enumerate(people):
            found = obstacle(mentee, mentor, rules)
            assert (found is not None) == (scores[row, column] < 0 or not mentor.capacity)


def test_the_rounds_of_others_have_no_such_pages(app: Flask, cast: Cast, url: str) -> None:
    browser = app.test_client()
    enter(browser, cast.mentee)

    assert browser.get(f"{url}/people/{cast.p_mentee.id}").status_code == 403
    assert browser.get(rounds_url(cast, "/1/questions/1")).status_code in {403, 404}
