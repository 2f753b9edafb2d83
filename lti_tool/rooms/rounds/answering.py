"""What the worker does for a question about a round: read, work out without the database, write down."""

from collections.abc import Callable

from sqlalchemy import select

from lti_tool import jobs
from lti_tool.db import engine
from lti_tool.db.engine import begin_write, db
from lti_tool.db.models import Question
from lti_tool.rooms.rounds import checking
from lti_tool.rooms.rounds.solving import require_not_cancelled

Write = Callable[[Question], None]
"""Puts what was found into the rows, in a transaction that the caller commits."""


def run(job_id: int) -> None:
    """Answer the question that this job belongs to.

    Raises:
        jobs.Failed: it cannot be answered.
        jobs.Cancelled: somebody stopped it; nothing is written then.
    """
    jobs.report(job_id, 0.01, "round.reading")
    question = _question_of(job_id)
    write = WORK[question.kind](question)
    begin_write(db.session)
    require_not_cancelled(job_id)
    write(_question_of(job_id))
    engine.commit(db.session)


def _question_of(job_id: int) -> Question:
    return db.session.scalars(select(Question).where(Question.job_id == job_id)).one()


def _check(question: Question) -> Write:
    scenario = question.scenario
    assert scenario is not None
    made_of, certificate, job_id = checking.stored(scenario), dict(scenario.certificate), question.job_id
    db.session.rollback()
    assert made_of is not None
    jobs.report(job_id, 0.1, "round.checking")
    found = checking.verify(made_of, certificate)

    def write(asked: Question) -> None:
        assert asked.scenario is not None
        checking.note(asked.scenario, found)
        asked.answer = {"reason": found.reason, "gap": found.gap}

    return write


WORK: dict[str, Callable[[Question], Write]] = {"check": _check}
"""By the kind of question. Each leaves no transaction open while it works."""
