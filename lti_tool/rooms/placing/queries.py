"""What can be placed in a course."""

from datetime import date

from sqlalchemy import select, union
from sqlalchemy.orm import Session, selectinload

from lti_tool.db import models

MOST = 50


def placeable(session: Session, course: models.Course, today: date) -> list[models.Cohort]:
    """Cohorts that have not ended, the newest first."""
    query = (
        select(models.Cohort)
        .where(models.Cohort.course_id == course.id, models.Cohort.ends_on >= today)
        .order_by(models.Cohort.id.desc())
        .options(selectinload(models.Cohort.grade_rule))
        .limit(MOST)
    )
    return list(session.scalars(query))


def with_column(session: Session, cohorts: list[models.Cohort]) -> set[int]:
    """Ids of those that have a gradebook column already: a second one would stay empty."""
    ids = [cohort.id for cohort in cohorts]
    made = select(models.LineItem.cohort_id).where(
        models.LineItem.cohort_id.in_(ids), models.LineItem.url.is_not(None)
    )
    linked = select(models.ResourceLink.cohort_id).where(
        models.ResourceLink.cohort_id.in_(ids), models.ResourceLink.lineitem_url.is_not(None)
    )
    return {key for key in session.scalars(union(made, linked)) if key is not None}
