"""What an instructor decides about single people: the page, and how rounds keep it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.rooms.rounds import pair_rule_page, pair_rules
from tests.cast import MORNINGS, Cast, enter, make_member, make_mentorship, make_participant
from tests.integration.rooms.matching_rounds import (
    add_pairs,
    change,
    count,
    make_proposal,
    queries,
    rounds_url,
    run_job,
    scenario_url,
    start_round,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

REASON = "They know each other from the lab."


@pytest.fixture
def second(session: Session, cast: Cast) -> models.Participant:
    """A second mentor with one place, who knows little of the topic."""
    with change(session):
        member = make_member(session, cast.course, "dan", "Dan Second")
        return make_participant(session, cast.cohort, member, "mentor", offers={cast.statistics: 1})


@pytest.fixture
def teacher(client: FlaskClient, cast: Cast, second: models.Participant) -> FlaskClient:
    enter(client, cast.instructor)
    return client


def decide(
    client: FlaskClient, cast: Cast, kind: str, first: models.Participant, second: models.Participant
) -> str:
    """Send the form; the page that follows, or the one that says what is wrong."""
    form = {"kind": kind, "first": first.id, "second": second.id, "reason": REASON}
    answer = client.post(rounds_url(cast, "/people"), data=form)
    return client.get(answer.location).text if answer.status_code == 303 else answer.text


def rules(session: Session) -> list[tuple[str, int, int, bool]]:
    session.rollback()
    found = session.scalars(select(models.PairRule).order_by(models.PairRule.id))
    return [(one.kind, one.first_id, one.second_id, one.removed_at is None) for one in found]


def mentor_of(matching_round: models.Round) -> dict[int, int]:
    return {pair.mentee_id: pair.mentor_id for pair in matching_round.scenarios[-1].pairs}


def test_a_decision_is_listed_with_its_reason_removed_and_brought_back(
    teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    page = decide(teacher, cast, "pair", cast.p_mentee, second)
    assert "Ana Álvarez learns from Dan Second" in page
    assert REASON in page
    assert "Tess Teacher" in page
    assert decide(teacher, cast, "pair", cast.p_mentee, second).count(REASON) == 1  # the same, once more

    session.rollback()
    number = session.scalars(select(models.PairRule.id)).one()
    removed = teacher.post(rounds_url(cast, f"/people/{number}/remove"))
    page = teacher.get(removed.location).text
    assert "Removed: Ana Álvarez learns from Dan Second." in page
    assert REASON not in page
    assert rules(session)[0][3] is False
    teacher.post(rounds_url(cast, f"/people/{number}/restore"))
    teacher.post(rounds_url(cast, f"/people/{number}/restore"))
    assert rules(session) == [("pair", cast.p_mentee.id, second.id, True)]
    assert "1 rule keeps two people together or apart" in teacher.get(rounds_url(cast)).text


@pytest.mark.parametrize(
    ("kind", "first", "other", "sentence"),
    [
        ("pair", "p_mentor", "p_mentor", "Choose a learner of this cohort."),
        ("pair", "p_mentee", "p_mentee", "Choose a mentor."),
        ("pair", "p_both", "p_both", "Choose two different people."),
        ("apart", "p_mentee", "p_mentor", "Choose a learner: this is about two people"),
        ("pair", "p_mentee", "p_expert", "Choose somebody of this cohort."),
    ],
)
def test_whom_it_cannot_be_about_is_said_at_the_field(
    teacher: FlaskClient, session: Session, cast: Cast, kind: str, first: str, other: str, sentence: str
) -> None:
    page = decide(teacher, cast, kind, getattr(cast, first), getattr(cast, other))
    assert sentence in page.split("<form", 1)[1]
    assert rules(session) == []


def test_what_is_no_answer_is_a_sentence(teacher: FlaskClient, cast: Cast) -> None:
    answer = teacher.post(
        rounds_url(cast, "/people"), data={"kind": "x", "first": "y", "second": "9" * 30, "reason": "  "}
    )
    assert answer.status_code == 400
    assert "Write why" in answer.text
    answer = teacher.post(
        rounds_url(cast, "/people"), data={"kind": "pair", "first": "²", "second": "1", "reason": "x"}
    )
    assert answer.status_code == 409


def test_a_pair_that_could_not_be_made_is_not_decided(
    teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    with change(session):
        second.week = MORNINGS
    assert "These two cannot be a pair. They share 0 h a week" in decide(
        teacher, cast, "pair", cast.p_mentee, second
    )
    with change(session):
        second.week, second.mentor_approved = cast.p_mentor.week, False
    assert "Dan Second is not ready to be matched. Still missing: your yes as a mentor." in decide(
        teacher, cast, "pair", cast.p_mentee, second
    )
    with change(session):
        second.mentor_approved = True
        make_mentorship(session, cast.cohort, cast.p_both, second, cast.statistics)
    assert "Dan Second has no place left." in decide(teacher, cast, "pair", cast.p_mentee, second)
    # A pair that runs may be kept, however full the mentor is.
    assert "From the next round on" in decide(teacher, cast, "pair", cast.p_both, second)


def test_decisions_that_contradict_each_other_are_refused(
    teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    decide(teacher, cast, "pair", cast.p_mentee, cast.p_mentor)
    decide(teacher, cast, "together", cast.p_mentee, cast.p_both)
    for kind, first, other in (
        ("never", cast.p_mentee, cast.p_mentor),
        ("pair", cast.p_mentee, second),
        ("pair", cast.p_both, second),
        ("never", cast.p_both, cast.p_mentor),
        ("apart", cast.p_both, cast.p_mentee),
    ):
        assert "This cannot hold beside another rule of yours" in decide(teacher, cast, kind, first, other)
    assert len(rules(session)) == 2
    # Nor does a removed one come back beside its opposite.
    number = session.scalars(select(models.PairRule.id).where(models.PairRule.kind == "together")).one()
    teacher.post(rounds_url(cast, f"/people/{number}/remove"))
    decide(teacher, cast, "apart", cast.p_both, cast.p_mentee)
    back = teacher.post(rounds_url(cast, f"/people/{number}/restore"))
    assert "This cannot hold beside another rule of yours" in teacher.get(back.location).text
    assert [one[3] for one in rules(session)] == [True, False, True]


def test_a_round_makes_the_pair_and_proves_the_rest_around_it(
    app: Flask, teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    decide(teacher, cast, "pair", cast.p_mentee, second)

    made = make_proposal(app, teacher, session, cast)
    url = scenario_url(cast, made)
    page = teacher.get(url).text

    assert mentor_of(made) == {cast.p_mentee.id: second.id, cast.p_both.id: cast.p_mentor.id}
    assert f"Kept by you: {REASON}" in page
    assert "Your rule about two people holds." in page
    assert "every score was reckoned anew, and all of this holds" in page
    assert made.scenarios[-1].check_reason == "optimal"
    assert teacher.get(f"{url}/proof.json").status_code == 200
    assert teacher.post(f"{url}/check").status_code == 303
    person = teacher.get(f"{url}/people/{cast.p_mentee.id}").text
    assert "You decided who this person learns from" in person
    assert "this cannot be tried out" in person
    tried = teacher.post(f"{url}/people/{cast.p_mentee.id}/fewer-hours")
    assert f"/people/{cast.p_mentee.id}" in tried.location
    asked = teacher.post(f"{url}/people/{cast.p_both.id}/why-not", data={"mentor": second.id})
    run_job(app, int(asked.location.rsplit("/", 1)[1]))
    assert "no place" in teacher.get(teacher.get(asked.location).location).text


def test_who_is_never_a_pair_is_none(
    app: Flask, teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    decide(teacher, cast, "never", cast.p_mentee, cast.p_mentor)
    made = make_proposal(app, teacher, session, cast)
    assert mentor_of(made)[cast.p_mentee.id] == second.id
    page = teacher.get(scenario_url(cast, made)).text
    assert "Ana Álvarez never learns from Bo Đặng" in page
    assert "Kept by you" not in page


def test_learners_are_kept_together_or_apart_with_bounds_in_place_of_a_proof(
    app: Flask, teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    decide(teacher, cast, "apart", cast.p_both, cast.p_mentee)
    made = make_proposal(app, teacher, session, cast)
    url = scenario_url(cast, made)
    page = teacher.get(url).text

    assert sorted(mentor_of(made).values()) == [cast.p_mentor.id, second.id]
    assert "there is no proof that others could check" in page
    assert "Check it yourself" not in page
    for method, tail in (("GET", "proof.json"), ("POST", "check")):
        answer = teacher.open(f"{url}/{tail}", method=method)
        assert answer.status_code == 303
        assert "no proof that could be checked" in teacher.get(answer.location).text
    assert teacher.get(f"{url}/people.csv").status_code == 200
    assert "this cannot be tried out" in teacher.get(f"{url}/people/{cast.p_both.id}").text
    holder = next(one for one, mentor in mentor_of(made).items() if mentor == cast.p_mentor.id)
    asked = teacher.post(f"{url}/people/{holder}/why-not", data={"mentor": second.id})
    run_job(app, int(asked.location.rsplit("/", 1)[1]))
    told = teacher.get(teacher.get(asked.location).location).text
    assert "If they were together" in told or "It would cost nobody anything" in told

    another = teacher.post(rounds_url(cast, f"/{made.id}/compare"), data={"emphasis": "times", "fair": "y"})
    run_job(app, int(another.location.rsplit("/", 1)[1]))
    session.rollback()
    assert sorted(mentor_of(made).values()) == [cast.p_mentor.id, second.id]
    assert len(made.scenarios) == 2


def test_who_has_a_mentor_already_is_followed_or_avoided(
    app: Flask, teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    with change(session):
        make_mentorship(session, cast.cohort, cast.p_both, cast.p_mentor, cast.statistics)
    decide(teacher, cast, "apart", cast.p_mentee, cast.p_both)
    assert mentor_of(make_proposal(app, teacher, session, cast)) == {cast.p_mentee.id: second.id}
    number = session.scalars(select(models.PairRule.id)).one()
    teacher.post(rounds_url(cast, f"/people/{number}/remove"))
    decide(teacher, cast, "together", cast.p_mentee, cast.p_both)
    assert mentor_of(make_proposal(app, teacher, session, cast)) == {cast.p_mentee.id: cast.p_mentor.id}


def test_a_couple_for_whom_no_mentor_has_room_hears_of_the_rule_and_nobody_else_does(
    app: Flask, teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    decide(teacher, cast, "together", cast.p_mentee, cast.p_both)
    with change(session):
        cast.p_mentor.capacity = 1
    add_pairs(session, cast, 1)
    made = make_proposal(app, teacher, session, cast)
    assert "no mentor has room for both" in teacher.get(scenario_url(cast, made)).text
    teacher.post(f"{scenario_url(cast, made)}/publish")
    learner = app.test_client()
    enter(learner, cast.mentee)
    page = learner.get(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/home").text
    assert "The last matching had nobody for you yet." in page
    assert "rule" not in page.split("The last matching had nobody for you yet.")[1].split("</p>")[0]


def test_a_round_that_cannot_keep_a_decision_says_which_and_leads_to_the_page(
    app: Flask, teacher: FlaskClient, session: Session, cast: Cast, second: models.Participant
) -> None:
    decide(teacher, cast, "pair", cast.p_mentee, second)
    with change(session):
        second.left_at = clock.now()
    job_id = start_round(teacher, cast)
    run_job(app, job_id)
    assert "Dan Second is not ready" in teacher.get(f"/courses/{cast.course.id}/jobs/{job_id}").text
    session.rollback()
    made = session.scalars(select(models.Round.id)).one()
    page = teacher.get(rounds_url(cast, f"/{made}")).text
    assert "“Ana Álvarez learns from Dan Second”: Dan Second is not ready, or has no free place." in page
    assert rounds_url(cast, "/people") in page
    assert "Dan Second is no longer in the cohort." in teacher.get(rounds_url(cast, "/people")).text
    assert count(session, models.Scenario) == 0


def test_a_large_cohort_is_searched_by_name_and_takes_as_many_queries(
    app: Flask, teacher: FlaskClient, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(teacher, cast, "never", cast.p_mentee, cast.p_mentor)
    teacher.get(rounds_url(cast, "/people"))  # the last message is shown
    few = queries(app, teacher, rounds_url(cast, "/people"))
    add_pairs(session, cast, 5)
    mentees = session.scalars(select(models.Participant).where(models.Participant.role == "mentee")).all()
    for mentee in mentees[1:4]:
        decide(teacher, cast, "never", mentee, cast.p_mentor)
    teacher.get(rounds_url(cast, "/people"))
    assert queries(app, teacher, rounds_url(cast, "/people")) == few
    monkeypatch.setattr(pair_rule_page, "MOST_CHOICES", 4)
    assert "Find people by name" in teacher.get(rounds_url(cast, "/people")).text
    page = teacher.get(rounds_url(cast, "/people?q=mentee+3")).text.split("Decide about two people")[1]
    assert "Mentee 3" in page
    assert "Mentee 2" not in page
    assert "Nobody is called so" in teacher.get(rounds_url(cast, "/people?q=%25")).text
    monkeypatch.setattr(pair_rules, "MOST_RULES", 4)
    assert "as many rules as one cohort can have" in decide(
        teacher, cast, "never", cast.p_both, cast.p_mentor
    )


@pytest.mark.parametrize("who", ["mentee", "mentor", "outsider"])
def test_only_teachers_see_and_decide(app: Flask, session: Session, cast: Cast, who: str) -> None:
    browser = app.test_client()
    enter(browser, getattr(cast, who))
    assert browser.get(rounds_url(cast, "/people")).status_code in {401, 403}
    form = {"kind": "never", "first": cast.p_mentee.id, "second": cast.p_mentor.id, "reason": REASON}
    assert browser.post(rounds_url(cast, "/people"), data=form).status_code in {401, 403}
    assert rules(session) == []
