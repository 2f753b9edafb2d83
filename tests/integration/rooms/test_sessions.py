import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import clock, models
from lti_tool.rooms.sessions import service
from tests.cast import Cast, enter, make_mentorship
from tests.integration.rooms.writing import fresh, write

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def mentorship(session: Session, cast: Cast) -> models.Mentorship:
    """Ana (Madrid) learns statistics with Bo, who is an hour behind her in London."""
    write(session)
    cast.p_mentor.timezone = "Europe/London"
    made = make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
    session.commit()
    return made


def base(cast: Cast) -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}"


def book_url(cast: Cast, mentorship: models.Mentorship) -> str:
    return f"{base(cast)}/mentorships/{mentorship.id}/book"


def booked(
    session: Session, cast: Cast, mentorship: models.Mentorship, starts_in: timedelta
) -> models.Session:
    write(session)
    meeting = models.Session(
        cohort=cast.cohort,
        mentorship=mentorship,
        format="mentoring",
        starts_at=(clock.now() + starts_in).replace(second=0, microsecond=0),
        minutes=60,
        place="Room 12",
        booked_by_id=cast.p_mentee.id,
        booked_at=clock.now(),
        attendances=[models.Attendance(participant=one) for one in (cast.p_mentee, cast.p_mentor)],
    )
    session.add(meeting)
    session.commit()
    return meeting


def post(
    client: FlaskClient, cast: Cast, meeting: models.Session, action: str, answer: str = ""
) -> TestResponse:
    return client.post(
        f"{base(cast)}/sessions/{meeting.id}/{action}", data={"answer": answer}, follow_redirects=True
    )


def by_hand(local: datetime, **others: object) -> dict[str, object]:
    return {
        "date": local.date().isoformat(),
        "time": local.strftime("%H:%M"),
        "minutes": "60",
        "place": "Library",
        **others,
    }


def all_sessions(session: Session) -> list[models.Session]:
    fresh(session)
    return list(session.scalars(select(models.Session)))


def is_held(session: Session, meeting: models.Session) -> bool:
    fresh(session)
    return meeting.held_at is not None


def is_cancelled(session: Session, meeting: models.Session) -> bool:
    fresh(session)
    return meeting.cancelled_at is not None


def answers(session: Session, meeting: models.Session) -> set[str | None]:
    fresh(session)
    return {one.answer for one in meeting.attendances}


def events(session: Session, kind: str) -> int:
    fresh(session)
    return len(session.scalars(select(models.Event).where(models.Event.kind.contains(kind))).all())


def offered(page: str) -> list[str]:
    return [
        piece.split('"')[0]
        for piece in page.split('name="slot"')[1:]
        for piece in [piece.split('value="')[1]]
    ]


def test_the_times_offered_suit_both_by_their_own_clocks(
    client: FlaskClient, cast: Cast, mentorship: models.Mentorship
) -> None:
    enter(client, cast.mentee)
    page = client.get(book_url(cast, mentorship))
    values = [value for value in offered(page.text) if value != "other"]
    assert 1 <= len(values) <= 12
    for value in values:
        for part in (cast.p_mentee, cast.p_mentor):
            local = datetime.fromisoformat(value).astimezone(ZoneInfo(part.timezone))
            assert local.weekday() * 48 + local.hour * 2 + local.minute // 30 in part.week


def test_a_chosen_time_becomes_a_session_of_both(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    enter(client, cast.mentee)
    value = offered(client.get(book_url(cast, mentorship)).text)[0]
    page = client.post(
        book_url(cast, mentorship),
        data={"slot": value, "minutes": "60", "place": "https://meet.example/x"},
        follow_redirects=True,
    )
    (meeting,) = all_sessions(session)
    assert page.request.path == f"{base(cast)}/sessions/{meeting.id}"
    assert meeting.starts_at == datetime.fromisoformat(value)
    assert {one.participant_id for one in meeting.attendances} == {cast.p_mentee.id, cast.p_mentor.id}
    assert 'href="https://meet.example/x"' in page.text
    assert "your time" in page.text
    assert "for Bo Đặng" in page.text
    assert events(session, "scheduled") == 1


def test_sending_the_booking_twice_books_once(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    enter(client, cast.mentee)
    value = offered(client.get(book_url(cast, mentorship)).text)[0]
    first, second = (
        client.post(book_url(cast, mentorship), data={"slot": value, "minutes": "60"}) for _ in range(2)
    )
    assert first.location == second.location
    assert len(all_sessions(session)) == 1
    assert events(session, "scheduled") == 1


def test_what_is_booked_is_not_offered_again(
    client: FlaskClient, cast: Cast, mentorship: models.Mentorship
) -> None:
    enter(client, cast.mentee)
    value = offered(client.get(book_url(cast, mentorship)).text)[0]
    client.post(book_url(cast, mentorship), data={"slot": value, "minutes": "60"})
    enter(client, cast.mentor)
    assert value not in offered(client.get(book_url(cast, mentorship)).text)


def test_a_session_of_last_week_can_be_noted_and_is_confirmed_at_once(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    local = (clock.now() - timedelta(days=7)).astimezone(MADRID).replace(hour=15, minute=30)
    enter(client, cast.mentee)
    page = client.post(book_url(cast, mentorship), data=by_hand(local), follow_redirects=True)
    assert "Confirm we met" in page.text
    (meeting,) = all_sessions(session)
    assert meeting.starts_at == local.replace(second=0, microsecond=0).astimezone(UTC)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "Choose one of the times, or give a date and a time."),
        ({"slot": "other"}, "Choose one of the times, or give a date and a time."),
        ({"slot": "other", "date": "2026-11-30"}, "Give both a date and a time."),
        ({"slot": "soon"}, "Choose one of the times."),
        ({"date": "never", "time": "18:00"}, "Not a valid date value."),
        ({"slot": "9999-12-31T23:59:59+00:00"}, "Choose one of the times."),
        ({"date": "9999-12-31", "time": "23:59"}, "The cohort ends on"),
        ({"date": "0001-01-01", "time": "00:00"}, "That is more than 14 days ago."),
        ({"slot": "2020-01-01T00:00:00+00:00"}, "That is more than 14 days ago."),
        ({"slot": "0001-01-01T00:00:00+14:00"}, "Choose one of the times."),
        ({"minutes": "5"}, "Not a valid choice."),
    ],
)
def test_a_booking_that_makes_no_sense_is_refused_and_nothing_typed_is_lost(
    client: FlaskClient,
    cast: Cast,
    session: Session,
    mentorship: models.Mentorship,
    wrong: dict[str, str],
    words: str,
) -> None:
    enter(client, cast.mentee)
    data = {"minutes": "60", "place": "Behind the library", **wrong}
    page = client.post(book_url(cast, mentorship), data=data)
    assert page.status_code == 422
    assert words in page.text
    assert "Behind the library" in page.text
    assert all_sessions(session) == []


@pytest.mark.parametrize(
    ("night", "words"), [("2026-03-29T02:30", "jump over 02:30"), ("2026-10-25T02:30", "show 02:30 twice")]
)
def test_a_time_that_the_clocks_skip_or_repeat_is_refused_in_words(
    client: FlaskClient,
    cast: Cast,
    session: Session,
    mentorship: models.Mentorship,
    night: str,
    words: str,
) -> None:
    local = datetime.fromisoformat(night)
    write(session)
    cast.cohort.starts_on = local.date() - timedelta(days=30)
    cast.cohort.ends_on = local.date() + timedelta(days=30)
    session.commit()
    enter(client, cast.mentee)
    with clock.at(local.replace(tzinfo=UTC) - timedelta(days=3)):
        page = client.post(book_url(cast, mentorship), data=by_hand(local, slot="other"))
    assert page.status_code == 422
    assert words in page.text


def test_nothing_is_booked_before_the_14_days_or_after_the_cohort(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    enter(client, cast.mentee)
    for far in (clock.now() - timedelta(days=15), clock.now() + timedelta(days=200)):
        page = client.post(book_url(cast, mentorship), data=by_hand(far.astimezone(MADRID)))
        assert page.status_code == 422
    assert all_sessions(session) == []


def test_a_mentorship_that_has_ended_takes_no_sessions(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    write(session)
    mentorship.ended_at = clock.now()
    session.commit()
    enter(client, cast.mentee)
    local = (clock.now() + timedelta(days=1)).astimezone(MADRID)
    page = client.post(book_url(cast, mentorship), data=by_hand(local), follow_redirects=True)
    assert "This mentorship has ended" in page.text
    assert all_sessions(session) == []


def test_a_session_counts_once_both_have_confirmed_it(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=-2))
    enter(client, cast.mentee)
    first = post(client, cast, meeting, "confirm", "met")
    assert "Your answer is saved" in first.text
    assert not is_held(session, meeting)
    enter(client, cast.mentor)
    second = post(client, cast, meeting, "confirm", "met")
    assert "You met" in second.text
    assert is_held(session, meeting)
    assert events(session, "attended") == 2
    assert events(session, "completed") == 1


def test_what_both_have_confirmed_stays_as_it_is(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=-2))
    for member in (cast.mentee, cast.mentor):
        enter(client, member)
        post(client, cast, meeting, "confirm", "met")
    fresh(session)
    held_at = meeting.held_at
    post(client, cast, meeting, "confirm", "not_met")
    post(client, cast, meeting, "confirm", "met")
    post(client, cast, meeting, "unconfirm")
    fresh(session)
    assert meeting.held_at == held_at
    assert {one.answer for one in meeting.attendances} == {"met"}
    assert events(session, "attended") == 2


@pytest.mark.parametrize("answer", ["met", "not_met"])
def test_a_session_cannot_be_confirmed_before_it_begins(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship, answer: str
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=2))
    enter(client, cast.mentee)
    page = post(client, cast, meeting, "confirm", answer)
    assert page.status_code == 409
    assert 'data-error-code="session-not-begun"' in page.text
    assert answers(session, meeting) == {None}


@pytest.mark.parametrize("answer", ["", "perhaps"])
def test_an_answer_must_be_one_of_the_two(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship, answer: str
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=-2))
    enter(client, cast.mentee)
    assert post(client, cast, meeting, "confirm", answer).status_code == 422


def test_two_different_answers_are_shown_to_both_and_can_be_changed(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=-2))
    enter(client, cast.mentee)
    post(client, cast, meeting, "confirm", "met")
    enter(client, cast.mentor)
    page = post(client, cast, meeting, "confirm", "not_met")
    assert "you said you did not meet, Ana Álvarez said you met" in page.text
    changed = post(client, cast, meeting, "confirm", "met")
    assert "You met" in changed.text
    assert is_held(session, meeting)


def test_an_answer_can_be_taken_back_until_the_other_has_answered(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=-2))
    enter(client, cast.mentee)
    post(client, cast, meeting, "confirm", "met")
    post(client, cast, meeting, "unconfirm")
    assert answers(session, meeting) == {None}
    post(client, cast, meeting, "confirm", "met")
    enter(client, cast.mentor)
    post(client, cast, meeting, "confirm", "not_met")
    enter(client, cast.mentee)
    page = post(client, cast, meeting, "unconfirm")
    assert "has answered meanwhile" in page.text
    assert answers(session, meeting) == {"met", "not_met"}


def test_a_coming_session_is_cancelled_and_comes_back(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=2))
    enter(client, cast.mentee)
    page = post(client, cast, meeting, "cancel")
    assert "Cancelled. Bo Đặng sees it too." in page.text
    assert f"{base(cast)}/sessions/{meeting.id}/restore" in page.text
    assert is_cancelled(session, meeting)
    post(client, cast, meeting, "restore")
    assert not is_cancelled(session, meeting)


def test_a_cancelled_session_does_not_come_back_where_a_new_one_stands(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=30))
    enter(client, cast.mentee)
    post(client, cast, meeting, "cancel")
    data = {"slot": meeting.starts_at.isoformat(), "minutes": "60"}
    assert client.post(book_url(cast, mentorship), data=data).status_code == 303
    page = post(client, cast, meeting, "restore")
    assert "This session cannot come back." in page.text
    assert is_cancelled(session, meeting)


def test_a_session_that_has_begun_is_not_cancelled(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(minutes=-5))
    enter(client, cast.mentee)
    page = post(client, cast, meeting, "cancel")
    assert "It has begun already." in page.text
    assert not is_cancelled(session, meeting)


def test_a_cancelled_session_is_not_confirmed(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=2))
    enter(client, cast.mentee)
    post(client, cast, meeting, "cancel")
    with clock.at(clock.now() + timedelta(hours=3)):
        assert post(client, cast, meeting, "confirm", "met").status_code == 409


def test_the_calendar_file_says_when_where_and_with_whom(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=2))
    enter(client, cast.mentee)
    answer = client.get(f"{base(cast)}/sessions/{meeting.id}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert entry["UID"] == f"session-{meeting.id}@tool.example"
    assert entry.decoded("DTSTART") == meeting.starts_at.replace(microsecond=0)
    assert entry.decoded("DTEND") - entry.decoded("DTSTART") == timedelta(minutes=60)
    assert entry["SUMMARY"] == "Statistics with Bo Đặng"
    assert entry["LOCATION"] == "Room 12"
    assert entry["STATUS"] == "CONFIRMED"


def test_the_calendar_file_of_a_cancelled_session_replaces_the_earlier_entry(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=2))
    enter(client, cast.mentee)
    url = f"{base(cast)}/sessions/{meeting.id}/calendar.ics"
    (before,) = Calendar.from_ical(client.get(url).data).walk("VEVENT")
    with clock.at(clock.now() + timedelta(minutes=10)):
        post(client, cast, meeting, "cancel")
        (after,) = Calendar.from_ical(client.get(url).data).walk("VEVENT")
    assert after["UID"] == before["UID"]
    assert after["STATUS"] == "CANCELLED"
    assert after.decoded("SEQUENCE") > before.decoded("SEQUENCE")


def test_sessions_are_for_their_own_people_only(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=-2))
    for stranger in (cast.both, cast.instructor, cast.newcomer):
        enter(client, stranger)
        assert client.get(f"{base(cast)}/sessions/{meeting.id}").status_code == 403
        assert post(client, cast, meeting, "confirm", "met").status_code == 403
        assert client.get(book_url(cast, mentorship)).status_code == 403


def test_a_script_in_the_place_is_shown_as_text(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    local = (clock.now() + timedelta(days=1)).astimezone(MADRID)
    enter(client, cast.mentee)
    for place in ("<script>alert(1)</script>", "javascript:alert(1)"):
        page = client.post(
            book_url(cast, mentorship), data=by_hand(local, place=place), follow_redirects=True
        )
        assert "<script>alert" not in page.text
        assert 'href="javascript' not in page.text
        local += timedelta(days=1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_answers_in_the_same_moment_make_one_held_session(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    meeting = booked(session, cast, mentorship, timedelta(hours=-2))
    # Bo's request has read the session, then Ana's answer comes in between.
    assert {one.answer for one in meeting.attendances} == {None}
    enter(client, cast.mentee)
    post(client, cast, meeting, "confirm", "met")
    service.answer(session, meeting, cast.p_mentor, "met")
    session.commit()
    assert is_held(session, meeting)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_same_booking_in_the_same_moment_is_one_session(
    client: FlaskClient, cast: Cast, session: Session, mentorship: models.Mentorship
) -> None:
    starts_at = clock.now().replace(microsecond=0) + timedelta(days=2)
    first = service.book(session, mentorship, cast.p_mentee, starts_at=starts_at, minutes=60, place=None)
    first_id, mentorship_id, mentor_id = first.id, mentorship.id, cast.p_mentor.id
    bind = session.get_bind()
    assert isinstance(bind, Engine)

    def book_again() -> int:
        with Session(bind) as other:
            again = other.get_one(models.Mentorship, mentorship_id)
            by = other.get_one(models.Participant, mentor_id)
            second = service.book(other, again, by, starts_at=starts_at, minutes=60, place=None)
            return second.id

    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(book_again)
        try:
            wait_for_somebody_who_waits(bind)
        finally:
            session.commit()
        assert second.result(timeout=30) == first_id


def wait_for_somebody_who_waits(bind: Engine) -> None:
    """Until some connection waits for a row that another one holds."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _attempt in range(300):
        # A connection of its own each time: a transaction sees what it saw first.
        with bind.connect() as looking:
            if looking.scalar(waiting):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
