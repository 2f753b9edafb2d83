"""Points on their way into the gradebook of the sandbox LMS."""

import itertools
import json
import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import participation, replay, scores, status
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.gradebook import Gradebook

LATER = timedelta(minutes=20)
"""Long after any first wait, but within the life of the token that is there."""
A_MOMENT = timedelta(seconds=5)
AFTER_ONE_TRY = timedelta(seconds=11)
"""A first wait is ten seconds at most; the platform takes a clock that is that much ahead."""


@pytest.fixture
def lrs_endpoint() -> None:
    """Only scores are sent here."""


def meet(session: Session, mentorship: models.Mentorship, times: int = 1) -> None:
    """So many more sessions are held."""
    session.rollback()
    engine.begin_write(session)
    before = session.query(models.Session).count()
    for number in range(times):
        story.hold(session, story.book(session, mentorship, days=-1 - before - number))
    engine.commit(session)


def bodies(session: Session, participant: models.Participant) -> list[dict[str, object]]:
    session.rollback()
    query = select(models.Delivery.body).where(models.Delivery.participant_id == participant.id)
    return [json.loads(body) for body in session.scalars(query.order_by(models.Delivery.version))]


def test_a_session_that_both_confirmed_reaches_the_gradebook(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    meet(session, mentorship)
    assert deliver()["delivered"] == 2
    assert gradebook.points() == {"ana": 25, "bo": 25}
    assert gradebook.comments()["ana"] == "1 of 4 sessions confirmed"
    receipt = status.receipt(session, cast.p_mentee)
    assert receipt is not None
    assert receipt.state == "delivered"


def test_the_column_is_made_once_and_kept(
    session: Session, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    for _ in range(3):
        meet(session, mentorship)
        deliver(after=A_MOMENT)
    assert len(gradebook.columns()) == 1
    assert gradebook.points() == {"ana": 75, "bo": 75}


def test_of_several_scores_that_wait_only_the_newest_is_sent(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    meet(session, mentorship, times=3)
    assert story.states(session, "score") == {"superseded": 4, "pending": 2}
    assert deliver(after=A_MOMENT)["delivered"] == 2
    assert gradebook.points() == {"ana": 75, "bo": 75}
    stamps = [datetime.fromisoformat(str(one["timestamp"])) for one in bodies(session, cast.p_mentee)]
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in itertools.pairwise(stamps))


def test_no_score_is_sent_before_the_moment_that_it_names(
    session: Session, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    moment = clock.now().replace(microsecond=0)
    with clock.at(moment):
        meet(session, mentorship, times=3)  # the third names a moment two seconds ahead
        assert deliver()["delivered"] == 0
        assert deliver(after=timedelta(seconds=2))["delivered"] == 2


def test_an_answer_lost_after_storing_ends_with_the_right_points(
    session: Session, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    meet(session, mentorship)
    gradebook.fail(None)
    deliver()
    meet(session, mentorship)
    gradebook.fail("drop", times=1)
    assert deliver(after=A_MOMENT)["retry"] == 2
    ended = deliver(after=LATER)  # the platform has one of them and calls it outdated now
    assert (ended["outdated"], ended["delivered"]) == (1, 1)
    assert deliver(after=2 * LATER)["delivered"] == 1
    assert gradebook.points() == {"ana": 50, "bo": 50}
    assert set(story.states(session, "score")) == {"delivered", "superseded"}


def test_a_gradebook_out_of_order_is_tried_again(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    gradebook.fail("unavailable")
    meet(session, mentorship)
    assert deliver()["retry"] == 2
    receipt = status.receipt(session, cast.p_mentee)
    assert receipt is not None
    assert (receipt.state, receipt.status) == ("waiting", 503)
    gradebook.fail(None)
    assert deliver(after=AFTER_ONE_TRY)["delivered"] == 2
    assert gradebook.points() == {"ana": 25, "bo": 25}


def test_a_refusal_keeps_the_platforms_reason_and_stops_nobody_else(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    engine.begin_write(session)
    cast.mentee.person.sub = "somebody-else"
    engine.commit(session)
    meet(session, mentorship)
    ended = deliver()
    assert (ended["refused"], ended["delivered"]) == (1, 1)
    receipt = status.receipt(session, cast.p_mentee)
    assert receipt is not None
    assert receipt.state == "refused"
    assert "no active learner" in receipt.reason
    assert gradebook.points() == {"bo": 25}


def test_a_refused_score_can_be_sent_again(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    meet(session, mentorship)
    deliver()
    session.rollback()
    engine.begin_write(session)
    cast.mentee.person.sub = "somebody-else"
    engine.commit(session)
    meet(session, mentorship)
    assert deliver(after=A_MOMENT)["refused"] == 1
    session.rollback()
    gradebook.enrol("somebody-else")
    engine.begin_write(session)
    assert replay.replay(session) == 1
    engine.commit(session)
    assert deliver(after=A_MOMENT)["delivered"] == 1
    assert gradebook.points() == {"ana": 25, "bo": 50, "somebody-else": 50}


def test_a_platform_that_grants_no_scope_pauses_the_course(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    engine.begin_write(session)
    cast.platform.client_id = "unknown-here"
    engine.commit(session)
    meet(session, mentorship)
    assert deliver()["paused"] == 2
    assert deliver() == {}
    assert [one["route"] for one in status.totals(session) if one["paused_until"]] == [
        scores.route(cast.course.id)
    ]


def test_the_links_own_column_is_used_where_the_platform_made_one(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    meet(session, mentorship)
    deliver()
    (column,) = gradebook.columns()
    session.rollback()
    engine.begin_write(session)
    session.query(models.LineItem).delete()
    cast.course.lineitems_url = None
    session.add(
        models.ResourceLink(
            course_id=cast.course.id, link_id="link-1", lineitem_url=column, cohort_id=cast.cohort.id
        )
    )
    engine.commit(session)
    meet(session, mentorship)
    assert deliver(after=A_MOMENT)["delivered"] == 2
    assert gradebook.columns() == [column]


def test_full_participation_is_completed_and_more_changes_nothing(
    session: Session, cast: Cast, mentorship: models.Mentorship
) -> None:
    meet(session, mentorship, times=4)
    last = bodies(session, cast.p_mentee)[-1]
    assert (last["scoreGiven"], last["activityProgress"], last["gradingProgress"]) == (
        100,
        "Completed",
        "FullyGraded",
    )
    meet(session, mentorship)
    assert bodies(session, cast.p_mentee)[-1] == last


def test_two_sessions_confirmed_at_the_same_moment_both_count(
    app: Flask, session: Session, cast: Cast, mentorship: models.Mentorship
) -> None:
    engine.begin_write(session)
    meetings = [story.book(session, mentorship, days=-1 - number).id for number in range(3)]
    engine.commit(session)
    start = threading.Barrier(3)

    def confirm(meeting_id: int) -> None:
        with app.app_context():
            start.wait()
            engine.begin_write(db.session)
            story.hold(db.session, db.session.get_one(models.Session, meeting_id))
            engine.commit(db.session)

    threads = [threading.Thread(target=confirm, args=[meeting]) for meeting in meetings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for participant in (cast.p_mentee, cast.p_mentor):
        assert [one["scoreGiven"] for one in bodies(session, participant)] == [25, 50, 75]


def test_a_checkpoint_changes_nobodys_points(
    session: Session, cast: Cast, mentorship: models.Mentorship
) -> None:
    meet(session, mentorship)
    before = bodies(session, cast.p_mentee)
    session.rollback()
    engine.begin_write(session)
    story.sign(session, mentorship, outcome="failed")
    participation.update(session, cast.p_mentee)
    engine.commit(session)
    assert bodies(session, cast.p_mentee) == before


@pytest.mark.parametrize("off", ["rule", "services", "teaches", "expert"])
def test_nothing_is_sent_where_there_is_nothing_to_grade(
    session: Session, cast: Cast, mentorship: models.Mentorship, off: str
) -> None:
    engine.begin_write(session)
    if off == "rule":
        cast.cohort.grade_rule.enabled = False
    elif off == "services":
        cast.course.scopes = []
    elif off == "teaches":
        cast.mentee.role = "assistant"
    else:
        cast.p_mentee.role = "expert"
    engine.commit(session)
    meet(session, mentorship)
    assert bodies(session, cast.p_mentee) == []


def test_points_that_waited_for_grade_services_are_sent_once_there_are_some(
    session: Session, cast: Cast, mentorship: models.Mentorship
) -> None:
    engine.begin_write(session)
    offered, cast.course.scopes = cast.course.scopes, []
    engine.commit(session)
    meet(session, mentorship)
    engine.begin_write(session)
    cast.course.scopes = offered
    participation.update(session, cast.p_mentee)
    engine.commit(session)
    assert [one["scoreGiven"] for one in bodies(session, cast.p_mentee)] == [25]


def test_a_person_who_left_out_a_confirmation_gets_nothing_for_the_session(
    session: Session, cast: Cast, mentorship: models.Mentorship
) -> None:
    engine.begin_write(session)
    meeting = story.book(session, mentorship)
    meeting.attendances[0].answer = "met"
    participation.update(session, cast.p_mentee)
    engine.commit(session)
    assert participation.current(session, cast.p_mentee).points == 0
    assert bodies(session, cast.p_mentee) == []
