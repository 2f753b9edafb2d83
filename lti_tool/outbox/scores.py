"""Scores of participants: where they go, whether they may, what is known of them, who may touch them now."""

from collections.abc import Collection

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox.reckoning import WHOLE

SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"


def route(course_id: int) -> str:
    return f"ags:{course_id}"


def key(participant_id: int, part: str = WHOLE) -> str:
    return f"participant:{participant_id}" + (f":{part}" if part else "")


def part_of(about: str) -> str:
    """The part of a key: a kind, or `WHOLE`."""
    return about.partition(":")[2].partition(":")[2]


def offered(session: Session, cohort: models.Cohort) -> bool:
    """Whether the course lets the tool write scores and there is, or can be, a column for them (AGS 3.1)."""
    return may_be_sent(session, cohort, apart=cohort.grade_rule.apart)


def may_be_sent(session: Session, cohort: models.Cohort, *, apart: bool) -> bool:
    """The same for a rule with one column, or with a column for each part."""
    if SCORE_SCOPE not in cohort.course.scopes:
        return False
    if can_make_columns(cohort.course):
        return True
    # An activity has one column: parts apart need columns that only the tool can make.
    return not apart and own_column(session, cohort.id) is not None


def can_make_columns(course: models.Course) -> bool:
    return course.lineitems_url is not None and LINE_ITEM_SCOPE in course.scopes


def own_column(session: Session, cohort_id: int) -> str | None:
    """The column that the platform made for the link that opens this cohort, if it made one."""
    return session.scalar(
        select(models.ResourceLink.lineitem_url)
        .where(models.ResourceLink.cohort_id == cohort_id, models.ResourceLink.lineitem_url.is_not(None))
        .order_by(models.ResourceLink.id)
        .limit(1)
    )


def link_ids(session: Session, cohort_id: int) -> list[str]:
    """The platform's ids of the links that open this cohort."""
    query = select(models.ResourceLink.link_id).where(models.ResourceLink.cohort_id == cohort_id)
    return list(session.scalars(query.order_by(models.ResourceLink.id)))


def lock(session: Session, participant_ids: Collection[int]) -> None:
    """Let whoever else reckons points in these people's cohorts wait for the end of this transaction.

    Taken before any score is touched, always in the same order, so that nobody waits in a circle.
    """
    if not participant_ids:
        return
    cohorts = select(models.Participant.cohort_id).where(models.Participant.id.in_(participant_ids))
    session.execute(
        select(models.GradeRule.cohort_id)
        .where(models.GradeRule.cohort_id.in_(cohorts))
        .order_by(models.GradeRule.cohort_id)
        .with_for_update()
    )


def keep_workers_away(session: Session, course_id: int) -> None:
    """Let no worker take scores of this course until the end of the transaction, which writes many of them.

    Taken before the cohort's rule: each would otherwise wait for rows that the other one holds.
    """
    course = models.Course.id == course_id
    session.execute(select(models.Course.id).where(course).with_for_update(key_share=True))


def locked_rule(session: Session, cohort_id: int) -> models.GradeRule:
    """The same for one cohort; gives its rule as it is now."""
    query = select(models.GradeRule).where(models.GradeRule.cohort_id == cohort_id)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def recorded(session: Session, course_id: int, participant_ids: Collection[int]) -> frozenset[str]:
    """The keys of those of these people's scores that were ever written to be sent."""
    query = select(models.Delivery.key).where(
        models.Delivery.route == route(course_id), models.Delivery.participant_id.in_(participant_ids)
    )
    return frozenset(session.scalars(query.distinct()))


def may_have_arrived(session: Session, participant: models.Participant, part: str) -> bool:
    """Whether the gradebook may hold a score of this person in this column."""
    query = exists().where(
        models.Delivery.route == route(participant.cohort.course_id),
        models.Delivery.key == key(participant.id, part),
        # A try that got no answer may have arrived; one that is under way may arrive yet.
        or_(models.Delivery.state.in_(["delivered", "leased"]), models.Delivery.attempts > 0),
    )
    return bool(session.scalar(select(query)))


def refused_for_want_of_column(session: Session, cohort: models.Cohort) -> list[int]:
    """Deliveries of a cohort's scores that were refused because there was no column."""
    people = select(models.Participant.id).where(models.Participant.cohort_id == cohort.id)
    query = select(models.Delivery.id).where(
        models.Delivery.route == route(cohort.course_id),
        models.Delivery.participant_id.in_(people),
        models.Delivery.state == "dead",
        models.Delivery.answer_status == 404,
    )
    return list(session.scalars(query))
