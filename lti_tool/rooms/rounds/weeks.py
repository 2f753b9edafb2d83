"""The weeks of a cohort, counted from its first day: 0 is the first seven days."""

from datetime import date, timedelta

from lti_tool.db import models

WEEK = timedelta(days=7)
NOTICE = timedelta(days=7)
"""An expert hears of a checkpoint at least this long before it is due."""


def week_of(cohort: models.Cohort, on: date) -> int:
    """The week in which a day falls; days before the cohort are in its first week, later ones in its last."""
    day = min(max(on, cohort.starts_on), cohort.ends_on)
    return (day - cohort.starts_on) // WEEK


def weeks_left(cohort: models.Cohort, on: date) -> int:
    """Weeks from the one of `on` to the last, both counted; at least 1."""
    return week_of(cohort, cohort.ends_on) - week_of(cohort, on) + 1


def due_on(cohort: models.Cohort, week: int | None, today: date) -> date:
    """The last day of a week; without one, the middle of the cohort. Never sooner than a week from today."""
    if week is None:
        wished = cohort.starts_on + (cohort.ends_on - cohort.starts_on) // 2
    else:
        wished = cohort.starts_on + (week + 1) * WEEK - timedelta(days=1)
    return max(min(wished, cohort.ends_on), today + NOTICE)
