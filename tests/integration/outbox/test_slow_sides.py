"""A batch ends before its lease does, however slow the other side is: what was not begun goes back."""

import itertools
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from lti_tool.outbox import claim, delivery
from lti_tool.outbox.outcome import BEGIN_WITHIN
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.gradebook import Gradebook
from tests.integration.outbox.loopback import ScriptedStore, Step

SLOWEST_SCORE = 180
"""Seconds: a token and three calls, none of which may take longer than 30 s, with room to spare."""


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything takes its time, by the watch of whoever sends; a worker does one batch and rests."""
    for module, seconds in (("lti_tool.outbox.routes_ags", 60), ("xapi.client", 45)):
        watch = SimpleNamespace(monotonic=itertools.count(0, seconds).__next__)
        monkeypatch.setattr(f"{module}.time", watch)
    monkeypatch.setattr(delivery, "MOST_BATCHES", 1)


def rows(session: Session, kind: str) -> list[tuple[str, int, str | None]]:
    session.rollback()
    row = models.Delivery
    found = session.execute(select(row.state, row.attempts, row.lease).where(row.kind == kind))
    return sorted((state, attempts, lease) for state, attempts, lease in found)


def test_the_last_message_begun_ends_within_the_lease() -> None:
    assert claim.LEASE.total_seconds() > BEGIN_WITHIN + SLOWEST_SCORE


@pytest.mark.usefixtures("slow")
def test_statements_that_a_slow_store_was_not_asked_for_go_back(
    session: Session, cast: Cast, store: ScriptedStore, deliver: Deliver
) -> None:
    count = told(session, cast)
    store.script.append(Step(400))  # then its first half is taken, and time is up
    assert deliver() == {"delivered": count // 2}
    left = [("pending", 0, None)] * (count - count // 2)
    assert rows(session, "statement") == [("delivered", 1, None)] * (count // 2) + left
    assert deliver() == {"delivered": count - count // 2}


def test_a_store_that_only_refuses_slowly_costs_a_try(
    session: Session, cast: Cast, store: ScriptedStore, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = told(session, cast)
    watch = SimpleNamespace(monotonic=itertools.count(0, 60).__next__)
    monkeypatch.setattr("xapi.client.time", watch)
    store.script.append(Step(400))
    assert deliver() == {"retry": count}
    assert rows(session, "statement") == [("pending", 1, None)] * count


def told(session: Session, cast: Cast) -> int:
    """How many statements wait."""
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    count = len(story.statement_ids(session))
    session.rollback()
    return count


@pytest.mark.usefixtures("slow")
def test_scores_that_a_slow_gradebook_was_not_asked_for_go_back(
    session: Session, cast: Cast, gradebook: Gradebook, mentorship: models.Mentorship, deliver: Deliver
) -> None:
    engine.begin_write(session)
    story.hold(session, story.book(session, mentorship, days=-1))
    engine.commit(session)
    deliver()
    assert rows(session, "score") == [("delivered", 1, None), ("pending", 0, None)]
    deliver()
    assert gradebook.points() == {"ana": 25, "bo": 25}
