"""Reckoning everybody of a cohort anew: after a change of its rule, or to send everything again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, String, cast, exists, func, select
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import participation, score_messages, scores

P = models.Participant
SMALL = participation.AT_ONCE
"""So many people are reckoned at once; more of them by the worker."""
MOST_UNSENT = 500
REPORT = "grades.reckoning"


def reckon(session: Session, cohort: models.Cohort, *, again: bool = False) -> models.Job | None:
    """Reckon everybody now, or start the work that does where there are many; gives that work.

    Args:
        again: send the points also where they did not change.
    """
    scores.keep_workers_away(session, cohort.course_id)
    rule = scores.locked_rule(session, cohort.id)
    terms = participation.terms_of(rule)
    score_messages.withhold_other_columns(session, cohort, terms.columns())
    count = session.scalar(select(func.count()).where(models.Participant.cohort_id == cohort.id)) or 0
    if count <= SMALL:
        participation.settle(session, cohort, _some(session, cohort.id, 0), again=again)
        return None
    rule.send_again = rule.send_again or again
    under_way = rule.job_id and session.get_one(models.Job, rule.job_id)
    if under_way and under_way.state == "queued":
        return under_way
    job = jobs.start(session, cohort.course_id, "grades")
    rule.job_id = job.id
    session.flush()
    return job


def run(job_id: int) -> None:
    """The worker's part: some people in each transaction, so that nobody waits long for the rule."""
    session = db.session
    engine.begin_write(session)
    cohort_id = session.scalar(select(models.GradeRule.cohort_id).where(models.GradeRule.job_id == job_id))
    if cohort_id is None:
        engine.commit(session)
        return  # a newer work does it
    rule = scores.locked_rule(session, cohort_id)
    again, rule.send_again = rule.send_again, False
    total = session.scalar(select(func.count()).where(models.Participant.cohort_id == cohort_id)) or 1
    engine.commit(session)
    done, last = 0, 0
    while True:
        jobs.report(job_id, done / total, REPORT)
        engine.begin_write(session)
        cohort = session.get_one(models.Cohort, cohort_id)
        scores.keep_workers_away(session, cohort.course_id)
        some = _some(session, cohort_id, last)
        participation.settle(session, cohort, some, again=again)
        count, last = len(some), some[-1].id if some else last
        engine.commit(session)
        done += count
        if count < participation.AT_ONCE:
            return


def send_unsent(session: Session) -> int:
    """Write down to be sent what was reckoned while a course took no scores; how many people's it was."""
    cohorts = session.scalars(_unsent().with_only_columns(models.Participant.cohort_id).distinct()).all()
    session.rollback()
    looked_at = 0
    for cohort_id in cohorts:
        engine.begin_write(session)
        cohort = session.get_one(models.Cohort, cohort_id)
        if scores.offered(session, cohort):
            scores.keep_workers_away(session, cohort.course_id)
            parts = participation.terms_of(cohort.grade_rule).columns()
            ids = session.scalars(_unsent(cohort_id, parts).limit(MOST_UNSENT)).all()
            people = session.scalars(select(P).where(P.id.in_(ids)).order_by(P.id)).all()
            participation.settle(session, cohort, people)
            looked_at += len(people)
        engine.commit(session)
    return looked_at


def _unsent(cohort_id: int | None = None, parts: Sequence[str] = ()) -> Select[Any]:
    """People with points of whom no score was ever written, where the course takes scores now."""
    score = exists().where(models.Delivery.participant_id == P.id, models.Delivery.kind == "score")
    query = (
        select(P.id)
        .join(models.Grade, models.Grade.participant_id == P.id)
        .join(P.member)
        .join(models.Course, models.Course.id == models.Member.course_id)
        .join(models.GradeRule, models.GradeRule.cohort_id == P.cohort_id)
        .where(
            models.GradeRule.enabled,
            cast(models.Course.scopes, String).contains(scores.SCORE_SCOPE),
            ~models.Grade.withdrawn,
            models.Member.role == "learner",
            ~models.Member.is_test,
            P.excused_at.is_(None),
            P.role != "expert",
            ~score,
        )
    )
    if cohort_id is not None:
        query = query.where(P.cohort_id == cohort_id, models.Grade.part.in_(parts))
    return query


def _some(session: Session, cohort_id: int, after: int) -> Sequence[models.Participant]:
    query = select(P).where(P.cohort_id == cohort_id, P.id > after).order_by(P.id)
    return session.scalars(query.limit(participation.AT_ONCE)).all()
