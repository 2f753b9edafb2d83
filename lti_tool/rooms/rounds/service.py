"""Starting a round."""

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, models
from lti_tool.rooms.rounds import candidates
from lti_tool.rooms.rounds.queries import round_under_way
from lti_tool.rooms.rounds.readiness import readiness


class CannotStart(Exception):
    """A round would have nothing to do; says why in a sentence."""


def start(session: Session, cohort: models.Cohort, by: models.Member) -> models.Round:
    """Begin a round, or give back the one that is under way.

    Raises:
        CannotStart: the cohort is over, or one side is empty.
    """
    lock(session, cohort)
    running = round_under_way(session, cohort)
    if running is not None:
        return running
    _require_people(session, cohort)
    matching_round = models.Round(
        cohort=cohort,
        number=_next_number(session, cohort),
        job_id=jobs.start(session, cohort.course_id, "round").id,
        rules=candidates.rules_of(session, cohort),
        started_by_id=by.id,
        started_at=clock.now(),
    )
    session.add(matching_round)
    session.flush()
    return matching_round


def is_over(cohort: models.Cohort) -> bool:
    return cohort.ends_on < clock.today()


def lock(session: Session, cohort: models.Cohort) -> None:
    """One at a time: starting and publishing rounds of one cohort must not overtake each other.

    Without the key, so that whoever only refers to the cohort (an event, a new participant) need not wait.
    """
    query = select(models.Cohort.id).where(models.Cohort.id == cohort.id)
    session.execute(query.with_for_update(key_share=True))


def _require_people(session: Session, cohort: models.Cohort) -> None:
    if is_over(cohort):
        raise CannotStart(_("This cohort is over. Move its last day first if it should go on."))
    ready = readiness(session, cohort)
    if not ready.mentees and ready.paired:
        raise CannotStart(_("Every learner who is ready has a mentor already."))
    if not ready.mentees:
        raise CannotStart(_("Nobody who wants a mentor is ready to be matched yet."))
    if not ready.mentors:
        raise CannotStart(_("No mentor with a free place is ready to be matched yet."))


def _next_number(session: Session, cohort: models.Cohort) -> int:
    query = select(func.max(models.Round.number)).where(models.Round.cohort_id == cohort.id)
    return (session.scalar(query) or 0) + 1
