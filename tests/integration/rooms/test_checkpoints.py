"""The expert's list of reviews, and signing one."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import clock, models
from tests.cast import Cast, enter, make_member, make_mentorship, make_participant
from tests.integration.rooms.matching_rounds import change, count

SOUND = {"outcome": "passed", "comment": "Clear and careful."}
AGAIN = {"outcome": "failed", "comment": "Check what a p-value says."}


@pytest.fixture
def checkpoint(session: Session, cast: Cast) -> int:
    """The id of a checkpoint that Ana and Bo owe Eva."""
    with change(session):
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert)
    return session.scalars(select(models.Checkpoint.id)).one()


@pytest.fixture
def expert(app: Flask, cast: Cast) -> FlaskClient:
    browser: FlaskClient = app.test_client()
    enter(browser, cast.expert)
    return browser


def queue_url(cast: Cast) -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/checkpoints"


def send(browser: FlaskClient, cast: Cast, checkpoint: int, **data: str) -> TestResponse:
    return browser.post(f"{queue_url(cast)}/{checkpoint}", data=data)


def sign(browser: FlaskClient, cast: Cast, checkpoint: int, **data: str) -> TestResponse:
    return send(browser, cast, checkpoint, confirmed="yes", **data)


def reviews(session: Session) -> list[models.Review]:
    session.rollback()
    return list(session.scalars(select(models.Review)))


def hold_session(session: Session, cast: Cast) -> None:
    with change(session):
        held = clock.now() - timedelta(days=3)
        session.add(
            models.Session(
                cohort=cast.cohort,
                mentorship_id=session.scalars(select(models.Mentorship.id)).one(),
                format="mentoring",
                starts_at=held,
                minutes=30,
                place="Room with a secret name",
                booked_by_id=cast.p_mentor.id,
                booked_at=held,
                held_at=held,
            )
        )


def test_the_list_shows_the_pair_its_topic_and_how_often_they_met(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    hold_session(session, cast)

    page = expert.get(queue_url(cast)).text

    assert "Ana Álvarez and Bo Đặng" in page
    assert "Statistics" in page
    assert "They met 1 time" in page
    assert "Due in 14 days" in page


def test_an_empty_list_says_that_no_review_waits(expert: FlaskClient, cast: Cast) -> None:
    assert "No review waits for you" in expert.get(queue_url(cast)).text


def test_a_pair_that_ended_owes_nothing_any_more(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    with change(session):
        session.scalars(select(models.Mentorship)).one().ended_at = clock.now()

    assert "No review waits for you" in expert.get(queue_url(cast)).text
    response = sign(expert, cast, checkpoint, **SOUND)
    assert response.status_code == 409
    assert "This pair has ended" in response.text
    assert reviews(session) == []


def test_the_review_shows_dates_of_sessions_and_nothing_of_their_content(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    hold_session(session, cast)

    page = expert.get(f"{queue_url(cast)}/{checkpoint}").text

    assert "1 time:" in page
    assert "secret" not in page


def test_the_first_screen_signs_nothing_and_leads_to_the_second(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    response = send(expert, cast, checkpoint, **SOUND)

    assert response.status_code == 200
    assert "You are about to sign" in response.text
    assert "Clear and careful." in response.text
    assert reviews(session) == []


def test_changing_it_on_the_second_screen_keeps_what_was_typed(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    response = sign(expert, cast, checkpoint, action="change", **AGAIN)

    assert "Check what a p-value says." in response.text
    assert "You are about to sign" not in response.text
    assert reviews(session) == []


def test_the_second_screen_signs(expert: FlaskClient, session: Session, cast: Cast, checkpoint: int) -> None:
    response = sign(expert, cast, checkpoint, **SOUND)

    assert response.status_code == 303
    [review] = reviews(session)
    assert (review.outcome, review.comment, review.expert_id) == (
        "passed",
        "Clear and careful.",
        cast.p_expert.id,
    )
    assert count(session, models.Checkpoint) == 1
    page = expert.get(response.location).text
    assert "You signed this review" in page
    assert "Clear and careful." in page


def test_signing_is_told_once_and_without_the_words_to_the_pair(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    sign(expert, cast, checkpoint, **SOUND)

    session.rollback()
    [event] = session.scalars(select(models.Event))
    assert "careful" not in str(event.data)
    assert all("careful" not in statement.body for statement in event.statements)


def test_signing_again_changes_nothing(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    sign(expert, cast, checkpoint, **SOUND)

    response = sign(expert, cast, checkpoint, **AGAIN)

    assert response.status_code == 303
    [review] = reviews(session)
    assert review.outcome == "passed"
    assert (count(session, models.Checkpoint), count(session, models.Event)) == (1, 1)


def test_a_signed_review_moves_to_the_lower_list(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    sign(expert, cast, checkpoint, **SOUND)

    page = expert.get(queue_url(cast)).text

    assert "No review waits for you" in page
    assert "The practice is sound" in page


def test_another_look_owes_a_second_review_two_weeks_later(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    sign(expert, cast, checkpoint, **AGAIN)

    session.rollback()
    second = session.scalars(select(models.Checkpoint).where(models.Checkpoint.id != checkpoint)).one()
    assert second.due_on == clock.today() + timedelta(days=14)
    assert (second.expert_id, second.topic_id) == (cast.p_expert.id, cast.statistics.id)
    assert sign(expert, cast, second.id, **SOUND).status_code == 303
    assert len(reviews(session)) == 2


def test_another_look_near_the_end_is_due_on_the_last_day(
    expert: FlaskClient, session: Session, cast: Cast, checkpoint: int
) -> None:
    with change(session):
        cast.cohort.ends_on = clock.today() + timedelta(days=5)

    sign(expert, cast, checkpoint, **AGAIN)

    session.rollback()
    second = session.scalars(select(models.Checkpoint).where(models.Checkpoint.id != checkpoint)).one()
    assert second.due_on == cast.cohort.ends_on


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"comment": "Fine"}, "Choose one of the two."),
        ({"outcome": "splendid", "comment": "Fine"}, "Choose one of the two."),
        ({"outcome": "failed"}, "Tell the pair what to look at again."),
        ({"outcome": "failed", "comment": "  \n "}, "Tell the pair what to look at again."),
        ({"outcome": "passed", "comment": "x" * 2001}, "Keep it to 2,000 characters."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    expert: FlaskClient,
    session: Session,
    cast: Cast,
    checkpoint: int,
    data: dict[str, str],
    sentence: str,
) -> None:
    response = sign(expert, cast, checkpoint, **data)

    assert response.status_code == 422
    assert sentence in response.text
    assert data.get("comment", "") in response.text
    assert reviews(session) == []


@pytest.mark.parametrize("who", ["mentee", "mentor", "instructor", "outsider", "other_platform", "colleague"])
def test_nobody_but_its_own_expert_opens_a_review(
    app: Flask, session: Session, cast: Cast, checkpoint: int, who: str
) -> None:
    if who == "colleague":
        with change(session):
            member = make_member(session, cast.course, "coll", "Colleague", role="assistant")
            make_participant(session, cast.cohort, member, "expert", reviews={cast.statistics: 3})
    else:
        member = getattr(cast, who)
    browser = app.test_client()
    enter(browser, member)

    assert browser.get(f"{queue_url(cast)}/{checkpoint}").status_code in {401, 403}
    assert sign(browser, cast, checkpoint, **SOUND).status_code in {401, 403}
    assert reviews(session) == []


def test_an_expert_sees_no_reviews_of_a_colleague(
    app: Flask, session: Session, cast: Cast, checkpoint: int
) -> None:
    with change(session):
        member = make_member(session, cast.course, "coll", "Colleague", role="assistant")
        make_participant(session, cast.cohort, member, "expert", reviews={cast.statistics: 3})
    browser = app.test_client()
    enter(browser, member)

    assert "Ana Álvarez" not in browser.get(queue_url(cast)).text
