"""What the worker does for a question about a round: read, work out without the database, write down."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

import matching
from lti_tool import jobs
from lti_tool.db import engine
from lti_tool.db.engine import begin_write, db
from lti_tool.db.models import Question, Scenario
from lti_tool.rooms.rounds import checking, queries, scenario_rows, snapshot
from lti_tool.rooms.rounds.outcome import TIME_LIMIT
from lti_tool.rooms.rounds.recipe import Recipe
from lti_tool.rooms.rounds.reporting import Reporter
from lti_tool.rooms.rounds.solving import require_not_cancelled, solve
from lti_tool.rooms.rounds.why_not import why_not
from lti_tool.rooms.rounds.why_not_tied import result_of

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
    found = checking.verify(made_of, certificate, Reporter(job_id))

    def write(asked: Question) -> None:
        assert asked.scenario is not None
        checking.note(asked.scenario, found)
        asked.answer = {"reason": found.reason, "gap": found.gap}

    return write


def _why_not(question: Question) -> Write:
    scenario, params, job_id = question.scenario, dict(question.params), question.job_id
    assert scenario is not None
    made_of, pairs = checking.stored(scenario), queries.mentors_of(db.session, scenario)
    now, numbers = dict(scenario.certificate), dict(scenario.summary)
    db.session.rollback()
    assert made_of is not None
    progress = Reporter(job_id)
    now = now or result_of(made_of, pairs, numbers)
    return _answer(why_not(made_of, now, params["mentee"], params["mentor"], progress))


def _fewer_hours(question: Question) -> Write:
    scenario, person, job_id = question.scenario, question.params["person"], question.job_id
    assert scenario is not None
    made_of = checking.stored(scenario)
    db.session.rollback()
    assert made_of is not None
    found = matching.gaming_check(
        made_of.people.mentees,
        made_of.people.mentors,
        made_of.recipe.rules,
        person,
        objective=made_of.recipe.objective,
        time_limit=TIME_LIMIT,
        progress=Reporter(job_id),
    )
    return _answer({"tries": [asdict(one) for one in found]})


def _another(question: Question) -> Write:
    values = question.round.asked
    recipe, job_id = Recipe.from_json(question.params), question.job_id
    db.session.rollback()
    assert values is not None
    asked = snapshot.from_json(values)
    outcome = solve(asked, recipe, Reporter(job_id))

    def write(question: Question) -> None:
        newest = select(func.max(Scenario.number)).where(Scenario.round_id == question.round_id)
        number = (db.session.scalar(newest) or 0) + 1
        made = scenario_rows.scenario(question.round, number, recipe, outcome, asked)
        db.session.add(made)
        question.answer = {"number": number}

    return write


def _answer(found: dict[str, Any]) -> Write:
    def write(asked: Question) -> None:
        asked.answer = found

    return write


WORK: dict[str, Callable[[Question], Write]] = {
    "check": _check,
    "why_not": _why_not,
    "fewer_hours": _fewer_hours,
    "another": _another,
}
"""By the kind of question. Each leaves no transaction open while it works."""
