"""Cohorts of the course from which this one was copied: offered once, copied without their people."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db import clock, models

MOST_OFFERS = 3
_LONGEST_NAME = 120


class NotOffered(Exception):
    """There is no such offer (any more): it was decided, or the course is no copy."""


def offers(session: Session, course: models.Course) -> Sequence[models.Cohort]:
    """Cohorts whose set-up can be taken over and about which nobody has decided, the newest first."""
    origin, decided = models.CourseOrigin, models.CohortCopy
    query = (
        select(models.Cohort)
        .join(models.Course)
        .join(origin, origin.source_id == models.Course.id)
        .where(
            origin.deployment_id == course.deployment_id,
            origin.context_id == course.context_id,
            models.Course.deployment_id == course.deployment_id,
            ~exists().where(decided.course_id == course.id, decided.source_id == models.Cohort.id),
        )
        .order_by(models.Cohort.starts_on.desc(), models.Cohort.id.desc())
        .limit(MOST_OFFERS)
        .options(joinedload(models.Cohort.course))
    )
    return session.scalars(query).unique().all()


def copy(
    session: Session, course: models.Course, source_id: int, by: models.Member, today: date
) -> models.Cohort:
    """A new cohort with the topics, rules and length of another, beginning today, without its people.

    A repetition gives the cohort that the first made.

    Raises:
        NotOffered: there is no such offer, or it was declined.
    """
    made = _decided(session, course, source_id)
    if made is not None:
        if made.cohort is None:
            raise NotOffered
        return made.cohort
    source = _offered(session, course, source_id)
    cohort = _without_people(source, course, by, today, _free_name(session, course, source.name))
    session.add(cohort)
    session.flush()
    _copy_matching_rules(session, source, cohort, by)
    _decide(session, course, source, by, cohort)
    return cohort


def decline(session: Session, course: models.Course, source_id: int, by: models.Member) -> None:
    """Not to be offered again. A repetition changes nothing.

    Raises:
        NotOffered: there is no such offer.
    """
    if _decided(session, course, source_id) is None:
        _decide(session, course, _offered(session, course, source_id), by, None)


def _decided(session: Session, course: models.Course, source_id: int) -> models.CohortCopy | None:
    # Two clicks in the same moment: the second waits, and finds what the first one decided.
    lock = select(models.Course.id).where(models.Course.id == course.id)
    session.execute(lock.with_for_update(key_share=True))
    return session.scalar(
        select(models.CohortCopy).where(
            models.CohortCopy.course_id == course.id, models.CohortCopy.source_id == source_id
        )
    )


def _offered(session: Session, course: models.Course, source_id: int) -> models.Cohort:
    found = next((one for one in offers(session, course) if one.id == source_id), None)
    if found is None:
        raise NotOffered
    return found


def _decide(
    session: Session,
    course: models.Course,
    source: models.Cohort,
    by: models.Member,
    cohort: models.Cohort | None,
) -> None:
    session.add(
        models.CohortCopy(
            course_id=course.id,
            source=source,
            cohort=cohort,
            decided_by_id=by.id,
            decided_at=clock.now(),
        )
    )
    session.flush()


def _without_people(
    source: models.Cohort, course: models.Course, by: models.Member, today: date, name: str
) -> models.Cohort:
    return models.Cohort(
        course=course,
        name=name,
        kind=source.kind,
        starts_on=today,
        ends_on=today + (source.ends_on - source.starts_on),
        mentors=source.mentors,
        checkpoints=source.checkpoints,
        review_untrained=source.review_untrained,
        audit_percent=source.audit_percent,
        created_by_id=by.id,
        created_at=clock.now(),
        grade_rule=_rule(source.grade_rule),
        topics=[
            models.Topic(name=topic.name, risk=topic.risk, position=topic.position) for topic in source.topics
        ],
    )


def _copy_matching_rules(
    session: Session, source: models.Cohort, cohort: models.Cohort, by: models.Member
) -> None:
    """The newest version becomes the copy's first."""
    row = models.MatchingRules
    query = select(row).where(row.cohort_id == source.id).order_by(row.version.desc()).limit(1)
    newest = session.scalar(query)
    if newest is not None:
        session.add(
            row(cohort_id=cohort.id, version=1, values=newest.values, changed_by=by, changed_at=clock.now())
        )


def _rule(source: models.GradeRule) -> models.GradeRule:
    return models.GradeRule(
        enabled=source.enabled,
        maximum=source.maximum,
        places=source.places,
        apart=source.apart,
        parts=[
            models.GradePart(
                kind=part.kind,
                weight=part.weight,
                needed=part.needed,
                most=part.most,
                period=part.period,
                makeup=part.makeup,
            )
            for part in source.parts
        ],
    )


def _free_name(session: Session, course: models.Course, name: str) -> str:
    taken = set(session.scalars(select(models.Cohort.name).where(models.Cohort.course_id == course.id)))
    numbered = (name[: _LONGEST_NAME - 4] + f" {number}" for number in range(2, 1000))
    return next(one for one in (name, *numbered) if one not in taken)
