"""Publishing a proposal, and taking it back."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import clock, models
from tests.cast import Cast, enter, make_member, make_mentorship, make_participant
from tests.integration.rooms.matching_rounds import (
    add_pairs,
    change,
    count,
    make_proposal,
    only_round,
    rounds_url,
    start_round,
)


@pytest.fixture
def proposal(app: Flask, client: FlaskClient, session: Session, cast: Cast) -> int:
    """The id of a round whose proposal gives both learners of the cast to Bo."""
    enter(client, cast.instructor)
    return make_proposal(app, client, session, cast).id


def publish(client: FlaskClient, cast: Cast, proposal: int) -> TestResponse:
    # One result a round, and one round a test: both have the first number.
    return client.post(rounds_url(cast, f"/{proposal}/scenarios/{proposal}/publish"))


def unpublish(client: FlaskClient, cast: Cast, proposal: int) -> TestResponse:
    return client.post(rounds_url(cast, f"/{proposal}/unpublish"))


def mentorships(session: Session) -> list[models.Mentorship]:
    session.rollback()
    return list(session.scalars(select(models.Mentorship).order_by(models.Mentorship.id)))


def book(session: Session, cast: Cast) -> None:
    with change(session):
        session.add(
            models.Session(
                cohort=cast.cohort,
                mentorship_id=session.scalars(select(models.Mentorship.id)).first(),
                format="mentoring",
                starts_at=clock.now() + timedelta(days=2),
                minutes=30,
                booked_by_id=cast.p_mentor.id,
                booked_at=clock.now(),
            )
        )


def test_publishing_makes_a_mentorship_of_each_pair_with_its_reasons(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    response = publish(client, cast, proposal)

    assert response.status_code == 303
    assert response.location.endswith(f"/rounds/{proposal}")
    made = mentorships(session)
    assert [(one.person("mentee").id, one.person("mentor").id) for one in made] == [
        (cast.p_mentee.id, cast.p_mentor.id),
        (cast.p_both.id, cast.p_mentor.id),
    ]
    assert all(one.ended_at is None and one.round_id == proposal for one in made)
    assert {reason["kind"] for reason in made[0].reasons} >= {"shared_topic", "shared_time"}
    assert only_round(session).published_at is not None


def test_each_pair_on_a_risky_topic_owes_its_expert_a_checkpoint_within_the_cohort(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    publish(client, cast, proposal)

    session.rollback()
    owed = session.scalars(select(models.Checkpoint)).all()
    assert len(owed) == 2
    assert all(one.expert_id == cast.p_expert.id for one in owed)
    assert all(clock.today() < one.due_on <= cast.cohort.ends_on for one in owed)


def test_a_checkpoint_without_an_expert_is_owed_by_the_middle_of_the_cohort(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cast.p_expert.capacity = 0
    enter(client, cast.instructor)
    publish(client, cast, make_proposal(app, client, session, cast).id)

    session.rollback()
    middle = cast.cohort.starts_on + timedelta(days=45)
    owed = session.scalars(select(models.Checkpoint)).all()
    assert [(one.expert_id, one.due_on) for one in owed] == [(None, middle)] * 2


def test_an_event_tells_of_each_new_mentorship(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    publish(client, cast, proposal)

    session.rollback()
    told = session.scalars(select(models.Event.mentorship_id)).all()
    assert set(told) == {one.id for one in mentorships(session)}
    assert len(told) == 2


def test_publishing_twice_changes_nothing_more(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    publish(client, cast, proposal)
    first = only_round(session).published_at

    response = publish(client, cast, proposal)

    assert response.status_code == 303
    assert only_round(session).published_at == first
    assert (count(session, models.Mentorship), count(session, models.Checkpoint)) == (2, 2)
    assert count(session, models.Event) == 2


def test_after_publishing_the_page_offers_the_way_back(
    client: FlaskClient, cast: Cast, proposal: int
) -> None:
    page = client.get(publish(client, cast, proposal).location).text

    assert "2 pairs are published." in page
    assert "Take it back" in page
    assert "Publish 2 pairs" not in page


def test_taking_back_ends_the_mentorships_and_makes_it_a_proposal_again(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    publish(client, cast, proposal)

    response = unpublish(client, cast, proposal)

    assert response.status_code == 303
    assert all(one.ended_at is not None for one in mentorships(session))
    assert only_round(session).published_at is None
    assert "Publish 2 pairs" in client.get(response.location).text


def test_publishing_again_revives_the_same_mentorships(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    publish(client, cast, proposal)
    before = [(one.id, one.registration) for one in mentorships(session)]
    unpublish(client, cast, proposal)

    publish(client, cast, proposal)

    assert [(one.id, one.registration) for one in mentorships(session)] == before
    assert all(one.ended_at is None for one in mentorships(session))
    assert (count(session, models.MentorshipPerson), count(session, models.Checkpoint)) == (4, 2)


def test_people_of_a_round_that_was_taken_back_can_be_proposed_to_each_other_again(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    publish(client, cast, proposal)
    unpublish(client, cast, proposal)

    [scenario] = make_proposal(app, client, session, cast).scenarios

    assert {pair.mentor_id for pair in scenario.pairs} == {cast.p_mentor.id}


def test_once_a_pair_booked_a_session_the_round_stays_published(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    publish(client, cast, proposal)
    book(session, cast)

    response = unpublish(client, cast, proposal)

    assert response.status_code == 409
    assert "has booked a session already" in response.text
    assert all(one.ended_at is None for one in mentorships(session))
    assert only_round(session).published_at is not None


def test_taking_back_what_is_not_published_changes_nothing(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    assert unpublish(client, cast, proposal).status_code == 303
    assert count(session, models.Mentorship) == 0


def test_somebody_who_left_meanwhile_is_skipped_and_named(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    with change(session):
        cast.p_mentee.left_at = clock.now()

    page = client.get(publish(client, cast, proposal).location).text

    assert "Not published: Ana Álvarez and Bo Đặng (one of the two is no longer in the cohort)." in page
    assert [one.person("mentee").id for one in mentorships(session)] == [cast.p_both.id]


def test_a_learner_who_found_a_mentor_meanwhile_is_skipped(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    with change(session):
        other = make_member(session, cast.course, "dee", "Dee Other")
        mentor = make_participant(session, cast.cohort, other, "mentor", offers={cast.writing: 1})
        make_mentorship(session, cast.cohort, cast.p_mentee, mentor, cast.writing)

    page = client.get(publish(client, cast, proposal).location).text

    assert "the learner found a mentor meanwhile" in page
    assert count(session, models.Mentorship) == 2


def test_a_mentor_who_takes_fewer_now_is_given_no_more(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    with change(session):
        cast.p_mentor.capacity = 1

    page = client.get(publish(client, cast, proposal).location).text

    assert "the mentor has no place left" in page
    assert count(session, models.Mentorship) == 1


def test_when_no_pair_can_start_any_more_nothing_is_published(
    client: FlaskClient, session: Session, cast: Cast, proposal: int
) -> None:
    with change(session):
        cast.p_mentor.left_at = clock.now()

    response = publish(client, cast, proposal)

    assert response.status_code == 409
    assert "None of these pairs can start any more" in response.text
    assert only_round(session).published_at is None


def test_a_round_without_a_proposal_cannot_be_published(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    enter(client, cast.instructor)
    start_round(client, cast)

    assert publish(client, cast, only_round(session).id).status_code == 404
    assert count(session, models.Mentorship) == 0


def test_publishing_covers_the_pairs_of_every_page(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    add_pairs(session, cast, 55)
    enter(client, cast.instructor)

    publish(client, cast, make_proposal(app, client, session, cast).id)

    assert count(session, models.Mentorship) == 57


@pytest.mark.parametrize("who", ["mentee", "mentor", "outsider", "other_platform"])
def test_nobody_but_the_teachers_of_the_course_publishes(
    app: Flask, session: Session, cast: Cast, proposal: int, who: str
) -> None:
    browser = app.test_client()
    enter(browser, getattr(cast, who))

    assert publish(browser, cast, proposal).status_code in {401, 403}
    assert unpublish(browser, cast, proposal).status_code in {401, 403}
    assert count(session, models.Mentorship) == 0
