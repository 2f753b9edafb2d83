"""Scores to the gradebook of a course (LTI Assignment and Grade Services 2.0)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from lti_tool.lti import grades
from lti_tool.lti.errors import ServiceError
from lti_tool.outbox import scores
from lti_tool.outbox.outcome import Message, Outcome

BATCH = 10
PREFIX = "ags:"
TAG = "participation"


def course_id(route: str) -> int:
    return int(route.removeprefix(PREFIX))


def send(session: Session, messages: Sequence[Message]) -> dict[int, Outcome]:
    """Send scores one by one; when the platform is not to be had, the rest waits with that one."""
    outcomes: dict[int, Outcome] = {}
    stopped: Outcome | None = None
    for message in messages:
        outcome = stopped or _send_one(session, message)
        outcomes[message.id] = outcome
        if outcome.kind == "paused" or (outcome.kind == "retry" and outcome.status in {None, 429, 503}):
            stopped = outcome
    return outcomes


def _send_one(session: Session, message: Message) -> Outcome:
    try:
        participant = session.get_one(models.Participant, message.participant_id)
        cohort = participant.cohort
        url = _column(session, cohort)
        grades.send_score(session, cohort.course, url, message.body.encode())
    except ServiceError as error:
        return _outcome(error)
    finally:
        # Whatever was read to send it ends here: no transaction is open while the next one is under way.
        session.rollback()
    return Outcome("delivered", 200)


def _outcome(error: ServiceError) -> Outcome:
    answer = error.answer or ""
    if error.status == 409:
        return Outcome("outdated", error.status, answer)
    return Outcome(error.kind, error.status, answer, error.retry_after)


def _column(session: Session, cohort: models.Cohort) -> str:
    """URL of the cohort's column: kept from the first time, the link's own one, or found or made now."""
    known = session.get(models.LineItem, cohort.id)
    if known is not None and known.url:
        return known.url
    maximum = cohort.grade_rule.maximum
    url = scores.own_column(session, cohort.id) or grades.find_or_create_line_item(
        session,
        cohort.course,
        resource_link_id=None,
        resource_id=f"cohort-{cohort.id}",
        tag=TAG,
        label=cohort.name,
        maximum=maximum,
    )
    _keep_column(session, cohort.id, url, cohort.name, maximum)
    return url


def _keep_column(session: Session, cohort_id: int, url: str, label: str, maximum: int) -> None:
    session.rollback()
    engine.begin_write(session)
    session.merge(models.LineItem(cohort_id=cohort_id, url=url, label=label, maximum=maximum))
    engine.commit(session)
