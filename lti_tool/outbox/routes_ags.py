"""Scores to the gradebook of a course (LTI Assignment and Grade Services 2.0)."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti import grades, score_answers
from lti_tool.lti.errors import ServiceError
from lti_tool.outbox import columns, readback, scores
from lti_tool.outbox.outcome import BEGIN_WITHIN, Message, Outcome

BATCH = 10
PREFIX = "ags:"
_FOR_ALL = frozenset({None, 429, 503})
"""Answers that hold for the platform: the rest of a batch need not be tried."""


def course_id(route: str) -> int:
    return int(route.removeprefix(PREFIX))


def send(session: Session, messages: Sequence[Message]) -> dict[int, Outcome]:
    """Send scores one by one; when the platform is not to be had, the rest waits with that one.

    One that is not in the answer was not begun: the platform was too slow.
    """
    outcomes: dict[int, Outcome] = {}
    stopped: Outcome | None = None
    begun = time.monotonic()
    for message in messages:
        if time.monotonic() - begun > BEGIN_WITHIN:
            break
        outcome = stopped or _send_one(session, message)
        outcomes[message.id] = outcome
        if _holds_for_all(outcome):
            stopped = outcome
    delivered = [one for one in messages if one.id in outcomes and outcomes[one.id].kind == "delivered"]
    readback.expect(session, delivered)
    return _apart_from_delivered(outcomes) if delivered else outcomes


def _holds_for_all(outcome: Outcome) -> bool:
    if outcome.kind == "paused":
        # D2L answers 403 for somebody who left the course: the next one may be taken.
        return outcome.status != HTTPStatus.FORBIDDEN or not outcome.answer.startswith("403")
    return outcome.kind == "retry" and outcome.status in _FOR_ALL


def _apart_from_delivered(outcomes: dict[int, Outcome]) -> dict[int, Outcome]:
    """Where others were let in, "forbidden" speaks of one person, and must not hold up the course."""
    return {
        key: replace(one, kind="refused")
        if one.kind == "paused" and one.status == HTTPStatus.FORBIDDEN
        else one
        for key, one in outcomes.items()
    }


def _send_one(session: Session, message: Message) -> Outcome:
    try:
        return _not_now(session, message) or _deliver(session, message)
    except ServiceError as error:
        return _outcome(error)
    except columns.Gone:
        return Outcome("refused", HTTPStatus.NOT_FOUND, "the gradebook has no such column any more")
    except columns.Busy:
        return Outcome("retry", HTTPStatus.TOO_EARLY, "another worker is making the column")
    finally:
        # Whatever was read to send it ends here: no transaction is open while the next one is under way.
        session.rollback()


def _not_now(session: Session, message: Message) -> Outcome | None:
    """What is known without asking the platform."""
    participant = session.get_one(models.Participant, message.participant_id)
    if participant.member.is_test:
        return Outcome("refused", None, "a teacher's student view gets no points")
    if not grades.offered(participant.cohort.course):
        return Outcome("paused", HTTPStatus.FORBIDDEN, "the platform offers no scores to this course")
    named = datetime.fromisoformat(json.loads(message.body)["timestamp"])
    ahead = (named - clock.now()).total_seconds()
    if ahead > 0:
        # The clock was set back. A platform that took a future timestamp would refuse later scores.
        return Outcome("retry", HTTPStatus.TOO_EARLY, "its moment has not come", retry_after=ahead)
    return None


def _deliver(session: Session, message: Message) -> Outcome:
    participant = session.get_one(models.Participant, message.participant_id)
    cohort, part = participant.cohort, scores.part_of(message.key)
    url = columns.address(session, cohort, part)
    try:
        grades.send_score(session, cohort.course, url, message.body.encode())
    except ServiceError as error:
        if score_answers.of(error) != "column-gone":
            raise
        instead = columns.address_instead(session, cohort, part, url)
        if instead is None:
            raise
        grades.send_score(session, cohort.course, instead, message.body.encode())
    return Outcome("delivered", 200)


def _outcome(error: ServiceError) -> Outcome:
    answer = error.answer or ""
    if score_answers.of(error) == "outdated":
        return Outcome("outdated", error.status, answer)
    return Outcome(error.kind, error.status, answer, error.retry_after)
