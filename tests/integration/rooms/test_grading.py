"""The grade rule from outside: form, preview, use; and an instructor's exceptions."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import jobs, worker
from lti_tool.db import clock, engine, models
from lti_tool.outbox import participation, routes_ags, scores, whole_cohort
from lti_tool.outbox.outcome import Message
from lti_tool.rooms.profiles import service as profiles
from tests.cast import MORNINGS, Cast, enter, make_member, make_participant
from tests.integration.lti.conftest import outside
from tests.integration.rooms.statements import statements_of
from tests.integration.rooms.test_reports import meet, pair_of, url
from tests.integration.rooms.writing import write

__all__ = ["outside"]

RULE: dict[str, str] = {
    "enabled": "y",
    "maximum": "100",
    "sessions_weight": "60",
    "sessions_needed": "4",
    "sessions_most": "",
    "sessions_period": "week",
    "sessions_makeup": "",
    "commitments_weight": "0",
    "commitments_needed": "1",
    "training_weight": "0",
    "checkpoints_weight": "20",
    "checkpoints_needed": "1",
    "preparation_weight": "20",
    "places": "2",
    "columns": "one",
}


@pytest.fixture
def teacher(client: FlaskClient, cast: Cast, session: Session) -> FlaskClient:
    """The instructor's browser; Ana and Bo have met once, a week ago, and have their points."""
    meet(session, cast, pair_of(session, cast), 7)
    participation.settle(session, cast.cohort, [cast.p_mentee, cast.p_mentor])
    session.commit()
    enter(client, cast.instructor)
    return client


def draft(teacher: FlaskClient, cast: Cast, **changes: str) -> str:
    """Fill in the form; the page of the preview."""
    form = {name: value for name, value in (RULE | changes).items() if value is not None}
    answer = teacher.post(url(cast, "grade-rule"), data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def use(teacher: FlaskClient, cast: Cast, page: str) -> str:
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    answer = teacher.post(url(cast, "grade-rule/apply"), data={"seen": seen}, follow_redirects=True)
    return answer.text


def points(session: Session) -> dict[tuple[int, str], object]:
    engine.rollback(session)
    return {(one.participant_id, one.part): one.points for one in session.query(models.Grade)}


def waiting(session: Session, participant: models.Participant) -> list[dict[str, Any]]:
    """The scores that are to be sent for somebody."""
    engine.rollback(session)
    rows = session.query(models.Delivery).filter_by(participant_id=participant.id, state="pending")
    return [json.loads(row.body) for row in rows.order_by(models.Delivery.id)]


class TestRule:
    def test_the_preview_shows_everybody_and_changes_nothing(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        before = points(session)
        page = draft(teacher, cast)
        assert "2 of 3 people get other points" in page
        assert page.index("Ana Álvarez") < page.index("Chi Okafor")
        assert "25 of 100" in page
        assert "15 of 100" in page
        assert points(session) == before
        assert [one["scoreGiven"] for one in waiting(session, cast.p_mentee)] == [25]

    def test_a_rule_in_use_reckons_everybody_anew(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        use(teacher, cast, draft(teacher, cast))
        assert points(session) == {(cast.p_mentee.id, ""): 15, (cast.p_mentor.id, ""): 15}
        assert [one["scoreGiven"] for one in waiting(session, cast.p_mentee)] == [15]
        assert waiting(session, cast.p_mentee)[0]["comment"] == (
            "1 of 4 sessions confirmed; 0 of 1 expert review signed; not prepared in time"
        )

    def test_using_it_twice_sends_nothing_twice(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        page = draft(teacher, cast)
        use(teacher, cast, page)
        engine.rollback(session)
        rows = session.query(models.Delivery).count()
        engine.rollback(session)
        assert "The rule was changed meanwhile" in use(teacher, cast, page)
        engine.rollback(session)
        assert session.query(models.Delivery).count() == rows

    def test_what_another_instructor_changed_meanwhile_is_looked_at_first(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        page = draft(teacher, cast)
        draft(teacher, cast, maximum="50")
        assert "Look at it again" in use(teacher, cast, page)
        engine.rollback(session)
        assert session.get_one(models.GradeRule, cast.cohort.id).maximum == 100

    def test_the_old_rule_can_be_kept(self, teacher: FlaskClient, cast: Cast, session: Session) -> None:
        draft(teacher, cast)
        teacher.post(url(cast, "grade-rule/discard"))
        engine.rollback(session)
        assert session.get_one(models.GradeRule, cast.cohort.id).draft is None
        assert teacher.get(url(cast, "grade-rule/preview")).status_code == 303

    def test_switched_off_it_sends_nothing_more(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        page = draft(teacher, cast, enabled="")
        assert "Nothing is sent to the gradebook" in page
        use(teacher, cast, page)
        write(session)
        meet(session, cast, session.query(models.Mentorship).one(), 3)
        before = session.query(models.Delivery).count()
        participation.update(session, cast.p_mentee)
        session.commit()
        assert session.query(models.Delivery).count() == before

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"maximum": "0"}, "from 1 to 1000"),
            (
                {"sessions_weight": "0", "checkpoints_weight": "0", "preparation_weight": "0"},
                "Something has to count",
            ),
            ({"sessions_makeup": "2"}, "how many count at most"),
            ({"maximum": "1", "places": "0", "columns": "apart"}, "worth nothing"),
            ({"sessions_period": "decade"}, "Not a valid choice"),
            ({"sessions_weight": ""}, "Say how much this counts"),
        ],
    )
    def test_a_rule_that_cannot_be_is_explained(
        self, teacher: FlaskClient, cast: Cast, changes: dict[str, str], words: str
    ) -> None:
        answer = teacher.post(url(cast, "grade-rule"), data=RULE | changes)
        assert answer.status_code == 422
        assert words in answer.text

    def test_columns_for_parts_need_a_platform_that_lets_them_be_made(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.course.scopes = [scores.SCORE_SCOPE]
        session.commit()
        answer = teacher.post(url(cast, "grade-rule"), data=RULE | {"columns": "apart"})
        assert answer.status_code == 422
        assert "the activity&#39;s own column only" in answer.text

    def test_parts_apart_are_sent_apart_and_the_one_column_rests(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        session.add(
            models.LineItem(cohort_id=cast.cohort.id, part="", label="Spring", maximum=100, url="https://x/1")
        )
        session.commit()
        page = draft(teacher, cast, columns="apart")
        assert "filled no more: Spring" in page
        use(teacher, cast, page)
        [score] = waiting(session, cast.p_mentee)
        assert (score["scoreGiven"], score["scoreMaximum"]) == (15, 60)
        use(teacher, cast, draft(teacher, cast))
        [score] = waiting(session, cast.p_mentee)
        assert (score["scoreGiven"], score["scoreMaximum"]) == (15, 100)

    def test_a_cap_holds_in_each_week(self, teacher: FlaskClient, cast: Cast, session: Session) -> None:
        pair = session.query(models.Mentorship).one()
        monday = clock.today() - timedelta(days=clock.today().weekday() + 14)
        for offset in (0, 1, 2):
            meet(session, cast, pair, (clock.today() - monday).days - offset)
        session.commit()
        one_a_week = {"checkpoints_weight": "0", "preparation_weight": "0", "sessions_most": "1"}
        page = draft(teacher, cast, **one_a_week)
        assert "At most 1 session a week counts" in page
        use(teacher, cast, page)
        first = dict(points(session))
        use(teacher, cast, draft(teacher, cast, **one_a_week, sessions_makeup="1"))
        gained = points(session)
        assert gained[cast.p_mentee.id, ""] == first[cast.p_mentee.id, ""] + 25  # type: ignore[operator]

    def test_many_people_are_reckoned_by_the_worker(
        self,
        app: Flask,
        teacher: FlaskClient,
        cast: Cast,
        session: Session,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(whole_cohort, "SMALL", 1)
        monkeypatch.setattr(participation, "AT_ONCE", 1)
        answer = teacher.post(
            url(cast, "grade-rule/apply"),
            data={"seen": draft(teacher, cast).partition('name="seen" value="')[2].partition('"')[0]},
        )
        engine.rollback(session)
        job = session.query(models.Job).one()
        job_id = job.id
        assert answer.location.endswith(f"/jobs/{job.id}")
        assert "Reckoning points" in teacher.get(answer.location).text
        engine.rollback(session)
        worker.run(job_id)
        assert points(session) == {(cast.p_mentee.id, ""): 15, (cast.p_mentor.id, ""): 15}
        assert teacher.get(answer.location).location == url(cast, "gradebook")

    def test_a_reckoning_that_was_stopped_can_be_gone_on_with(
        self, teacher: FlaskClient, cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(whole_cohort, "SMALL", 1)
        use(teacher, cast, draft(teacher, cast))
        write(session)
        job = session.query(models.Job).one()
        jobs.cancel(job)
        session.commit()
        page = teacher.get(f"/courses/{cast.course.id}/jobs/{job.id}").text
        assert "send all again to go on" in page
        teacher.post(url(cast, "gradebook/send"))
        engine.rollback(session)
        second = session.query(models.Job).order_by(models.Job.id.desc()).first()
        assert second is not None
        second_id = second.id
        engine.rollback(session)
        worker.run(second_id)
        assert points(session)[cast.p_mentee.id, ""] == 15

    def test_the_number_of_queries_does_not_grow_with_people(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        draft(teacher, cast)
        page = url(cast, "grade-rule/preview")
        few = statements_of(teacher, page)
        write(session)
        for number in range(12):
            member = make_member(session, cast.course, f"more{number}", f"More {number}")
            make_participant(session, cast.cohort, member, "mentee", wants={cast.statistics: 2})
        session.commit()
        assert statements_of(teacher, page) == few

    def test_the_list_is_paged(self, teacher: FlaskClient, cast: Cast, session: Session) -> None:
        for number in range(60):
            member = make_member(session, cast.course, f"m{number}", f"More {number:02}")
            make_participant(session, cast.cohort, member, "mentee")
        session.commit()
        assert "Page 1 of 2" in draft(teacher, cast)
        assert "More 59" in teacher.get(url(cast, "grade-rule/preview?page=2")).text


class TestParts:
    def rule(self, session: Session, cast: Cast, kind: str) -> None:
        """Only this part counts."""
        rule = session.get_one(models.GradeRule, cast.cohort.id)
        rule.parts[0].weight = 0
        rule.parts.append(models.GradePart(kind=kind, weight=100, needed=1, period="week", makeup=0))
        session.flush()

    def test_a_signed_review_counts_whatever_it_found(self, session: Session, cast: Cast) -> None:
        self.rule(session, cast, "checkpoints")
        checkpoint = models.Checkpoint(
            mentorship=pair_of(session, cast),
            topic=cast.statistics,
            expert=cast.p_expert,
            due_on=clock.today(),
            created_at=clock.now(),
        )
        checkpoint.review = models.Review(expert_id=cast.p_expert.id, outcome="failed", signed_at=clock.now())
        session.add(checkpoint)
        session.flush()
        assert participation.current(session, cast.p_mentee).points == 100
        assert participation.current(session, cast.p_both).points == 0

    @pytest.mark.parametrize(("published", "counts"), [(None, True), (1, True), (-1, False)])
    def test_preparation_counts_before_the_first_round(
        self, session: Session, cast: Cast, published: int | None, counts: bool
    ) -> None:
        self.rule(session, cast, "preparation")
        member = make_member(session, cast.course, "late", "Late Joiner")
        joined = clock.now() - timedelta(days=3)
        part = make_participant(session, cast.cohort, member, "mentee", week=frozenset())
        part.joined_at = joined
        if published is not None:
            self.round(session, cast, clock.now() + timedelta(days=published))
        profiles.set_topics(
            session, part, levels={("wants", cast.writing.id): 2}, languages=["en"], capacity=None
        )
        unprepared = part.prepared_at
        profiles.set_week(session, part, MORNINGS, "Europe/Madrid")
        first = part.prepared_at
        assert unprepared is None
        assert first is not None
        profiles.set_week(session, part, frozenset(), "Europe/Madrid")
        profiles.set_week(session, part, MORNINGS, "Europe/Madrid")
        assert part.prepared_at == first
        assert participation.current(session, part).points == (100 if counts else 0)
        recorded = session.scalar(select(func.count()).where(models.Delivery.participant_id == part.id))
        assert recorded == (1 if counts else 0)

    def round(self, session: Session, cast: Cast, published_at: Any) -> None:
        job = models.Job(
            course_id=cast.course.id,
            kind="round",
            state="done",
            created_at=clock.now(),
            touched_at=clock.now(),
        )
        session.add(job)
        session.flush()
        session.add(
            models.Round(
                cohort=cast.cohort,
                number=1,
                job=job,
                rules={},
                started_by_id=cast.instructor.id,
                started_at=clock.now(),
                published_at=published_at,
            )
        )
        session.flush()


class TestExcuse:
    def test_an_excused_learner_is_not_graded_until_undone(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        page = teacher.post(url(cast, f"gradebook/{cast.p_mentee.id}/excuse"), follow_redirects=True).text
        assert "Ana Álvarez is excused" in page
        assert waiting(session, cast.p_mentee) == []  # nothing had arrived, so there is nothing to take back
        participation.settle(session, cast.cohort, [cast.p_mentee], again=True)
        session.commit()
        assert waiting(session, cast.p_mentee) == []
        assert "Excused" in draft(teacher, cast)
        teacher.post(url(cast, f"gradebook/{cast.p_mentee.id}/grade"))
        assert [one["scoreGiven"] for one in waiting(session, cast.p_mentee)] == [25]

    def test_points_that_arrived_are_taken_back(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        session.query(models.Delivery).update({"state": "delivered"})
        session.commit()
        for _click in range(2):
            teacher.post(url(cast, f"gradebook/{cast.p_mentee.id}/excuse"))
        [score] = waiting(session, cast.p_mentee)
        assert (score["scoreGiven"], score["gradingProgress"]) == (None, "FullyGraded")
        assert score["comment"] == "Excused by the teacher"
        enter(teacher, cast.mentee)
        assert "You are excused" in teacher.get(url(cast, "mine")).text


class TestSending:
    def test_all_are_sent_once_more_with_newer_timestamps(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        session.query(models.Delivery).update({"state": "delivered"})
        session.commit()
        teacher.post(url(cast, "gradebook/send"))
        assert [one["scoreGiven"] for one in waiting(session, cast.p_mentee)] == [25]
        assert [one["scoreGiven"] for one in waiting(session, cast.p_mentor)] == [25]

    def test_points_wait_for_a_platform_that_takes_them(
        self, teacher: FlaskClient, cast: Cast, session: Session
    ) -> None:
        session.query(models.Delivery).delete()
        offered, cast.course.scopes = cast.course.scopes, []
        session.commit()
        assert whole_cohort.send_unsent(session) == 0
        cast.course.scopes = offered
        session.commit()
        assert whole_cohort.send_unsent(session) == 2
        assert whole_cohort.send_unsent(session) == 0
        assert [one["scoreGiven"] for one in waiting(session, cast.p_mentee)] == [25]

    @pytest.mark.parametrize(
        ("product", "issuer", "flag"),
        [
            ("canvas", "https://lms.example", {"new_submission": False}),
            (None, "https://canvas.instructure.com", {"new_submission": False}),
            (None, "https://school.beta.instructure.com", {"new_submission": False}),
            ("moodle", "https://lms.example", None),
            (None, "https://notinstructure.com", None),
        ],
    )
    def test_only_canvas_is_told_that_a_score_is_no_new_attempt(
        self, cast: Cast, session: Session, product: str | None, issuer: str, flag: object
    ) -> None:
        cast.platform.product, cast.platform.issuer = product, issuer
        meet(session, cast, pair_of(session, cast), 7)
        participation.update(session, cast.p_mentee)
        session.commit()
        [score] = waiting(session, cast.p_mentee)
        assert score.get("https://canvas.instructure.com/lti/submission") == flag
        assert score["gradingProgress"] == "FullyGraded"
        assert score["comment"] == "1 of 4 sessions confirmed"

    def message(self, session: Session, person: models.Participant) -> Message:
        engine.rollback(session)
        row = session.query(models.Delivery).filter_by(participant_id=person.id).one()
        found = Message(row.id, row.key, row.body, row.participant_id)
        session.rollback()
        return found

    @pytest.mark.usefixtures("teacher")
    def test_case_65_without_the_scope_grades_are_off_and_nothing_is_called(
        self, client: FlaskClient, cast: Cast, session: Session, outside: Any
    ) -> None:
        message = self.message(session, cast.p_mentee)
        engine.begin_write(session)
        cast.course.scopes = [one for one in cast.course.scopes if one != scores.SCORE_SCOPE]
        engine.commit(session)
        outcome = routes_ags.send(session, [message])[message.id]
        assert (outcome.kind, outcome.status) == ("paused", 403)
        assert len(outside.calls) == 0
        assert "does not take points from this tool" in client.get(url(cast, "gradebook")).text

    @pytest.mark.usefixtures("teacher")
    def test_a_teachers_student_view_is_never_sent(self, cast: Cast, session: Session, outside: Any) -> None:
        message = self.message(session, cast.p_mentee)
        engine.begin_write(session)
        cast.mentee.is_test = True
        engine.commit(session)
        assert routes_ags.send(session, [message])[message.id].kind == "refused"
        assert len(outside.calls) == 0
        before = session.query(models.Delivery).count()
        participation.settle(session, cast.cohort, [cast.p_mentee], again=True)
        assert session.query(models.Delivery).count() == before

    @pytest.mark.usefixtures("teacher")
    def test_after_the_clock_stepped_back_a_score_waits_for_its_moment(
        self, cast: Cast, session: Session, outside: Any
    ) -> None:
        message = self.message(session, cast.p_mentee)
        with clock.at(clock.now() - timedelta(hours=1)):
            outcome = routes_ags.send(session, [message])[message.id]
        assert outcome.kind == "retry"
        assert outcome.retry_after == pytest.approx(3600, abs=120)
        assert len(outside.calls) == 0
