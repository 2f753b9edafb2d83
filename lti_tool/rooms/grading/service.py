"""Writing a grade rule: first a draft to look at, then the rule; and what an instructor decides beside it."""

from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import columns, replay, scores, whole_cohort
from lti_tool.outbox.reckoning import PartTerms
from lti_tool.rooms.grading.plan import RulePlan, digest


class Outdated(Exception):
    """The draft or the rule was changed after the instructor looked."""


def draft(session: Session, cohort: models.Cohort, plan: RulePlan) -> None:
    """Keep a rule to look at. Nobody's points change."""
    scores.locked_rule(session, cohort.id).draft = plan.as_json()
    session.flush()


def discard(session: Session, cohort: models.Cohort) -> None:
    scores.locked_rule(session, cohort.id).draft = None
    session.flush()


def apply(session: Session, cohort: models.Cohort, seen: str) -> models.Job | None:
    """Use the draft from now on and reckon everybody anew; gives the work that does, if they are many.

    Args:
        seen: the digest of what the instructor looked at. A repeat changes nothing.

    Raises:
        Outdated: something else stands there now.
    """
    scores.keep_workers_away(session, cohort.course_id)
    rule = scores.locked_rule(session, cohort.id)
    plan = RulePlan.draft_of(rule)
    if plan is None or digest(rule) != seen:
        raise Outdated
    rule.draft = None
    rule.enabled, rule.maximum = plan.enabled, plan.terms.maximum
    rule.places, rule.apart = plan.terms.places, plan.terms.apart
    _set_parts(rule, plan)
    session.flush()
    return whole_cohort.reckon(session, cohort)


def send_all(session: Session, cohort: models.Cohort) -> models.Job | None:
    """Send everybody's points once more, with newer timestamps."""
    return whole_cohort.reckon(session, cohort, again=True)


def make_columns(session: Session, cohort: models.Cohort) -> int:
    """Let columns that went missing be made anew, and send what was refused for want of them.

    Returns:
        how many columns there were.
    """
    allowed = columns.allow_another(session, cohort)
    if allowed:
        replay.replay(session, scores.refused_for_want_of_column(session, cohort))
    return allowed


def _set_parts(rule: models.GradeRule, plan: RulePlan) -> None:
    known = {part.kind: part for part in rule.parts}
    for wished in plan.terms.parts:
        row = known.get(wished.kind)
        if row is None:
            row = models.GradePart(kind=wished.kind)
            rule.parts.append(row)
        _set(row, wished)


def _set(row: models.GradePart, wished: PartTerms) -> None:
    row.weight, row.needed = wished.weight, wished.needed
    row.most, row.period, row.makeup = wished.most, wished.period, wished.makeup
