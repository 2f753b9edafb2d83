"""Goals and wishes: a person's own, seen by nobody else, and kept by every round."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from lti_tool.db import clock, models
from lti_tool.rooms.mentorships import why
from lti_tool.rooms.privacy import queries as privacy
from lti_tool.rooms.profiles import wishes
from lti_tool.rooms.rounds import candidates, keeping, snapshot
from lti_tool.web import reasons
from tests.cast import Cast, enter
from tests.integration.rooms.writing import fresh, write


def page(cast: Cast) -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/wishes"


def say(client: FlaskClient, cast: Cast, about: models.Member, kind: str) -> int:
    return client.post(f"{page(cast)}/{about.id}", data={"kind": kind}).status_code


def kept(session: Session) -> list[tuple[int, int, str, int]]:
    fresh(session)
    row = models.Wish
    query = select(row.participant_id, row.member_id, row.kind, row.position).order_by(row.id)
    return [(one[0], one[1], one[2], one[3]) for one in session.execute(query)]


def test_somebody_is_found_by_name_liked_and_taken_away(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.mentee)
    found = client.get(f"{page(cast)}?q=OKA").text
    assert "Chi Okafor" in found
    assert "Bo Đặng" not in found
    assert say(client, cast, cast.both, "like") == 303
    assert say(client, cast, cast.both, "like") == 303  # a repeated POST changes nothing
    assert say(client, cast, cast.mentor, "like") == 303
    own = cast.p_mentee.id
    assert kept(session) == [(own, cast.both.id, "like", 0), (own, cast.mentor.id, "like", 1)]
    assert say(client, cast, cast.both, "never") == 303
    assert say(client, cast, cast.mentor, "neither") == 303
    assert kept(session) == [(own, cast.both.id, "never", 0)]


def test_goals_are_kept_and_shown_again(client: FlaskClient, cast: Cast, session: Session) -> None:
    enter(client, cast.mentee)
    assert client.post(page(cast), data={"goals": ["career", "pass"]}).status_code == 303
    shown = client.get(page(cast)).text
    assert shown.count("checked") == 2
    refused = client.post(page(cast), data={"goals": ["fame"]})
    assert refused.status_code == 422
    fresh(session)
    assert session.get_one(models.Participant, cast.p_mentee.id).goals == ["career", "pass"]


def test_the_list_is_bounded_and_says_so(client: FlaskClient, cast: Cast, session: Session) -> None:
    write(session)
    named = enumerate((cast.both, cast.expert, cast.newcomer))
    session.add_all(
        models.Wish(participant_id=cast.p_mentee.id, member_id=member.id, kind="like", position=number)
        for number, member in named
    )
    session.commit()
    enter(client, cast.mentee)
    full = client.post(f"{page(cast)}/{cast.mentor.id}", data={"kind": "like"})
    assert full.status_code == 409
    assert "The list is full" in full.text
    assert len(kept(session)) == wishes.MOST_LIKED


@pytest.mark.parametrize(("who", "kind", "status"), [("outsider", "like", 404), ("mentor", "adore", 422)])
def test_what_cannot_be_meant_is_a_sentence(
    client: FlaskClient, cast: Cast, session: Session, who: str, kind: str, status: int
) -> None:
    enter(client, cast.mentee)
    assert say(client, cast, getattr(cast, who), kind) == status
    assert say(client, cast, cast.mentee, "like") == 409
    assert kept(session) == []


def test_an_expert_has_no_wishes(client: FlaskClient, cast: Cast, session: Session) -> None:
    enter(client, cast.expert)
    assert client.get(page(cast)).status_code == 303
    assert say(client, cast, cast.mentor, "like") == 303
    assert kept(session) == []


def test_a_round_knows_goals_and_wishes_and_not_who_refused_whom(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.mentee)
    client.post(page(cast), data={"goals": ["career"]})
    say(client, cast, cast.mentor, "like")
    enter(client, cast.both)
    say(client, cast, cast.mentor, "never")
    fresh(session)
    cohort = session.get_one(models.Cohort, cast.cohort.id)
    mentee, mentor = candidates.two(session, cohort, cast.p_mentee, cast.p_mentor)
    assert (mentee.goals, mentee.preferences) == (frozenset({"career"}), (mentor.id,))
    assert mentee.never == mentor.never == frozenset()
    excluded = candidates.rules_of(session, cohort)["excluded"]
    assert sorted(excluded) == sorted(
        [[cast.p_both.id, cast.p_mentor.id], [cast.p_mentor.id, cast.p_both.id]]
    )


def test_older_rounds_are_read_without_them(cast: Cast, session: Session) -> None:
    cohort = session.get_one(models.Cohort, cast.cohort.id)
    mentee, _mentor = candidates.two(session, cohort, cast.p_mentee, cast.p_mentor)
    stored = snapshot._plain(mentee)
    assert snapshot._person(stored) == mentee
    del stored["goals"], stored["preferences"]
    assert snapshot._person(stored) == mentee


def test_a_person_takes_their_wishes_away_with_them(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.mentee)
    client.post(page(cast), data={"goals": ["career"]})
    say(client, cast, cast.mentor, "like")
    fresh(session)
    person = session.get_one(models.Person, cast.mentee.person_id)
    (part,) = privacy.everything(session, person)["participations"]
    assert part["goals"] == ["career"]
    assert part["wishes"] == [{"person": "Bo Đặng", "kind": "like", "position": 0}]
    theirs = session.get_one(models.Person, cast.mentor.person_id)
    assert "wishes" not in str(privacy.everything(session, theirs)).replace("'wishes': []", "")


def test_no_letter_of_a_search_is_a_wildcard(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.mentee)
    assert "Nobody else is called so" in client.get(f"{page(cast)}?q=%25").text


def test_a_search_of_anything_is_an_answer(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.mentee)
    assert client.get(f"{page(cast)}?q=%00Chi").status_code == 200
    assert "Chi Okafor" in client.get(f"{page(cast)}?q=Chi").text
    assert "Bo Đặng" in client.get(f"{page(cast)}?q=Đặng").text  # no letter of English


def test_what_somebody_would_rather_not_stands_above_a_teachers_decision(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.mentee)
    say(client, cast, cast.mentor, "never")
    write(session)
    people = {"first": cast.p_mentee, "second": cast.p_mentor}
    session.add(
        models.PairRule(
            cohort=cast.cohort,
            kind="pair",
            **people,
            reason="",
            set_by=cast.instructor,
            set_at=clock.now(),
        )
    )
    session.commit()
    cohort = session.get_one(models.Cohort, cast.cohort.id)
    mentee, mentor = candidates.two(session, cohort, cast.p_mentee, cast.p_mentor)
    rules = matching.Rules.from_json(json.dumps(candidates.rules_of(session, cohort)))
    asked = snapshot.Candidates((mentee,), (mentor,), (), clock.today(), 0, 1)
    applied = keeping.read(session, cohort, asked, rules)
    assert (mentee.id, mentor.id) in applied.rules.excluded


def test_one_sided_wishes_are_told_to_neither_of_a_pair() -> None:
    both, one = ({"kind": "wished", "params": {"by": by, "first": True}} for by in ("both", "mentor"))
    assert why.sentences([one], {}, "mentee", "Bo") == []
    assert not reasons.is_for_the_two(one)
    assert reasons.is_for_the_two(both)


def test_why_a_work_failed_is_told_to_who_teaches_alone(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    write(session)
    job = models.Job(
        course_id=cast.course.id,
        kind="round",
        state="failed",
        error="“Lea learns from Bo”: Bo is not ready.",
        created_at=clock.now(),
        touched_at=clock.now(),
    )
    session.add(job)
    session.commit()
    address = f"/courses/{cast.course.id}/jobs/{job.id}/status"
    enter(client, cast.mentee)
    assert client.get(address).json == {
        "state": "failed",
        "percent": job.percent,
        "message": "It did not work out.",
        "done_url": address.removesuffix("/status"),
    }
    enter(client, cast.instructor)
    assert "Bo is not ready" in client.get(address).text
