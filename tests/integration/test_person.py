"""`person export|erase` and `report`, as the command line does them."""

import json

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.cli import main
from lti_tool.db import clock, engine, models
from lti_tool.outbox import backfill
from lti_tool.settings import Settings
from tests.cast import Cast
from tests.conftest import make_settings
from tests.integration.outbox import story

ANA = ["--issuer", "https://lms.example", "--sub", "ana"]


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(
        database_url,
        lrs_endpoint="https://lrs.example/xapi",
        smtp_url="smtp://mail.example",
        allow_loopback=True,
    )


@pytest.fixture
def told(session: Session, cast: Cast) -> models.Mentorship:
    """Ana and Bo did all that people do; one of her statements has arrived."""
    session.rollback()
    engine.begin_write(session)
    cast.mentee.person.email = "ana@mail.example"
    cast.mentor.person.email = "bo@mail.example"
    engine.commit(session)
    mentorship = story.tell_everything(session, cast)
    engine.begin_write(session)
    session.add(
        models.Commitment(
            mentorship=mentorship,
            participant=cast.p_mentee,
            text="Draw the boxplot",
            due_on=clock.today(),
            made_at=clock.now(),
        )
    )
    session.add(
        models.PairRule(
            cohort=cast.cohort,
            kind="never",
            first=cast.p_mentee,
            second=cast.p_mentor,
            reason="Ana asked for it.",
            set_by=cast.instructor,
            set_at=clock.now(),
        )
    )
    arrived = session.scalars(
        select(models.Delivery).where(
            models.Delivery.body.contains('"ana"'), models.Delivery.kind == "statement"
        )
    ).first()
    assert arrived is not None
    arrived.state = "delivered"
    engine.commit(session)
    return mentorship


def whole_database(session: Session) -> str:
    session.rollback()
    tables = inspect(session.get_bind()).get_table_names()
    rows = [str(row) for table in tables for row in session.execute(text(f'SELECT * FROM "{table}"'))]
    session.rollback()
    return "\n".join(rows)


def test_an_export_holds_what_is_known_of_one_person(app: Flask, told: models.Mentorship) -> None:
    done = app.test_cli_runner().invoke(main, ["person", "export", *ANA])
    (found,) = json.loads(done.output)
    assert (found["name"], found["email"]) == ("Ana Álvarez", "ana@mail.example")
    (part,) = found["participations"]
    assert [one["text"] for one in part["commitments"]] == ["Draw the boxplot"]
    assert len(part["sessions"]) == 2
    assert [one["kind"] for one in part["rules_about_pairs"]] == ["never"]
    assert "asked for it" not in done.output  # a teacher's words
    assert {one["topic"] for one in part["topics"]} == {"Statistics", "Scientific writing"}
    assert len(found["statements"]) >= 4
    assert "Đặng" not in done.output


def test_erasing_reaches_everything_also_what_is_still_to_be_sent(
    app: Flask, session: Session, cast: Cast, told: models.Mentorship
) -> None:
    ids = {"participant_id": cast.p_mentee.id}
    session.rollback()
    done = app.test_cli_runner().invoke(main, ["person", "erase", *ANA, "--yes", "--json"])
    gone = json.loads(done.output)
    assert gone["in_stores"] == 1
    assert gone["undelivered"] >= 5
    everything = whole_database(session)
    for trace in ("Ana", '"ana"', "'ana'", "ana@mail", "boxplot", "Quiet Heron ana", "drawings", "Room 12"):
        assert trace not in everything, trace
    assert session.query(models.Delivery).filter_by(**ids).count() == 0
    assert "Bo Đặng" in everything
    session.rollback()
    with app.app_context():
        assert backfill.backfill(session) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_teacher_gets_what_they_decided_and_it_goes_with_them(
    app: Flask, session: Session, told: models.Mentorship
) -> None:
    session.rollback()
    tess = ["--issuer", "https://lms.example", "--sub", "tess"]
    (found,) = json.loads(app.test_cli_runner().invoke(main, ["person", "export", *tess]).output)
    assert [one["reason"] for one in found["courses"][0]["rules_decided"]] == ["Ana asked for it."]
    app.test_cli_runner().invoke(main, ["person", "erase", *tess, "--yes"])
    session.expire_all()
    rule = session.scalars(select(models.PairRule)).one()
    assert (rule.reason, rule.removed_at) == ("", None)
    session.rollback()


def test_partners_see_that_the_person_left_and_keep_what_they_did(
    app: Flask, session: Session, cast: Cast, told: models.Mentorship
) -> None:
    mentorship_id = told.id
    session.rollback()
    app.test_cli_runner().invoke(main, ["person", "erase", *ANA, "--yes"])
    session.expire_all()
    found = session.get_one(models.Mentorship, mentorship_id)
    assert found.ended_at is not None
    assert found.person("mentee").display_name.startswith("Erased person")
    held = session.scalars(select(models.Session).where(models.Session.held_at.is_not(None))).one()
    assert len(held.attendances) == 2
    session.rollback()


def test_rounds_forget_what_they_knew_of_the_person(
    app: Flask, session: Session, cast: Cast, told: models.Mentorship
) -> None:
    engine.begin_write(session)
    with_her, without_her = (make_round(session, cast, number) for number in (8, 9))
    with_her.job.error = "Ana Álvarez learns from Bo Đặng: no."
    with_her.asked = {"mentees": [{"id": cast.p_mentee.id}], "mentors": [], "experts": []}
    without_her.asked = {"mentees": [{"id": cast.p_both.id}], "mentors": [], "experts": []}
    engine.commit(session)
    ids = with_her.id, without_her.id
    session.rollback()
    app.test_cli_runner().invoke(main, ["person", "erase", *ANA, "--yes"])
    session.expire_all()
    assert session.get_one(models.Round, ids[0]).job.error is None
    kept = [session.get_one(models.Round, one).asked is not None for one in ids]
    session.rollback()
    assert kept == [False, True]


def make_round(session: Session, cast: Cast, number: int) -> models.Round:
    job = jobs.start(session, cast.course.id, "round", cast.cohort.id)
    made = models.Round(
        cohort=cast.cohort,
        number=number,
        job=job,
        rules={},
        started_by_id=cast.instructor.id,
        started_at=clock.now(),
    )
    session.add(made)
    return made


@pytest.mark.parametrize("command", ["export", "erase"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_is_a_sentence(app: Flask, cast: Cast, session: Session, command: str) -> None:
    session.rollback()
    done = app.test_cli_runner().invoke(
        main, ["person", command, "--issuer", "https://lms.example", "--sub", "nobody"]
    )
    assert done.exit_code == 1
    assert "Nobody is known by this id" in done.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_erasing_asks_first(app: Flask, cast: Cast, session: Session) -> None:
    session.rollback()
    done = app.test_cli_runner().invoke(main, ["person", "erase", *ANA], input="n\n")
    assert done.exit_code == 1
    session.expire_all()
    assert cast.mentee.person.name == "Ana Álvarez"


def test_the_report_gives_the_figures_of_each_cohort(
    app: Flask, session: Session, told: models.Mentorship
) -> None:
    session.rollback()
    (row,) = json.loads(app.test_cli_runner().invoke(main, ["report", "--json"]).output)
    assert (row["name"], row["course"], row["sessions_held"]) == ("Spring mentoring", "Bio 101", 1)
    assert row["engaged"] == 2
    assert row["engagement_rate_percent"] == 50.0
    missing = app.test_cli_runner().invoke(main, ["report", "--cohort", "999"])
    assert "There is no cohort 999." in missing.output
