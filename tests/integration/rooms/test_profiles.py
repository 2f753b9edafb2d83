from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from tests.cast import Cast, enter, make_member, make_mentorship
from tests.integration.rooms.writing import fresh, write

EVENING = [36, 37, 38, 39]


def base(cast: Cast) -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}"


def part_of(session: Session, member: models.Member) -> models.Participant | None:
    fresh(session)
    return session.scalar(select(models.Participant).where(models.Participant.member_id == member.id))


def events_of(session: Session, kind: str) -> list[str]:
    fresh(session)
    return list(session.scalars(select(models.Event.subject).where(models.Event.kind.contains(kind))))


def test_a_newcomer_joins_in_three_steps_and_lands_at_home(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.newcomer)
    joined = client.post(f"{base(cast)}/join", data={"role": "both", "agree": "y"}, follow_redirects=True)
    assert joined.request.path == f"{base(cast)}/topics"
    answers = {
        f"wants_{cast.statistics.id}": "3",
        f"wants_{cast.writing.id}": "0",
        f"offers_{cast.statistics.id}": "0",
        f"offers_{cast.writing.id}": "2",
        "capacity": "2",
        "languages": ["en", "es"],
    }
    told = client.post(f"{base(cast)}/topics", data=answers, follow_redirects=True)
    assert told.request.path == f"{base(cast)}/times"
    free = {"timezone": "Asia/Tokyo", "week": EVENING}
    done = client.post(f"{base(cast)}/times", data=free, follow_redirects=True)
    assert done.request.path == f"{base(cast)}/home"
    assert "You are in" in done.text
    part = part_of(session, cast.newcomer)
    assert part is not None
    assert part.consented_at is not None
    assert {(one.kind, one.topic_id, one.level) for one in part.interests} == {
        ("wants", cast.statistics.id, 3),
        ("offers", cast.writing.id, 2),
    }
    assert (part.capacity, part.languages, part.timezone) == (2, ["en", "es"], "Asia/Tokyo")
    assert part.week == frozenset(EVENING)
    assert cast.newcomer.person.timezone == "Asia/Tokyo"


def test_joining_twice_makes_one_participant_and_one_event(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.newcomer)
    for _ in range(2):
        answer = client.post(f"{base(cast)}/join", data={"role": "mentee", "agree": "y"})
        assert answer.status_code == 303
    fresh(session)
    rows = session.scalars(
        select(models.Participant).where(models.Participant.member_id == cast.newcomer.id)
    ).all()
    assert len(rows) == 1
    assert len(events_of(session, "joined")) == 1


def test_without_the_tick_nothing_is_kept_and_the_choice_of_role_stays(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.newcomer)
    answer = client.post(f"{base(cast)}/join", data={"role": "mentor"})
    assert answer.status_code == 422
    assert "Tick this box to take part" in answer.text
    assert 'value="mentor"' in answer.text
    assert "checked" in answer.text.split('value="mentor"')[1].split("</label>")[0]
    assert part_of(session, cast.newcomer) is None


def test_opening_the_pages_changes_nothing(client: FlaskClient, cast: Cast, session: Session) -> None:
    enter(client, cast.newcomer)
    assert client.get(f"{base(cast)}/join").status_code == 200
    assert part_of(session, cast.newcomer) is None


def test_whoever_has_joined_is_led_on_from_the_consent(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.mentee)
    assert client.get(f"{base(cast)}/join").location == f"{base(cast)}/home"
    enter(client, cast.expert)
    assert client.get(f"{base(cast)}/join").status_code == 303
    assert client.get(f"{base(cast)}/join").location != f"{base(cast)}/home"


def test_a_cohort_that_has_ended_takes_nobody_and_says_so(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.newcomer)
    with clock.at(clock.now() + timedelta(days=120)):
        page = client.get(f"{base(cast)}/join")
        answer = client.post(f"{base(cast)}/join", data={"role": "mentee", "agree": "y"})
    assert page.status_code == 200
    assert "This cohort has ended" in page.text
    assert answer.status_code == 409
    assert part_of(session, cast.newcomer) is None


@pytest.mark.parametrize(
    ("role", "words"), [("instructor", "You teach this course"), ("observer", "You are here as a guest")]
)
def test_teachers_and_observers_are_told_why_they_cannot_join(
    client: FlaskClient, cast: Cast, session: Session, role: str, words: str
) -> None:
    write(session)
    member = make_member(session, cast.course, "guest", "Gil Guest", role=role)
    session.commit()
    enter(client, member)
    assert words in client.get(f"{base(cast)}/join").text
    assert client.post(f"{base(cast)}/join", data={"role": "mentee", "agree": "y"}).status_code == 409


def test_a_mentor_in_a_cohort_of_chosen_mentors_waits_for_the_teacher(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    write(session)
    cast.cohort.mentors = "chosen"
    session.commit()
    enter(client, cast.newcomer)
    page = client.post(f"{base(cast)}/join", data={"role": "mentor", "agree": "y"}, follow_redirects=True)
    assert "Your teacher chooses the mentors" in page.text
    part = part_of(session, cast.newcomer)
    assert part is not None
    assert not part.mentor_approved


def test_topics_need_one_choice_and_a_language_and_keep_the_rest(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.both)
    nothing = {f"wants_{cast.statistics.id}": "0", f"wants_{cast.writing.id}": "0"}
    answers = {**nothing, f"offers_{cast.writing.id}": "3", "capacity": "4"}
    page = client.post(f"{base(cast)}/topics", data=answers)
    assert page.status_code == 422
    assert "Choose at least one topic that you want to learn." in page.text
    assert "Choose at least one language." in page.text
    assert '<option selected value="4">' in page.text
    part = part_of(session, cast.both)
    assert part is not None
    assert {(one.kind, one.topic_id) for one in part.interests} == {
        ("wants", cast.statistics.id),
        ("offers", cast.writing.id),
    }


def test_a_mentee_is_not_asked_what_only_mentors_are(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.mentee)
    page = client.get(f"{base(cast)}/topics").text
    assert f"wants_{cast.statistics.id}" in page
    assert f"offers_{cast.statistics.id}" not in page
    assert "capacity" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Europe/Madrid", "week": ["36"]},
        {"timezone": "Europe/Madrid"},
        {"timezone": "Mars/Olympus", "week": ["36", "37"]},
        {"timezone": "", "week": ["36", "37"]},
        {"timezone": "Europe/Madrid", "week": ["36", "999"]},
        {"timezone": "Europe/Madrid", "week": ["36", "evening"]},
    ],
)
def test_times_that_make_no_sense_are_refused_in_words(
    client: FlaskClient, cast: Cast, session: Session, wrong: dict[str, object]
) -> None:
    enter(client, cast.mentee)
    before = cast.p_mentee.week
    page = client.post(f"{base(cast)}/times", data=wrong)
    assert page.status_code == 422
    assert "data-error-summary" in page.text
    part = part_of(session, cast.mentee)
    assert part is not None
    assert part.week == before


def test_a_new_time_zone_holds_for_the_person_and_their_part(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.mentee)
    back = f"{base(cast)}/me"
    answer = client.post(
        f"/courses/{cast.course.id}/timezone", data={"timezone": "America/Lima", "back": back}
    )
    assert answer.location == back
    part = part_of(session, cast.mentee)
    assert part is not None
    assert part.timezone == part.member.person.timezone == "America/Lima"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/courses/\\evil", "javascript:alert(1)", "", "/\n"]
)
def test_the_way_back_never_leaves_the_tool(client: FlaskClient, cast: Cast, back: str) -> None:
    enter(client, cast.mentee)
    data = {"timezone": "America/Lima", "back": back}
    answer = client.post(f"/courses/{cast.course.id}/timezone", data=data)
    home = client.application.url_for("cohorts.home", course_id=cast.course.id, _external=False)
    assert answer.location == home


def test_a_new_role_asks_for_what_is_missing_and_lets_the_rest_go(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.mentee)
    answer = client.post(f"{base(cast)}/me", data={"role": "mentor"})
    assert answer.location == f"{base(cast)}/topics"
    part = part_of(session, cast.mentee)
    assert part is not None
    assert part.role == "mentor"
    assert part.interests == []


def test_leaving_ends_what_runs_and_coming_back_restores_it(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    meeting = _booked(session, cast)
    enter(client, cast.mentee)
    left = client.post(f"{base(cast)}/leave", follow_redirects=True)
    assert "You have left." in left.text
    assert _running(session, cast.p_mentee, meeting) == (False, False, False)
    back = client.post(f"{base(cast)}/rejoin", follow_redirects=True)
    assert back.request.path == f"{base(cast)}/home"
    assert _running(session, cast.p_mentee, meeting) == (True, True, True)


def test_a_mentorship_does_not_come_back_when_the_other_has_left_meanwhile(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    meeting = _booked(session, cast)
    for member in (cast.mentee, cast.mentor):
        enter(client, member)
        client.post(f"{base(cast)}/leave")
    enter(client, cast.mentee)
    client.post(f"{base(cast)}/rejoin")
    assert _running(session, cast.p_mentee, meeting) == (True, False, False)


def test_leaving_twice_is_leaving_once(client: FlaskClient, cast: Cast, session: Session) -> None:
    enter(client, cast.mentee)
    client.post(f"{base(cast)}/leave")
    first = part_of(session, cast.mentee)
    assert first is not None
    moment = first.left_at
    client.post(f"{base(cast)}/leave")
    again = part_of(session, cast.mentee)
    assert again is not None
    assert again.left_at == moment
    assert len(events_of(session, "left")) == 1


def test_whoever_left_is_asked_for_consent_again_before_anything_else(
    client: FlaskClient, cast: Cast
) -> None:
    enter(client, cast.mentee)
    client.post(f"{base(cast)}/leave")
    for page in ("home", "me", "topics", "times"):
        assert client.get(f"{base(cast)}/{page}").location == f"{base(cast)}/join"
    assert client.post(f"{base(cast)}/join", data={"role": "mentee", "agree": "y"}).status_code == 303
    assert client.get(f"{base(cast)}/home").status_code == 200


def test_the_page_about_me_shows_the_profile_without_an_email(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    write(session)
    cast.mentee.person.email = "ana@secret.example"
    session.commit()
    enter(client, cast.mentee)
    page = client.get(f"{base(cast)}/me").text
    assert "Statistics (most of all)" in page
    assert "15 hours a week" in page
    assert "secret.example" not in page


def _booked(session: Session, cast: Cast) -> models.Session:
    write(session)
    mentorship = make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
    meeting = models.Session(
        cohort=cast.cohort,
        mentorship=mentorship,
        format="mentoring",
        starts_at=clock.now() + timedelta(days=2),
        minutes=60,
        booked_by_id=cast.p_mentee.id,
        booked_at=clock.now(),
        attendances=[models.Attendance(participant=one) for one in (cast.p_mentee, cast.p_mentor)],
    )
    session.add(meeting)
    session.commit()
    return meeting


def _running(
    session: Session, participant: models.Participant, meeting: models.Session
) -> tuple[bool, bool, bool]:
    """Whether the person takes part, their mentorship goes on and their session stands."""
    fresh(session)
    mentorship = meeting.mentorship
    assert mentorship is not None
    return participant.left_at is None, mentorship.ended_at is None, meeting.cancelled_at is None
