"""One column for a cohort, whatever happens to it in the gradebook, and whoever wants it at the same time."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.lti import grades
from lti_tool.lti.errors import ServiceError
from lti_tool.outbox import columns, replay, status
from lti_tool.outbox.reckoning import WHOLE
from lti_tool.sandbox import models as sandbox
from lti_tool.settings import Settings
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.gradebook import Gradebook
from tests.integration.outbox.test_scores import A_MOMENT, meet

WORKERS = 4
ADDRESS_OF = """
import sys
from lti_tool.app import create_app
from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.outbox import columns
from lti_tool.settings import Settings
app = create_app(Settings())
print("ready", flush=True)
sys.stdin.readline()
with app.app_context():
    try:
        print(columns.address(db.session, db.session.get_one(models.Cohort, int(sys.argv[1])), ""))
    except columns.Busy:
        print("busy")
"""


@pytest.fixture
def lrs_endpoint() -> None:
    """Only scores are sent here."""


@pytest.fixture
def sent(session: Session, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver) -> str:
    """A session's points have arrived; the address of their column."""
    meet(session, mentorship)
    assert deliver()["delivered"] == 2
    (url,) = gradebook.columns()
    return url


def row(session: Session) -> models.LineItem:
    session.rollback()
    return session.query(models.LineItem).one()


def test_a_reset_that_made_the_column_anew_is_followed(
    session: Session, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver, sent: str
) -> None:
    """Recorded: after a reset Moodle's columns have new addresses, and the same resource ids."""
    gradebook.reset()
    meet(session, mentorship)
    assert deliver(after=A_MOMENT)["delivered"] == 2
    assert gradebook.points() == {"ana": 50, "bo": 50}
    assert len(gradebook.all_columns()) == 1
    assert (row(session).gone_url, row(session).url != sent) == (sent, True)


def test_a_deleted_column_is_made_anew_only_when_an_instructor_says_so(
    session: Session,
    cast: Cast,
    gradebook: Gradebook,
    mentorship: models.Mentorship,
    deliver: Deliver,
    sent: str,
) -> None:
    gradebook.delete_columns()
    meet(session, mentorship)
    assert deliver(after=A_MOMENT)["refused"] == 2
    meet(session, mentorship)
    assert deliver(after=A_MOMENT)["refused"] == 2  # nor later on
    assert gradebook.all_columns() == []
    assert [one.part for one in columns.missing(session, cast.cohort)] == [WHOLE]
    session.rollback()
    engine.begin_write(session)
    assert columns.allow_another(session, cast.cohort) == 1
    assert replay.replay(session) == 2
    engine.commit(session)
    assert deliver(after=A_MOMENT)["delivered"] == 2
    assert gradebook.points() == {"ana": 75, "bo": 75}
    assert len(gradebook.all_columns()) == 1
    assert "DELETE" not in gradebook.methods()


def test_a_404_for_a_column_that_is_there_speaks_of_the_person(
    session: Session,
    cast: Cast,
    gradebook: Gradebook,
    mentorship: models.Mentorship,
    deliver: Deliver,
    sent: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """D2L answers so for somebody who left the course."""
    posted = grades.send_score

    def send(opened: Session, source: models.Course, url: str, body: bytes) -> int:
        if b'"ana"' in body:
            raise ServiceError("refused", "404 Not Found: user", status=404)
        return posted(opened, source, url, body)

    monkeypatch.setattr(grades, "send_score", send)
    meet(session, mentorship)
    ended = deliver(after=A_MOMENT)
    assert (ended["refused"], ended["delivered"]) == (1, 1)
    assert row(session).url == sent


def test_an_answer_lost_after_making_the_column_makes_no_second_one(
    session: Session,
    gradebook: Gradebook,
    mentorship: models.Mentorship,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = grades.create_line_item

    def lose(*arguments: object, **named: object) -> str:
        made(*arguments, **named)  # type: ignore[arg-type]
        monkeypatch.setattr(grades, "create_line_item", made)
        raise ServiceError("retry", "no answer")

    monkeypatch.setattr(grades, "create_line_item", lose)
    meet(session, mentorship)
    assert deliver()["retry"] == 2
    assert deliver(after=timedelta(seconds=11))["delivered"] == 2
    assert len(gradebook.all_columns()) == 1


def test_workers_that_want_the_column_at_once_make_one(
    app: Flask, cast: Cast, session: Session, gradebook: Gradebook
) -> None:
    cohort_id, start = cast.cohort.id, threading.Barrier(WORKERS)
    session.rollback()
    found: list[str] = []

    def want() -> None:
        with app.app_context():
            start.wait()
            try:
                found.append(columns.address(db.session, db.session.get_one(models.Cohort, cohort_id), WHOLE))
            except columns.Busy:
                found.append("busy")

    threads = [threading.Thread(target=want) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == WORKERS
    assert set(found) - {"busy"} == set(gradebook.columns())
    assert len(gradebook.all_columns()) == 1


def test_processes_that_want_the_column_at_once_make_one(
    cast: Cast, settings: Settings, session: Session, gradebook: Gradebook
) -> None:
    cohort_id = cast.cohort.id
    session.rollback()
    values = {
        name: getattr(settings, name)
        for name in ("database_url", "public_url", "secret_key", "encryption_key", "queue_url")
    }
    own = {f"PEER_MENTOR_{name.upper()}": str(value) for name, value in values.items()}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ADDRESS_OF, str(cohort_id)],
            env=os.environ | own | {"PEER_MENTOR_ALLOW_LOOPBACK": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert answers - {"busy"} == set(gradebook.columns())
    assert len(gradebook.all_columns()) == 1


def test_a_worker_that_died_while_making_the_column_holds_nobody_up_for_long(
    app: Flask, cast: Cast, session: Session, gradebook: Gradebook
) -> None:
    session.rollback()
    engine.begin_write(session)
    session.add(
        models.LineItem(
            cohort_id=cast.cohort.id,
            part=WHOLE,
            label="Spring mentoring",
            maximum=100,
            lease="of-somebody-who-died",
            leased_until=clock.now() + columns.LEASE,
        )
    )
    engine.commit(session)
    with pytest.raises(columns.Busy):
        columns.address(session, cast.cohort, WHOLE)
    session.rollback()
    engine.begin_write(session)
    session.query(models.LineItem).update({"leased_until": clock.now()})
    engine.commit(session)
    assert columns.address(session, cast.cohort, WHOLE) in gradebook.columns()


def test_each_part_has_its_own_column_where_the_rule_says_so(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    session.rollback()
    engine.begin_write(session)
    cast.cohort.grade_rule.apart = True
    cast.cohort.grade_rule.parts.append(
        models.GradePart(kind="checkpoints", weight=100, needed=1, period="week", makeup=0)
    )
    engine.commit(session)
    meet(session, mentorship)
    engine.begin_write(session)
    story.sign(session, mentorship)
    engine.commit(session)
    assert deliver(after=A_MOMENT)["delivered"] == 4
    made = {(one.label, one.score_maximum, one.resource_id) for one in gradebook.all_columns()}
    assert made == {
        ("Spring mentoring: Sessions", 50.0, f"cohort-{cast.cohort.id}-sessions"),
        ("Spring mentoring: Expert reviews", 50.0, f"cohort-{cast.cohort.id}-checkpoints"),
    }
    receipt = status.receipt(session, cast.p_mentee)
    assert receipt is not None
    assert receipt.state == "delivered"


def test_a_column_that_another_tool_or_a_copied_activity_has_is_left_alone(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    gradebook.add(
        sandbox.LineItem(
            course_id=cast.course.context_id,
            client_id="another-tool",
            label="Theirs",
            score_maximum=10,
            resource_id=f"cohort-{cast.cohort.id}",
            tag=columns.TAG,
        )
    )
    meet(session, mentorship)
    deliver()
    assert [one.client_id for one in gradebook.all_columns()] == ["another-tool", cast.platform.client_id]
