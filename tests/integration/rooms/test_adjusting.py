"""Somebody left or came late: running pairs change as little as that takes."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import leaving
from lti_tool.db import clock, models
from tests.cast import Cast, enter, make_member, make_mentorship, make_participant
from tests.integration.rooms.matching_rounds import change, count, queries, rounds_url, run_job


@dataclass
class MidLife:
    """Ana runs with Bo, Chi with Dan. Late waits and wants what only Bo offers; Dan has a place left."""

    ana: models.Participant
    chi: models.Participant
    late: models.Participant
    bo: models.Participant
    dan: models.Participant
    ana_bo: int
    chi_dan: int
    """Ids of the mentorships."""


@pytest.fixture
def life(session: Session, cast: Cast, client: FlaskClient) -> MidLife:
    with change(session):
        cast.p_mentor.capacity = 1
        dan = _person(session, cast, "Dan Second", "mentor", offers={cast.writing: 3}, capacity=2)
        late = _person(session, cast, "Lea Late", "mentee", wants={cast.statistics: 3})
        ana_bo = make_mentorship(
            session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert
        )
        chi_dan = make_mentorship(session, cast.cohort, cast.p_both, dan, cast.writing, cast.p_expert)
    enter(client, cast.instructor)
    return MidLife(cast.p_mentee, cast.p_both, late, cast.p_mentor, dan, ana_bo.id, chi_dan.id)


def _person(session: Session, cast: Cast, name: str, role: str, **values: object) -> models.Participant:
    member = make_member(session, cast.course, name.lower(), name)
    return make_participant(session, cast.cohort, member, role, **values)  # type: ignore[arg-type]


def adjust(app: Flask, client: FlaskClient, session: Session, cast: Cast, most: str = "") -> models.Round:
    started = client.post(rounds_url(cast, "/adjust"), data={"most_changes": most})
    assert started.status_code == 303, started.text
    job_id = int(started.location.rsplit("/", 1)[1])
    run_job(app, job_id)
    session.rollback()
    return session.scalars(select(models.Round).where(models.Round.job_id == job_id)).one()


def page_of(client: FlaskClient, cast: Cast, matching_round: models.Round) -> str:
    return client.get(rounds_url(cast, f"/{matching_round.id}")).text


def publish(client: FlaskClient, cast: Cast, matching_round: models.Round) -> str:
    scenario = matching_round.scenarios[0]
    url = rounds_url(cast, f"/{matching_round.id}/scenarios/{scenario.id}/publish")
    answer = client.post(url)
    return client.get(answer.location).text if answer.status_code == 303 else answer.text


def open_pairs(session: Session) -> dict[int, int]:
    session.rollback()
    found = session.scalars(select(models.Mentorship).where(models.Mentorship.ended_at.is_(None)))
    return {one.person("mentee").id: one.person("mentor").id for one in found}


def book(session: Session, life: MidLife, cast: Cast) -> int:
    """A session that Ana and Bo have before them."""
    with change(session):
        meeting = models.Session(
            cohort=cast.cohort,
            mentorship_id=life.ana_bo,
            format="mentoring",
            starts_at=clock.now() + timedelta(days=2),
            minutes=30,
            booked_by_id=life.ana.id,
            booked_at=clock.now(),
            attendances=[models.Attendance(participant=one) for one in (life.ana, life.bo)],
        )
        session.add(meeting)
        session.flush()
        return meeting.id


def test_the_fewest_changes_are_shown_published_and_taken_back(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
) -> None:
    meeting = book(session, life, cast)
    page = client.get(rounds_url(cast, "/adjust")).text
    assert "Somebody left or came late" in page
    assert "pairs run" in page
    made = adjust(app, client, session, cast)

    page = page_of(client, cast, made)
    assert "1 learner who waits gets a mentor. 1 of 2 running pairs stay as they are." in page
    assert "Lea Late learns from Bo Đặng" in page
    assert "Ana Álvarez moves from Bo Đặng to Dan Second" in page
    assert "It makes room for Lea Late." in page
    assert "1 running pair that could go on has to change; no such way disturbs fewer." in page
    assert open_pairs(session) == {life.ana.id: life.bo.id, life.chi.id: life.dan.id}

    told = publish(client, cast, made)
    assert "2 pairs begin. 1 pair ends, kindly told." in told
    assert "Take it back" in told
    after = {life.ana.id: life.dan.id, life.chi.id: life.dan.id, life.late.id: life.bo.id}
    assert open_pairs(session) == after
    assert session.get_one(models.Mentorship, life.chi_dan).ended_at is None
    assert session.get_one(models.Session, meeting).cancelled_at is not None
    # Lea's pair is on a risky topic and owes a review; the reviews of pairs that stand are as they were.
    assert count(session, models.Checkpoint) == 3
    publish(client, cast, made)
    assert open_pairs(session) == after
    assert count(session, models.Mentorship) == 4
    ended = client.get(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/home")
    assert ended.status_code == 403  # the teacher takes no part
    learner = app.test_client()
    enter(learner, cast.mentee)
    own = learner.get(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/mentorships/{life.ana_bo}").text
    assert "Your teacher brought people together anew" in own

    client.post(rounds_url(cast, f"/{made.id}/unpublish"))
    assert open_pairs(session) == {life.ana.id: life.bo.id, life.chi.id: life.dan.id}
    assert session.get_one(models.Session, meeting).cancelled_at is None
    publish(client, cast, made)
    assert open_pairs(session) == after
    assert count(session, models.Mentorship) == 4
    session.rollback()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestOnOneDatabase:
    def test_nothing_changes_where_nothing_may(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        made = adjust(app, client, session, cast, most="0")
        page = page_of(client, cast, made)
        assert "Nothing changes" in page
        assert "There would be room only if more running pairs changed." in page
        assert "At most 0 running pairs were to change, as you asked." in page

    def test_who_takes_fewer_has_to_change_more_than_is_allowed(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        with change(session):
            make_mentorship(session, cast.cohort, life.late, life.dan, cast.writing)
            life.dan.capacity, life.chi.role = 1, "mentee"
        assert "learner more than their mentor takes now" in client.get(rounds_url(cast, "/adjust")).text
        made = adjust(app, client, session, cast, most="0")
        assert "At least 1 running pair has to change" in page_of(client, cast, made)
        assert "you allowed 0" in page_of(client, cast, made)
        made = adjust(app, client, session, cast)
        page = page_of(client, cast, made)
        assert "loses Dan Second" in page
        assert "The mentor takes fewer learners than before." in page
        assert "1 pair ends, kindly told." in publish(client, cast, made)

    def test_a_pair_that_is_never_to_be_one_ends_and_one_that_is_kept_stands(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        form = {"reason": "Because.", "first": life.ana.id, "second": life.bo.id}
        assert client.post(rounds_url(cast, "/people"), data={"kind": "pair", **form}).status_code == 303
        made = adjust(app, client, session, cast)
        assert "Nothing changes" in page_of(client, cast, made)
        assert made.scenarios[0].summary["disturbed"] == 0
        rule = session.scalars(select(models.PairRule.id)).one()
        client.post(rounds_url(cast, f"/people/{rule}/remove"))
        assert client.post(rounds_url(cast, "/people"), data={"kind": "never", **form}).status_code == 303
        page = page_of(client, cast, adjust(app, client, session, cast))
        assert "Ana Álvarez moves from Bo Đặng to Dan Second" in page
        assert "What you decided about people asks for it." in page

    def test_what_changed_meanwhile_stops_only_what_hangs_on_it(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        made = adjust(app, client, session, cast)
        with change(session):
            life.dan.capacity = 1  # no place for Ana any more: she stays, so Lea cannot have hers
        page = publish(client, cast, made)
        assert "None of these pairs can start any more" in page
        assert open_pairs(session) == {life.ana.id: life.bo.id, life.chi.id: life.dan.id}

    def test_a_mentor_who_takes_as_many_again_loses_nobody(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        with change(session):
            make_mentorship(session, cast.cohort, life.late, life.dan, cast.writing)
            life.dan.capacity, life.chi.role = 1, "mentee"
        made = adjust(app, client, session, cast)
        assert made.scenarios[0].summary["disturbed"] == 1
        with change(session):
            life.dan.capacity = 2
        assert "None of these pairs can start any more" in publish(client, cast, made)
        assert len(open_pairs(session)) == 3

    def test_who_lost_their_mentor_hears_nothing_of_it_here_but_gets_another(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        with change(session):
            left = session.get_one(models.Mentorship, life.ana_bo)
            left.ended_at = life.bo.left_at = clock.now()
        made = adjust(app, client, session, cast)
        page = page_of(client, cast, made)
        assert "Ana Álvarez learns from Dan Second" in page
        assert "Was with Bo Đặng until" in page
        assert "No running pair that can go on is disturbed." in page
        assert "Nobody with a free place offers Statistics yet." in page

    def test_a_pair_of_which_somebody_is_missing_is_left_alone(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        with change(session):
            cast.mentee.missing_since = clock.now()
        page = client.get(rounds_url(cast, "/adjust")).text
        assert "1 more pair is left as it is" in page
        made = adjust(app, client, session, cast)
        assert made.scenarios[0].summary["running"] == 1
        assert "Nothing changes" in page_of(client, cast, made)  # Bo's place is Ana's still

    def test_what_cannot_be_asked_of_it_is_said(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        made = adjust(app, client, session, cast)
        scenario = rounds_url(cast, f"/{made.id}/scenarios/{made.scenarios[0].id}")
        for method, tail in (
            ("GET", "/proof.json"),
            ("GET", "/people.csv"),
            ("POST", "/check"),
            ("GET", f"/people/{life.ana.id}"),
            ("POST", f"/people/{life.ana.id}/why-not"),
            ("POST", f"/people/{life.ana.id}/fewer-hours"),
        ):
            answer = client.open(scenario + tail, method=method)
            assert (answer.status_code, tail) == (409, tail)
            assert "This cannot be asked of an adjustment" in answer.text
        another = client.post(rounds_url(cast, f"/{made.id}/compare"), data={"emphasis": "times"})
        assert another.status_code == 409
        assert client.get(rounds_url(cast, f"/{made.id}/compare")).status_code == 200
        assert client.get(rounds_url(cast)).status_code == 200

    def test_a_wrong_limit_and_nothing_to_do_are_sentences(
        self, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        for wrong in ("-1", "many", "1.5"):
            answer = client.post(rounds_url(cast, "/adjust"), data={"most_changes": wrong})
            assert answer.status_code == 400
        with change(session):
            life.late.left_at = clock.now()
        answer = client.post(rounds_url(cast, "/adjust"))
        assert answer.status_code == 409
        assert "Nobody who is ready waits for a mentor" in answer.text
        with change(session):
            for one in session.scalars(select(models.Mentorship)):
                one.ended_at = clock.now()
        assert "No pair runs yet" in client.post(rounds_url(cast, "/adjust")).text

    def test_it_can_be_stopped_and_a_second_click_starts_no_second_one(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        first = client.post(rounds_url(cast, "/adjust"))
        assert client.post(rounds_url(cast, "/adjust")).location == first.location
        client.post(first.location + "/cancel")
        run_job(app, int(first.location.rsplit("/", 1)[1]))
        assert count(session, models.Scenario) == 0

    def test_its_pages_take_as_many_queries_for_many_people(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        few = [queries(app, client, rounds_url(cast, "/adjust"))]
        made = adjust(app, client, session, cast)
        few.append(queries(app, client, rounds_url(cast, f"/{made.id}")))
        with change(session):
            for number in range(5):
                mentor = _person(session, cast, f"Mentor {number}", "mentor", offers={cast.statistics: 2})
                mentee = _person(session, cast, f"Mentee {number}", "mentee", wants={cast.statistics: 2})
                _person(session, cast, f"Waiting {number}", "mentee", wants={cast.statistics: 3})
                make_mentorship(session, cast.cohort, mentee, mentor, cast.statistics)
                _person(session, cast, f"Spare {number}", "mentor", offers={cast.statistics: 1})
        many = [queries(app, client, rounds_url(cast, "/adjust"))]
        made = adjust(app, client, session, cast)
        assert len(made.scenarios[0].summary["changes"]) >= 5
        many.append(queries(app, client, rounds_url(cast, f"/{made.id}")))
        assert [more <= less + 1 for less, more in zip(few, many, strict=True)] == [True, True]

    def test_nobody_makes_room_for_somebody_who_left_meanwhile(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        meeting = book(session, life, cast)
        made = adjust(app, client, session, cast)
        with change(session):
            leaving.leave(session, session.get_one(models.Participant, life.late.id))
        publish(client, cast, made)
        assert open_pairs(session) == {life.ana.id: life.bo.id, life.chi.id: life.dan.id}
        assert session.get_one(models.Session, meeting).cancelled_at is None

    def test_only_as_many_pairs_end_as_the_mentor_has_too_many(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        with change(session):
            make_mentorship(session, cast.cohort, life.late, life.bo, cast.statistics)
            newcomer = _person(session, cast, "Max Third", "mentee", wants={cast.statistics: 1})
            make_mentorship(session, cast.cohort, newcomer, life.bo, cast.statistics)
        made = adjust(app, client, session, cast)
        with change(session):
            life.bo.capacity = 2
        publish(client, cast, made)
        learners = [mentor for mentor in open_pairs(session).values() if mentor == life.bo.id]
        assert len(learners) == 2

    def test_taking_back_brings_no_pair_back_that_was_taken_back_itself(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        with change(session):
            earlier = models.Round(
                cohort=cast.cohort,
                number=1,
                job=models.Job(
                    course_id=cast.course.id,
                    kind="round",
                    state="done",
                    created_at=clock.now(),
                    touched_at=clock.now(),
                ),
                rules={},
                started_by_id=cast.instructor.id,
                started_at=clock.now(),
            )
            session.add(earlier)
            session.flush()
            session.get_one(models.Mentorship, life.ana_bo).round_id = earlier.id
        made = adjust(app, client, session, cast)
        publish(client, cast, made)
        assert open_pairs(session)[life.ana.id] == life.dan.id
        client.post(rounds_url(cast, f"/{made.id}/unpublish"))
        assert open_pairs(session) == {life.chi.id: life.dan.id}

    def test_taking_back_gives_no_mentor_a_second_learner_for_one_place(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        made = adjust(app, client, session, cast)
        publish(client, cast, made)
        with change(session):
            late_bo = session.scalars(
                select(models.Mentorship).where(
                    models.Mentorship.round_id == made.id, models.Mentorship.ended_at.is_(None)
                )
            ).all()
            pair = next(one for one in late_bo if one.person("mentee").id == life.late.id)
            pair.ended_at = clock.now()
            zed = _person(session, cast, "Zed Fourth", "mentee", wants={cast.statistics: 1})
            newer = make_mentorship(session, cast.cohort, zed, life.bo, cast.statistics)
            newer.started_at = clock.now()
        client.post(rounds_url(cast, f"/{made.id}/unpublish"))
        assert open_pairs(session) == {zed.id: life.bo.id, life.chi.id: life.dan.id}

    def test_a_pair_that_one_would_rather_not_be_in_does_not_begin(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, life: MidLife
    ) -> None:
        made = adjust(app, client, session, cast)
        with change(session):
            session.add(
                models.Wish(
                    participant_id=life.late.id, member_id=life.bo.member_id, kind="never", position=0
                )
            )
        publish(client, cast, made)
        assert open_pairs(session) == {life.ana.id: life.bo.id, life.chi.id: life.dan.id}
