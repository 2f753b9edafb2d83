"""An expert whom the course list lacks: what they owe is named, and handed over to another one."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import clock, models
from tests.cast import Cast, enter, make_member, make_mentorship, make_participant
from tests.integration.rooms.matching_rounds import change
from tests.integration.rooms.test_missing_people import decide, undo_address, url, vanish
from tests.integration.rooms.writing import fresh

HAND_OVER = "/missing/reviews"


@pytest.fixture
def priya(session: Session, cast: Cast) -> models.Participant:
    """Eva, who owes a review of Ana and Bo on statistics, is gone; Priya reviews statistics, too."""
    with change(session):
        pair = make_mentorship(
            session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert
        )
        session.add(a_review(cast, pair, cast.writing))
        member = make_member(session, cast.course, "priya", "Priya Okonkwo", role="assistant")
        expert = make_participant(session, cast.cohort, member, "expert", reviews={cast.statistics: 3})
        vanish(cast.expert)
    return expert


def a_review(cast: Cast, pair: models.Mentorship, topic: models.Topic) -> models.Checkpoint:
    """One more review of the pair that Eva owes."""
    return models.Checkpoint(
        mentorship=pair, topic=topic, expert=cast.p_expert, due_on=clock.today(), created_at=clock.now()
    )


def hand_over(client: FlaskClient, cast: Cast, to: object) -> TestResponse:
    owner = cast.p_expert.id
    return client.post(url(cast, HAND_OVER), data={"from": owner, f"to-{owner}": to})


def owners(session: Session) -> dict[str, int | None]:
    fresh(session)
    return {one.topic.name: one.expert_id for one in session.query(models.Checkpoint)}


def test_what_is_owed_is_named_with_who_could_do_it(
    client: FlaskClient, cast: Cast, priya: models.Participant
) -> None:
    enter(client, cast.instructor)
    page = client.get(url(cast)).text
    assert "2 reviews are still to be signed:" in page
    assert "Review of Ana Álvarez, Bo Đặng on Statistics, due " in page
    assert "Priya Okonkwo (takes 1 of 2, owes 0 reviews now)" in page
    assert "Hand them over first" in decide(client, cast, "out", cast.p_expert)


def test_reviews_go_to_an_expert_of_their_topic_and_back(
    client: FlaskClient, session: Session, cast: Cast, priya: models.Participant
) -> None:
    enter(client, cast.instructor)
    for _click in range(2):
        assert hand_over(client, cast, priya.id).status_code == 303
    # Priya does not review writing: that one stays, and is still named.
    before = {"Statistics": cast.p_expert.id, "Scientific writing": cast.p_expert.id}
    assert owners(session) == before | {"Statistics": priya.id}
    page = client.get(url(cast)).text
    assert "1 review is handed over to Priya Okonkwo." in page
    assert "1 review is still to be signed:" in page
    assert "Nobody else reviews these topics." in page
    assert client.post(undo_address(page)).status_code == 303
    assert owners(session)["Statistics"] == cast.p_expert.id


def test_once_all_is_handed_over_the_expert_can_be_taken_out(
    client: FlaskClient, session: Session, cast: Cast, priya: models.Participant
) -> None:
    with change(session):
        session.add(
            models.Interest(participant_id=priya.id, topic_id=cast.writing.id, kind="reviews", level=3)
        )
    enter(client, cast.instructor)
    hand_over(client, cast, priya.id)
    assert set(owners(session).values()) == {priya.id}
    assert "Eva Expert is taken out" in decide(client, cast, "out", cast.p_expert)
    enter(client, session.get_one(models.Participant, priya.id).member)
    assert "Statistics" in client.get(url(cast, "/checkpoints")).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_an_expert_who_is_here_and_reviews_the_topic_takes_them(
    client: FlaskClient, session: Session, cast: Cast, priya: models.Participant
) -> None:
    enter(client, cast.instructor)
    for wrong in ("", "x", "-1", str(2**70), cast.p_expert.id, cast.p_mentee.id):
        answer = hand_over(client, cast, wrong)
        assert (answer.status_code, "Choose an expert who reviews these topics." in answer.text) == (
            422,
            True,
        )
    with change(session):
        vanish(session.get_one(models.Participant, priya.id).member)
    assert hand_over(client, cast, priya.id).status_code == 422
    assert set(owners(session).values()) == {cast.p_expert.id}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_signed_or_of_a_pair_that_ended_is_nobodys_debt(
    client: FlaskClient, session: Session, cast: Cast, priya: models.Participant
) -> None:
    with change(session):
        signed = session.query(models.Checkpoint).filter_by(topic_id=cast.statistics.id).one()
        signed.review = models.Review(expert_id=cast.p_expert.id, outcome="passed", signed_at=clock.now())
    enter(client, cast.instructor)
    assert "1 review is still to be signed:" in client.get(url(cast)).text
    with change(session):
        session.query(models.Mentorship).update({"ended_at": clock.now()})
    assert "still to be signed" not in client.get(url(cast)).text
    assert hand_over(client, cast, priya.id).status_code == 303
    assert set(owners(session).values()) == {cast.p_expert.id}
    assert "Eva Expert is taken out" in decide(client, cast, "out", cast.p_expert)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_undo_gives_nothing_to_who_is_no_expert(
    client: FlaskClient, session: Session, cast: Cast, priya: models.Participant
) -> None:
    enter(client, cast.instructor)
    checkpoint = session.query(models.Checkpoint.id).filter_by(topic_id=cast.statistics.id).scalar()
    fresh(session)
    for to in (cast.p_mentor.id, 0, "x", 2**70):
        answer = client.post(url(cast, f"{HAND_OVER}/back?to={to}&what={checkpoint}&what={2**70}"))
        assert answer.status_code == 303
    assert set(owners(session).values()) == {cast.p_expert.id}
