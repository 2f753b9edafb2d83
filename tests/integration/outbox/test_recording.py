"""What is written when something happens, before anything is sent."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import xapi
from lti_tool import outbox
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import events, export
from lti_tool.outbox.recording import text_of
from tests.cast import Cast
from tests.integration.outbox import story
from tests.unit.xapi import template_rules


def kinds(session: Session) -> list[str]:
    return sorted(session.scalars(select(models.Event.kind)))


def test_each_kind_of_event_is_written_once(session: Session, cast: Cast) -> None:
    story.tell_everything(session, cast)
    assert kinds(session) == [
        "checkpoint.signed",
        "cohort.joined",
        "cohort.left",
        "mentor.assigned",
        "session.attended",
        "session.attended",
        "session.cancelled",
        "session.completed",
        "session.scheduled",
        "session.scheduled",
    ]


def test_a_repeat_changes_nothing(session: Session, cast: Cast) -> None:
    mentorship = story.tell_everything(session, cast)
    before = story.statement_ids(session), kinds(session), story.states(session, "score")
    meeting = session.scalars(select(models.Session).where(models.Session.held_at.is_not(None))).one()
    checkpoint = session.scalars(select(models.Checkpoint)).one()
    engine.rollback(session)
    engine.begin_write(session)
    events.cohort_joined(session, cast.p_mentee)
    events.cohort_left(session, cast.p_both)
    events.mentor_assigned(session, mentorship, cast.instructor)
    events.session_scheduled(session, meeting, cast.p_mentee)
    for attendance in meeting.attendances:
        events.session_attended(session, meeting, attendance.participant)
    events.session_completed(session, meeting)
    events.checkpoint_signed(session, checkpoint)
    engine.commit(session)
    assert (story.statement_ids(session), kinds(session), story.states(session, "score")) == before


def test_what_is_undone_and_done_again_is_told_again(session: Session, cast: Cast) -> None:
    engine.begin_write(session)
    for _ in range(2):
        events.cohort_joined(session, cast.p_mentee)
        events.cohort_left(session, cast.p_mentee)
    engine.commit(session)
    assert kinds(session) == ["cohort.joined", "cohort.joined", "cohort.left", "cohort.left"]


def test_an_event_that_is_rolled_back_leaves_nothing_and_wakes_nobody(
    app: Flask, session: Session, cast: Cast
) -> None:
    woken: list[str] = []
    outbox.on_recorded(app, lambda: woken.append("woken"))
    engine.begin_write(session)
    events.cohort_joined(session, cast.p_mentee)
    engine.rollback(session)
    assert (kinds(session), story.states(session), woken) == ([], {}, [])


def test_the_worker_is_woken_once_for_a_whole_transaction(app: Flask, session: Session, cast: Cast) -> None:
    woken: list[str] = []
    outbox.on_recorded(app, lambda: woken.append("woken"))
    story.tell_everything(session, cast)
    assert woken == ["woken"]


def test_the_stored_event_gives_the_same_bytes_again(session: Session, cast: Cast) -> None:
    story.tell_everything(session, cast)
    for statement in session.scalars(select(models.Statement)):
        assert text_of(xapi.statement(xapi.read_event(statement.event.data))) == statement.body


def test_no_name_address_place_or_comment_gets_into_a_statement(session: Session, cast: Cast) -> None:
    story.tell_everything(session, cast)
    bodies = " ".join(session.scalars(select(models.Statement.body)))
    for secret in ("Álvarez", "Đặng", "Tess", "Quiet Heron", "Room 12", "drawings", "@"):
        assert secret not in bodies
    assert "ana" in bodies  # the platform's own id for her is there


def test_what_happens_follows_the_published_profile(session: Session, cast: Cast) -> None:
    story.tell_everything(session, cast)
    profile = xapi.profile()
    together: dict[str, list[Any]] = {}
    for body in session.scalars(select(models.Statement.body)):
        made = json.loads(body)
        (template,) = template_rules.templates_of(made, profile)
        assert template_rules.faults(template, made) == []
        together.setdefault(made["context"]["registration"], []).append(made)
    assert all(template_rules.primary_patterns(one, profile) for one in together.values())


@pytest.mark.parametrize("people", ["pseudonym"])
def test_a_pseudonym_stands_for_a_person_in_one_course_only(
    session: Session, cast: Cast, people: str
) -> None:
    mentorship = story.tell_everything(session, cast)
    joined = next(one for one in session.scalars(select(models.Event)) if one.kind == "cohort.joined")
    home = f"https://tool.example/xapi/courses/{cast.course.id}"
    assert json.loads(joined.statements[0].body)["actor"]["account"] == {
        "homePage": home,
        "name": cast.mentee.pseudonym,
    }
    subs = {json.dumps({"name": one.participant.member.person.sub})[1:-1] for one in mentorship.people}
    bodies = " ".join(session.scalars(select(models.Statement.body)))
    assert not any(sub.replace(": ", ":") in bodies for sub in subs)


def test_two_transactions_that_tell_the_same_write_it_once(app: Flask, session: Session, cast: Cast) -> None:
    start = threading.Barrier(2)

    def tell() -> None:
        with app.app_context():
            start.wait()
            engine.begin_write(db.session)
            events.cohort_joined(db.session, db.session.get_one(models.Participant, participant_id))
            engine.commit(db.session)

    participant_id = cast.p_mentee.id
    session.commit()
    threads = [threading.Thread(target=tell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds(session) == ["cohort.joined"]
    assert story.states(session) == {"pending": 1}


@pytest.mark.parametrize("lrs_endpoint", [None])
def test_without_a_record_store_the_statements_stay_and_can_be_exported(
    session: Session, cast: Cast, lrs_endpoint: None
) -> None:
    story.tell_everything(session, cast)
    assert story.states(session) == {}
    lines = list(export.export_statements(session))
    assert sorted(json.loads(line)["id"] for line in lines) == sorted(story.statement_ids(session))
    assert all("\n" not in line for line in lines)


def test_an_export_is_read_in_pages_and_starts_where_it_is_told(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE", 3)
    story.tell_everything(session, cast)
    later = clock.now() + timedelta(hours=1)
    with clock.at(later):
        engine.begin_write(session)
        events.cohort_joined(session, cast.p_both)
        engine.commit(session)
    count = session.scalar(select(func.count()).select_from(models.Statement))
    assert len(set(export.export_statements(session))) == count == 11
    assert len(list(export.export_statements(session, since=later))) == 1
