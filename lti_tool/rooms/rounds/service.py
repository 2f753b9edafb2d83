"""Starting a round."""

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, models
from lti_tool.rooms.rounds import candidates, rules_store, running
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
    under_way = round_under_way(session, cohort)
    if under_way is not None:
        return under_way
    _require_people(session, cohort)
    return _begin(session, cohort, by)


def start_adjustment(
    session: Session, cohort: models.Cohort, by: models.Member, most_changes: int | None
) -> models.Round:
    """Begin a round that changes running pairs as little as possible, or give back the one under way.

    Args:
        most_changes: running pairs that may be disturbed at most; None: as few as can be.

    Raises:
        CannotStart: the cohort is over, no pair runs, or there is nothing to adjust.
    """
    lock(session, cohort)
    under_way = round_under_way(session, cohort)
    if under_way is not None:
        return under_way
    _require_going_on(cohort)
    found = running.situation(session, cohort)
    if not found.pairs:
        raise CannotStart(_("No pair runs yet. Start an ordinary round."))
    if not (readiness(session, cohort).mentees or found.too_many or pair_rules_hold(session, cohort)):
        raise CannotStart(_("Nobody who is ready waits for a mentor, and every mentor has room."))
    return _begin(session, cohort, by, adjusts=True, most_changes=most_changes)


def pair_rules_hold(session: Session, cohort: models.Cohort) -> bool:
    """Whether something was decided about people, which running pairs may have to follow."""
    rule = models.PairRule
    query = select(rule.id).where(rule.cohort_id == cohort.id, rule.removed_at.is_(None)).limit(1)
    return session.scalar(query) is not None


def _begin(
    session: Session,
    cohort: models.Cohort,
    by: models.Member,
    *,
    adjusts: bool = False,
    most_changes: int | None = None,
) -> models.Round:
    matching_round = models.Round(
        cohort=cohort,
        number=_next_number(session, cohort),
        job_id=jobs.start(session, cohort.course_id, "round").id,
        rules=candidates.rules_of(session, cohort),
        rules_version=rules_store.version(session, cohort),
        started_by_id=by.id,
        started_at=clock.now(),
        adjusts=adjusts,
        most_changes=most_changes,
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


def _require_going_on(cohort: models.Cohort) -> None:
    if is_over(cohort):
        raise CannotStart(_("This cohort is over. Move its last day first if it should go on."))


def _require_people(session: Session, cohort: models.Cohort) -> None:
    _require_going_on(cohort)
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
