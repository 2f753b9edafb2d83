"""Asking the engine something about a round: recorded here, answered by the worker."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, models
from lti_tool.db.models import Job, Question, Round, Scenario
from lti_tool.rooms.rounds.service import lock


def ask(
    session: Session,
    matching_round: Round,
    scenario: Scenario | None,
    kind: str,
    params: Mapping[str, Any],
    by: models.Member,
) -> Question:
    """A new question, or the same one if it is being worked out already."""
    lock(session, matching_round.cohort)
    waiting = _under_way(session, matching_round, kind)
    same = [one for one in waiting if one.params == params and one.scenario_id == (scenario and scenario.id)]
    if same:
        return same[0]
    course_id = matching_round.cohort.course_id
    question = Question(
        round=matching_round,
        scenario=scenario,
        job_id=jobs.start(session, course_id, "question", matching_round.cohort_id).id,
        kind=kind,
        params=dict(params),
        asked_by_id=by.id,
        asked_at=clock.now(),
    )
    session.add(question)
    session.flush()
    return question


def _under_way(session: Session, matching_round: Round, kind: str) -> list[Question]:
    query = (
        select(Question)
        .join(Question.job)
        .where(
            Question.round_id == matching_round.id,
            Question.kind == kind,
            Job.state.in_(["queued", "running"]),
        )
    )
    return list(session.scalars(query.order_by(Question.id)))
