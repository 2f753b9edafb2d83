from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from tests.cast import Cast, enter, make_member, make_mentorship, make_participant
from tests.integration.rooms.writing import write

REASONS: list[dict[str, Any]] = [
    {"kind": "shared_topic", "params": {"topic": 0, "level": 3, "importance": 3}},
    {"kind": "shared_time", "params": {"hours": 10.0}},
    {"kind": "room", "params": {"taken": 1, "places": 2}},
]


def base(cast: Cast) -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}"


@pytest.fixture
def mentorship(session: Session, cast: Cast) -> models.Mentorship:
    write(session)
    made = make_mentorship(
        session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, expert=cast.p_expert
    )
    made.reasons = [
        REASONS[0] | {"params": {"topic": cast.statistics.id, "level": 3, "importance": 3}},
        *REASONS[1:],
    ]
    session.commit()
    return made


def meet(
    session: Session, mentorship: models.Mentorship, starts_in: timedelta, *answers: str | None
) -> models.Session:
    write(session)
    said = list(answers) or [None, None]
    meeting = models.Session(
        cohort_id=mentorship.cohort_id,
        mentorship_id=mentorship.id,
        format="mentoring",
        starts_at=clock.now() + starts_in,
        minutes=60,
        booked_by_id=mentorship.people[0].participant_id,
        booked_at=clock.now(),
        held_at=clock.now() if set(said) == {"met"} else None,
        attendances=[
            models.Attendance(participant_id=one.participant_id, answer=answer)
            for one, answer in zip(mentorship.people, said, strict=True)
        ],
    )
    session.add(meeting)
    session.commit()
    return meeting


def test_somebody_who_waits_is_told_honestly(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.mentee)
    page = client.get(f"{base(cast)}/home").text
    assert "You are waiting for a mentor" in page
    assert "its day is not fixed yet" in page
    assert "2 people are waiting, you are one of them." in page


def test_a_mentor_without_anybody_is_told_how_many_wait(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.mentor)
    page = client.get(f"{base(cast)}/home").text
    assert "Thank you for offering to mentor" in page
    assert "2 people wait for a mentor." in page


def test_whoever_was_left_out_reads_why_and_what_helps(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    write(session)
    reason: dict[str, Any] = {"kind": "no_shared_time", "params": {"nearest_hours": 0.5, "needed_hours": 1.0}}
    _published_round(session, cast, reason)
    session.commit()
    enter(client, cast.mentee)
    page = client.get(f"{base(cast)}/home").text
    assert "The nearest fitting mentor shares 0.5 h a week" in page
    assert "Add a few more free times" in page


def test_a_proposal_that_is_not_published_is_not_shown(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    write(session)
    reason: dict[str, Any] = {"kind": "only_excluded", "params": {"mentors": 1}}
    _published_round(session, cast, reason).published_at = None
    session.commit()
    enter(client, cast.mentee)
    assert "ruled out" not in client.get(f"{base(cast)}/home").text


def test_a_new_pair_is_asked_to_book_its_first_session(
    client: FlaskClient, cast: Cast, mentorship: models.Mentorship
) -> None:
    for member, other in ((cast.mentee, "Bo Đặng"), (cast.mentor, "Ana Álvarez")):
        enter(client, member)
        page = client.get(f"{base(cast)}/home").text
        assert f"You and {other} are matched" in page
        assert f"{base(cast)}/mentorships/{mentorship.id}/book" in page
        assert "You are waiting" not in page


def test_a_session_that_was_comes_first_and_then_nothing_more_is_asked(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = meet(session, mentorship, timedelta(hours=-3))
    meet(session, mentorship, timedelta(hours=30))
    enter(client, cast.mentee)
    page = client.get(f"{base(cast)}/home").text
    assert "Did you and Bo Đặng meet on" in page
    assert f"{base(cast)}/sessions/{meeting.id}" in page
    write(session)
    meeting.attendances[0].answer = "met"
    session.commit()
    assert "Nothing needs you now." in client.get(f"{base(cast)}/home").text


def test_different_answers_are_brought_to_the_attention_of_both(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meet(session, mentorship, timedelta(hours=-3), "met", "not_met")
    for member in (cast.mentee, cast.mentor):
        enter(client, member)
        assert "answered differently" in client.get(f"{base(cast)}/home").text


def test_after_the_cohort_has_ended_only_confirming_is_left(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meet(session, mentorship, timedelta(days=68))
    enter(client, cast.mentee)
    with clock.at(clock.now() + timedelta(days=72)):
        page = client.get(f"{base(cast)}/home").text
        pair = client.get(f"{base(cast)}/mentorships/{mentorship.id}").text
    assert "This cohort has ended" in page
    assert "Say whether you met" in page
    assert "Say whether you met" in pair
    assert "/book" not in page + pair


def test_a_mentorship_that_ended_is_listed_as_an_earlier_one(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    write(session)
    mentorship.ended_at = clock.now()
    session.commit()
    enter(client, cast.mentee)
    page = client.get(f"{base(cast)}/home").text
    assert "You are waiting for a mentor" in page
    assert f"{base(cast)}/mentorships/{mentorship.id}" in page
    assert "This mentorship has ended" in client.get(f"{base(cast)}/mentorships/{mentorship.id}").text


def test_an_unfinished_profile_leads_to_its_missing_step(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    write(session)
    cast.p_mentee.week = frozenset()
    cast.p_mentor.interests.clear()
    session.commit()
    for member, step in ((cast.mentee, "times"), (cast.mentor, "topics")):
        enter(client, member)
        assert client.get(f"{base(cast)}/home").location == f"{base(cast)}/{step}"


def test_an_expert_is_led_to_the_reviews(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.expert)
    answer = client.get(f"{base(cast)}/home")
    assert answer.status_code == 303
    assert "/home" not in answer.location


def test_the_page_of_a_pair_says_why_when_and_what_comes(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meet(session, mentorship, timedelta(days=-3), "met", "met")
    enter(client, cast.mentee)
    page = client.get(f"{base(cast)}/mentorships/{mentorship.id}").text
    assert "You want to learn Statistics most of all" in page
    assert "places of this mentor" not in page
    assert "You both confirmed it." in page
    assert "Checkpoint with Eva Expert" in page
    assert "for Bo Đặng" in page or "for you both" in page
    assert page.count("btn-primary") == 1


def test_the_page_says_to_a_mentor_what_the_other_person_wants(
    client: FlaskClient, cast: Cast, mentorship: models.Mentorship
) -> None:
    enter(client, cast.mentor)
    page = client.get(f"{base(cast)}/mentorships/{mentorship.id}").text
    assert "Ana Álvarez wants to learn Statistics most of all; you know it well." in page


def test_a_session_can_be_booked_from_the_page_of_a_pair_that_has_one(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meet(session, mentorship, timedelta(days=3), None, None)
    enter(client, cast.mentee)
    page = client.get(f"{base(cast)}/mentorships/{mentorship.id}").text
    assert page.count("Book a session") == 1


def test_a_signed_checkpoint_shows_who_signed_and_what_they_wrote(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    write(session)
    checkpoint = session.query(models.Checkpoint).filter_by(mentorship_id=mentorship.id).one()
    checkpoint.review = models.Review(
        expert_id=cast.p_expert.id, outcome="failed", comment="Look at p-values again.", signed_at=clock.now()
    )
    session.commit()
    enter(client, cast.mentor)
    page = client.get(f"{base(cast)}/mentorships/{mentorship.id}").text
    assert "Checkpoint signed by Eva Expert" in page
    assert "It needs another look. Look at p-values again." in page


def test_only_the_pair_sees_its_page(client: FlaskClient, cast: Cast, mentorship: models.Mentorship) -> None:
    for stranger in (cast.both, cast.expert, cast.instructor, cast.newcomer):
        enter(client, stranger)
        assert client.get(f"{base(cast)}/mentorships/{mentorship.id}").status_code == 403


def test_the_home_page_asks_the_database_equally_often_for_one_pair_and_for_eight(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meet(session, mentorship, timedelta(days=-3), "met", "met")
    enter(client, cast.mentor)
    url = f"{base(cast)}/home"
    client.get(url)
    with counted(db.engine) as one:
        client.get(url)
    write(session)
    for number in range(7):
        member = make_member(session, cast.course, f"more-{number}", f"Learner {number}")
        mentee = make_participant(session, cast.cohort, member, "mentee", wants={cast.writing: 2})
        more = make_mentorship(session, cast.cohort, mentee, cast.p_mentor, cast.writing)
        session.commit()
        meet(session, more, timedelta(days=-2), "met", "met")
    session.commit()
    with counted(db.engine) as eight:
        page = client.get(url)
    assert "Learner 6" in page.text
    assert len(eight) == len(one)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def _published_round(session: Session, cast: Cast, reason: dict[str, Any]) -> models.Round:
    job = models.Job(
        course_id=cast.course.id,
        kind="round",
        state="done",
        percent=100,
        message="",
        created_at=clock.now(),
        touched_at=clock.now(),
    )
    session.add(job)
    session.flush()
    made = models.Round(
        cohort=cast.cohort,
        number=1,
        job_id=job.id,
        rules={},
        started_by_id=cast.instructor.id,
        started_at=clock.now(),
        published_at=clock.now(),
        scenarios=[
            models.Scenario(
                summary={},
                certificate={},
                created_at=clock.now(),
                published_at=clock.now(),
                left_out=[models.ScenarioLeftOut(participant=cast.p_mentee, reason=reason)],
            )
        ],
    )
    session.add(made)
    session.flush()
    return made
