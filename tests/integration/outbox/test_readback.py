"""What the gradebook shows comes back: a teacher's own grade, and what is known of a locked one."""

import threading
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import readback
from tests.cast import Cast, enter
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.gradebook import Gradebook
from tests.integration.outbox.test_scores import A_MOMENT, AFTER_ONE_TRY, meet

SOON = readback.SOON + timedelta(seconds=10)


@pytest.fixture
def lrs_endpoint() -> None:
    """Only scores are sent here."""


@pytest.fixture
def sent(session: Session, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver) -> None:
    """A session's points have arrived: 25 of 100."""
    meet(session, mentorship)
    assert deliver()["delivered"] == 2


def read(session: Session, after: timedelta = SOON) -> int:
    """Read what is due so much later; the platform takes no clock that is ahead of its own."""
    session.rollback()
    engine.begin_write(session)
    for item in session.query(models.LineItem):
        item.results_due_at = item.results_due_at and item.results_due_at - after
    engine.commit(session)
    return readback.read_due(session)


def shown(session: Session, cast: Cast) -> tuple[Decimal | None, Decimal | None]:
    session.rollback()
    grade = session.query(models.Grade).filter_by(participant_id=cast.p_mentee.id).one()
    return grade.lms_points, grade.lms_maximum


def page(client: FlaskClient, cast: Cast, member: models.Member, rest: str) -> str:
    enter(client, member)
    return client.get(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/{rest}").text


@pytest.mark.usefixtures("sent")
def test_a_grade_that_a_teacher_changed_is_shown_to_both(
    client: FlaskClient, session: Session, cast: Cast, gradebook: Gradebook
) -> None:
    gradebook.override("ana", 80)
    assert read(session) == 1
    assert shown(session, cast) == (Decimal(80), Decimal(100))
    assert "Changed in the LMS to 80 of 100" in page(client, cast, cast.instructor, "gradebook")
    assert "The gradebook shows 80 of 100: it was changed there." in page(client, cast, cast.mentee, "mine")
    gradebook.override("ana", 25)
    assert read(session, 2 * readback.USUALLY) == 1
    assert shown(session, cast) == (None, None)
    assert "Changed in the LMS" not in page(client, cast, cast.instructor, "gradebook")


@pytest.mark.usefixtures("sent")
def test_what_the_gradebook_took_is_no_change(session: Session, cast: Cast, gradebook: Gradebook) -> None:
    gradebook.scale(30)  # 25 of 100 are 7.5 of 30 there, and rounding is no change either
    gradebook.override("ana", 7.505)
    assert read(session) == 1
    assert shown(session, cast) == (None, None)


@pytest.mark.usefixtures("sent")
def test_a_column_is_read_soon_after_scores_went_out_and_then_once_an_hour(session: Session) -> None:
    assert read(session, A_MOMENT) == 0
    assert read(session, SOON) == 1
    assert read(session, SOON) == 0
    assert read(session, 2 * readback.USUALLY) == 1


@pytest.mark.usefixtures("sent")
def test_a_gradebook_that_cannot_be_read_is_asked_more_rarely_and_said(
    client: FlaskClient, session: Session, cast: Cast, gradebook: Gradebook
) -> None:
    gradebook.fail("unavailable")
    assert read(session) == 0
    gradebook.fail(None)
    assert "The gradebook could not be read." in page(client, cast, cast.instructor, "gradebook")
    assert read(session, 2 * readback.USUALLY) == 0
    assert read(session, 2 * readback.AFTER_FAILURE) == 1
    assert "The gradebook was read" in page(client, cast, cast.instructor, "gradebook")


@pytest.mark.usefixtures("sent")
def test_an_instructor_can_have_it_read_now(client: FlaskClient, session: Session, cast: Cast) -> None:
    enter(client, cast.instructor)
    client.post(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/gradebook/read")
    assert read(session, A_MOMENT) == 1


@pytest.mark.usefixtures("sent")
def test_results_are_not_asked_for_without_the_scope(
    session: Session, cast: Cast, gradebook: Gradebook
) -> None:
    engine.begin_write(session)
    cast.course.scopes = [one for one in cast.course.scopes if "result" not in one]
    engine.commit(session)
    before = len(gradebook.methods())
    assert read(session) == 0
    assert len(gradebook.methods()) == before


@pytest.mark.usefixtures("sent")
def test_a_locked_grade_stops_nobody_else_and_is_named(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    gradebook: Gradebook,
    mentorship: models.Mentorship,
    deliver: Deliver,
) -> None:
    gradebook.override("ana", locked=True)
    meet(session, mentorship)
    ended = deliver(after=A_MOMENT)
    assert (ended["retry"], ended["delivered"]) == (1, 1)
    assert "may be locked there" in page(client, cast, cast.instructor, "gradebook")
    assert "locked" not in page(client, cast, cast.mentee, "mine")
    gradebook.override("ana")
    assert deliver(after=A_MOMENT + AFTER_ONE_TRY)["delivered"] == 1
    assert gradebook.points() == {"ana": 50, "bo": 50}


@pytest.mark.usefixtures("sent")
def test_two_workers_read_a_column_once(app: Flask, session: Session) -> None:
    start, counts = threading.Barrier(2), []
    engine.begin_write(session)
    session.query(models.LineItem).update({"results_due_at": clock.now()})
    engine.commit(session)

    def work() -> None:
        with app.app_context():
            start.wait()
            counts.append(readback.read_due(db.session))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(counts) == [0, 1]


def days(session: Session) -> list[tuple[int, int, int]]:
    session.rollback()
    entries = session.query(models.LedgerEntry).filter_by(kind="score").order_by(models.LedgerEntry.day)
    return [(one.checked, one.missing, one.different) for one in entries]


class TestReconciliation:
    """Once a day what a column shows is counted, and what is gone comes back."""

    @pytest.fixture
    def settled(self, session: Session, sent: None) -> None:
        """The points arrived an hour ago."""
        session.rollback()
        engine.begin_write(session)
        for row in session.query(models.Delivery):
            row.delivered_at = row.delivered_at and row.delivered_at - timedelta(hours=1)
        engine.commit(session)

    def test_points_that_went_missing_are_sent_again_once(
        self, session: Session, gradebook: Gradebook, deliver: Deliver, settled: None
    ) -> None:
        gradebook.lose("ana")
        assert read(session) == 1
        assert days(session) == [(2, 1, 0)]
        assert deliver(after=A_MOMENT)["delivered"] == 1
        assert gradebook.points() == {"ana": 25, "bo": 25}
        gradebook.lose("ana")
        with clock.at(clock.now() + timedelta(days=1)):
            readback.read_due(session)
        assert story.states(session, "score") == {"delivered": 3}  # who takes it out again means it

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_a_teachers_own_points_are_counted_and_left_alone(
        self, session: Session, gradebook: Gradebook, settled: None
    ) -> None:
        gradebook.override("ana", 80)
        assert read(session) == 1
        assert read(session, 2 * readback.USUALLY) == 1  # the second reading of a day is not counted
        assert days(session) == [(2, 0, 1)]
        assert story.states(session, "score") == {"delivered": 2}

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_a_column_that_shows_nobody_tells_nothing(
        self, session: Session, gradebook: Gradebook, settled: None
    ) -> None:
        gradebook.lose("ana")
        gradebook.lose("bo")
        assert readback.reconcile(session) == Counter()
        assert story.states(session, "score") == {"delivered": 2}

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_it_is_done_on_demand(self, session: Session, gradebook: Gradebook, settled: None) -> None:
        gradebook.lose("bo")
        assert readback.reconcile(session) == Counter(same=1, missing=1)
