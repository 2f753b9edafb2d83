"""People whom the course list lacks: nobody is taken out silently."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.rooms.rounds.readiness import readiness
from tests.cast import Cast, enter, make_mentorship, make_participant
from tests.integration.rooms.writing import fresh, write


@pytest.fixture
def pair(session: Session, cast: Cast) -> models.Mentorship:
    """Ana learns from Bo, with a session booked; the course list no longer has Bo."""
    write(session)
    mentorship = make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
    session.add(
        models.Session(
            cohort=cast.cohort,
            mentorship=mentorship,
            format="mentoring",
            starts_at=clock.now() + timedelta(days=2),
            minutes=60,
            booked_by_id=cast.p_mentee.id,
            booked_at=clock.now(),
            attendances=[models.Attendance(participant=one) for one in (cast.p_mentee, cast.p_mentor)],
        )
    )
    vanish(cast.mentor)
    session.commit()
    return mentorship


def vanish(member: models.Member, how: str = "gone") -> None:
    member.missing_since, member.missing_as = clock.now(), how


def url(cast: Cast, rest: str = "/missing") -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}{rest}"


def decide(client: FlaskClient, cast: Cast, decision: str, *who: models.Participant) -> str:
    answer = client.post(
        url(cast), data={"who": [one.id for one in who], "decision": decision}, follow_redirects=True
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def undo_address(page: str) -> str:
    before = page.split('class="undo"')[1]
    return before.split('action="')[1].split('"')[0].replace("&amp;", "&")


def test_the_cohorts_page_says_so_and_leads_to_who(
    client: FlaskClient, cast: Cast, pair: models.Mentorship
) -> None:
    enter(client, cast.instructor)
    page = client.get(url(cast, "")).text
    assert "1 person is no longer on the course list." in page
    assert f'href="{url(cast)}"' in page
    listed = client.get(url(cast)).text
    assert "Bo Đặng" in listed
    assert "No longer listed, seen on" in listed
    assert "Mentors Ana Álvarez: Statistics" in listed
    assert "1 session booked" in listed


def test_somebody_suspended_is_called_so(client: FlaskClient, session: Session, cast: Cast) -> None:
    write(session)
    vanish(cast.both, "inactive")
    session.commit()
    enter(client, cast.instructor)
    assert "Suspended in the course" in client.get(url(cast)).text


def test_the_partner_sees_the_session_and_a_plain_word(
    client: FlaskClient, session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    enter(client, cast.mentee)
    meeting = session.query(models.Session).one()
    for address in (f"/mentorships/{pair.id}", f"/sessions/{meeting.id}"):
        page = client.get(url(cast, address))
        assert page.status_code == 200
        assert "Bo Đặng is no longer on the course list and may not come." in page.text


def test_nobody_is_matched_with_somebody_missing(
    session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    assert readiness(session, cast.cohort).mentors == 1  # Chi; Bo had a place left
    write(session)
    cast.p_mentor.kept_at = clock.now()
    session.commit()
    assert readiness(session, cast.cohort).mentors == 2


def test_taken_out_is_as_if_they_had_left_and_can_be_undone(
    client: FlaskClient, session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    enter(client, cast.instructor)
    page = decide(client, cast, "out", cast.p_mentor)
    assert "Bo Đặng is taken out of the cohort." in page
    fresh(session)
    meeting = session.query(models.Session).one()
    ends = state(cast.p_mentor, pair, meeting)
    assert ends[0] is not None
    assert set(ends) == {ends[0]}
    assert session.scalar(select(models.Member.active).where(models.Member.id == cast.mentor.id)) is False
    assert client.post(undo_address(page), follow_redirects=True).status_code == 200
    fresh(session)
    assert state(cast.p_mentor, pair, meeting) == [None, None, None]
    assert cast.mentor.active
    assert "Bo Đặng" in client.get(url(cast)).text


def state(
    participant: models.Participant, pair: models.Mentorship, meeting: models.Session
) -> list[datetime | None]:
    return [participant.left_at, pair.ended_at, meeting.cancelled_at]


def test_who_is_in_another_cohort_stays_in_the_course(
    client: FlaskClient, session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    write(session)
    other = models.Cohort(
        course=cast.course,
        name="Another",
        kind="peer",
        starts_on=cast.cohort.starts_on,
        ends_on=cast.cohort.ends_on,
        mentors="anyone",
        checkpoints="none",
        created_by_id=cast.instructor.id,
        created_at=clock.now(),
        grade_rule=models.GradeRule(enabled=False, maximum=1, sessions_for_full=1),
    )
    make_participant(session, other, cast.mentor, "mentor")
    session.commit()
    enter(client, cast.instructor)
    decide(client, cast, "out", cast.p_mentor)
    fresh(session)
    assert cast.mentor.active


def test_kept_is_remembered_until_they_come_back_and_vanish_again(
    client: FlaskClient, session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    enter(client, cast.instructor)
    page = decide(client, cast, "keep", cast.p_mentor)
    assert "Bo Đặng stays in the cohort." in page
    assert "no longer on the course list." not in page
    assert "Nobody is missing" in client.get(url(cast)).text
    fresh(session)
    assert pair.ended_at is None
    with clock.at(clock.now() + timedelta(days=1)):
        write(session)
        vanish(cast.mentor)
        session.commit()
    assert "Bo Đặng" in client.get(url(cast)).text


def test_keeping_can_be_undone(client: FlaskClient, cast: Cast, pair: models.Mentorship) -> None:
    enter(client, cast.instructor)
    page = decide(client, cast, "keep", cast.p_mentor)
    assert "Bo Đặng" in client.post(undo_address(page), follow_redirects=True).text


def test_a_decision_about_nobody_is_asked_again(
    client: FlaskClient, session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    enter(client, cast.instructor)
    answer = client.post(url(cast), data={"decision": "out"})
    assert answer.status_code == 422
    assert "Choose at least one person first." in answer.text
    fresh(session)
    assert cast.p_mentor.left_at is None


def test_only_people_whom_the_list_lacks_are_taken_out_here(
    client: FlaskClient, session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    enter(client, cast.instructor)
    decide(client, cast, "out", cast.p_mentee)
    fresh(session)
    assert cast.p_mentee.left_at is None


def test_a_second_click_does_nothing_more(
    client: FlaskClient, session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    enter(client, cast.instructor)
    decide(client, cast, "out", cast.p_mentor)
    fresh(session)
    left_at = cast.p_mentor.left_at
    decide(client, cast, "out", cast.p_mentor)
    fresh(session)
    assert cast.p_mentor.left_at == left_at


def test_an_expert_who_owes_reviews_stays_until_they_are_done(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    write(session)
    make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert)
    vanish(cast.expert)
    session.commit()
    enter(client, cast.instructor)
    assert "Eva Expert still has reviews to sign." in decide(client, cast, "out", cast.p_expert)
    write(session)
    session.query(models.Checkpoint).delete()
    session.commit()
    assert "Eva Expert is taken out" in decide(client, cast, "out", cast.p_expert)


def test_a_learner_decides_nothing(client: FlaskClient, cast: Cast, pair: models.Mentorship) -> None:
    enter(client, cast.mentee)
    assert client.get(url(cast)).status_code == 403
    assert client.post(url(cast), data={"who": cast.p_mentor.id, "decision": "out"}).status_code == 403


def test_many_missing_people_cost_no_more_queries(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, pair: models.Mentorship
) -> None:
    enter(client, cast.instructor)
    few = queries_of(app, client, url(cast))
    write(session)
    for member in (cast.mentee, cast.both, cast.expert):
        vanish(member)
    session.commit()
    assert queries_of(app, client, url(cast)) <= few + 1


def queries_of(app: Flask, client: FlaskClient, address: str) -> int:
    count = 0

    def note(*_arguments: object) -> None:
        nonlocal count
        count += 1

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert client.get(address).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return count
