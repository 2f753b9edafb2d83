"""When experts are away and whom they must not review: the page, and every way to a review keeps to it."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.rooms.rounds import snapshot
from lti_tool.rooms.rounds.weeks import away
from tests.cast import Cast, enter, make_member, make_mentorship, make_participant
from tests.integration.rooms.cohort_pages import cohort_url
from tests.integration.rooms.matching_rounds import change, count, make_proposal, scenario_url


@pytest.fixture(autouse=True)
def _as_instructor(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.instructor)


@pytest.fixture
def url(cast: Cast) -> str:
    return cohort_url(cast, f"/experts/{cast.p_expert.id}")


def bar(client: FlaskClient, url: str, person: models.Participant) -> str:
    return client.post(f"{url}/barred", data={"person": person.id}, follow_redirects=True).text


def note(client: FlaskClient, url: str, first: date, last: date) -> int:
    days = {"starts_on": first.isoformat(), "ends_on": last.isoformat()}
    return client.post(f"{url}/absences", data=days).status_code


def second_expert(session: Session, cast: Cast) -> int:
    with change(session):
        member = make_member(session, cast.course, "otto", "Otto Other", role="assistant")
        return make_participant(
            session, cast.cohort, member, "expert", reviews={cast.statistics: 3}, capacity=2
        ).id


def only_checkpoint(session: Session) -> models.Checkpoint:
    session.rollback()
    return session.scalars(select(models.Checkpoint)).one()


def test_days_away_are_noted_once_listed_and_removed(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    first = clock.today() + timedelta(days=7)
    assert [note(client, url, first, first + timedelta(days=6)) for _time in range(2)] == [303, 303]
    assert count(session, models.ExpertAbsence) == 1
    assert "Days without reviews" in client.get(url).text
    absence = session.scalars(select(models.ExpertAbsence.id)).one()
    client.post(f"{url}/absences/remove", data={"absence": absence})
    assert count(session, models.ExpertAbsence) == 0


def test_days_that_are_none_are_explained_at_their_field(client: FlaskClient, url: str) -> None:
    today = clock.today()
    answer = client.post(f"{url}/absences", data={"starts_on": today, "ends_on": today - timedelta(days=1)})
    assert answer.status_code == 422
    assert "The last day cannot come before the first." in answer.text
    for days in ({}, {"starts_on": "soon", "ends_on": "1800-01-01"}, {"starts_on": "9999-01-01"}):
        assert client.post(f"{url}/absences", data=days).status_code == 422


def test_no_review_is_planned_in_a_week_of_which_most_is_away(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    with change(session):
        cast.cohort.ends_on = cast.cohort.starts_on + timedelta(days=41)  # the weeks 3, 4 and 5 are left
    week = cast.cohort.starts_on + timedelta(days=28)
    note(client, url, week, week + timedelta(days=20))
    note(client, url, clock.today(), clock.today() + timedelta(days=2))

    found = make_proposal(app, client, session, cast)

    assert {pair.checkpoint_week for pair in found.scenarios[0].pairs} == {3}
    [expert] = snapshot.from_json(found.asked or {}).experts
    assert expert.away == {2, 3}


def test_weeks_away_are_counted_from_the_windows_first_and_overlaps_once(cast: Cast) -> None:
    begins = cast.cohort.starts_on + timedelta(days=14)
    days = [begins + timedelta(days=number) for number in range(-30, 60)]
    at = dict(zip(range(-30, 60), days, strict=True))
    assert away(cast.cohort, [(at[0], at[2])], 2, 3) == frozenset()
    assert away(cast.cohort, [(at[0], at[2]), (at[2], at[3])], 2, 3) == {1}
    assert away(cast.cohort, [(at[-30], at[59])], 2, 3) == {1, 2, 3}
    assert away(cast.cohort, [(at[-30], at[-1]), (at[21], at[59])], 2, 3) == frozenset()


def test_a_round_gives_nobody_to_an_expert_who_must_not_review_them(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    assert "Eva Expert reviews no pair of Ana Álvarez." in bar(client, url, cast.p_mentee)
    assert "No pair of these people is reviewed by this expert" in client.get(url).text

    found = make_proposal(app, client, session, cast)

    experts = {pair.mentee_id: pair.expert_id for pair in found.scenarios[0].pairs}
    assert experts == {cast.p_mentee.id: None, cast.p_both.id: cast.p_expert.id}
    assert "is too close to this pair to review it" in client.get(scenario_url(cast, found)).text
    client.post(f"{url}/barred/remove", data={"person": cast.p_mentee.id})
    assert count(session, models.ExpertConflict) == 0


def test_a_conflict_that_was_noted_after_the_round_holds_when_it_is_published(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    found = make_proposal(app, client, session, cast)
    bar(client, url, cast.p_mentee)
    client.post(f"{scenario_url(cast, found)}/publish")
    session.rollback()
    given = session.scalars(select(models.Checkpoint).order_by(models.Checkpoint.id)).all()
    assert sorted(one.expert_id is None for one in given) == [False, True]


def test_open_reviews_go_to_another_expert_who_may_do_them(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    other = second_expert(session, cast)
    with change(session):
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert)
    assert "1 open review went to another expert." in bar(client, url, cast.p_mentor)
    assert only_checkpoint(session).expert_id == other
    page = bar(client, cohort_url(cast, f"/experts/{other}"), cast.p_mentee)
    assert "1 open review has no expert now: nobody else can do it." in page
    assert only_checkpoint(session).expert_id is None


def test_reviews_of_a_missing_expert_are_not_handed_to_one_who_must_not_do_them(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    other = second_expert(session, cast)
    with change(session):
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert)
        cast.expert.missing_since = clock.now()
        session.add(models.ExpertConflict(expert_id=other, person_id=cast.p_mentor.id))
    url = cohort_url(cast, "/missing")
    assert "Otto Other" not in client.get(url).text
    data = {"from": str(cast.p_expert.id), f"to-{cast.p_expert.id}": str(other)}
    client.post(f"{url}/reviews", data=data)
    assert only_checkpoint(session).expert_id == cast.p_expert.id


def test_people_are_found_by_name_and_a_repetition_changes_nothing(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    everybody = client.get(url).text
    assert all(name in everybody for name in ("Ana Álvarez", "Bo Đặng", "Chi Okafor"))
    found = client.get(f"{url}?q=OKA").text
    assert ("Chi Okafor" in found, "Ana Álvarez" in found) == (True, False)
    assert "Nobody else is called so." in client.get(f"{url}?q=%25").text
    for _time in range(2):
        bar(client, url, cast.p_mentee)
    for wrong in ("0", "x", "99999999999999999999", str(cast.p_expert.id)):
        assert client.post(f"{url}/barred", data={"person": wrong}).status_code == 303
        assert client.post(f"{url}/barred/remove", data={"person": wrong}).status_code == 303
    assert count(session, models.ExpertConflict) == 1


def test_only_an_expert_has_such_a_page(client: FlaskClient, cast: Cast) -> None:
    assert client.get(cohort_url(cast, f"/experts/{cast.p_mentee.id}")).status_code == 404
    enter(client, cast.mentee)
    assert client.get(cohort_url(cast, f"/experts/{cast.p_expert.id}")).status_code == 403


def test_reviews_that_nobody_is_to_do_are_given_to_whoever_can(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        for mentee, topic in ((cast.p_mentee, cast.statistics), (cast.p_both, cast.writing)):
            make_mentorship(session, cast.cohort, mentee, cast.p_mentor, topic, cast.p_expert)
        for one in session.scalars(select(models.Checkpoint)):
            one.expert_id, one.due_on = None, clock.today()
    page = client.get(cohort_url(cast, "/experts")).text
    assert "Scientific writing: 1 pair" in page
    assert "Statistics: 1 pair" in page

    page = client.post(cohort_url(cast, "/experts/give-out"), follow_redirects=True).text

    assert "1 review has an expert now." in page
    assert "For the other reviews, no expert has the topic" in page
    assert "Statistics: 1 pair" not in page
    session.rollback()
    given = {one.topic_id: one for one in session.scalars(select(models.Checkpoint))}
    assert given[cast.statistics.id].expert_id == cast.p_expert.id
    assert given[cast.statistics.id].due_on == clock.today() + timedelta(days=7)
    assert given[cast.writing.id].expert_id is None


def test_an_expert_who_is_away_until_the_end_is_given_none(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert)
        checkpoint = session.scalars(select(models.Checkpoint)).one()
        checkpoint.expert_id = None
        session.add(
            models.ExpertAbsence(
                expert_id=cast.p_expert.id, starts_on=cast.cohort.starts_on, ends_on=cast.cohort.ends_on
            )
        )
    client.post(cohort_url(cast, "/experts/give-out"))
    session.rollback()
    assert session.scalars(select(models.Checkpoint.expert_id)).one() is None


def test_no_expert_is_given_more_than_there_is_time_for(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cast.cohort.ends_on = clock.today() + timedelta(days=7)
        cast.p_expert.capacity = 1
        for mentee in (cast.p_mentee, cast.p_both):
            make_mentorship(session, cast.cohort, mentee, cast.p_mentor, cast.statistics, cast.p_expert)
        for one in session.scalars(select(models.Checkpoint)):
            one.expert_id = None
    client.post(cohort_url(cast, "/experts/give-out"))
    session.rollback()
    given = session.scalars(select(models.Checkpoint.expert_id)).all()
    assert sorted(one is None for one in given) == [False, True]
