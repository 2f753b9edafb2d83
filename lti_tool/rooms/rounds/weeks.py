"""The weeks of a cohort, counted from its first day: 0 is the first seven days."""

from collections import Counter
from collections.abc import Iterable
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


MOST_DAYS_AWAY = 3
"""Of a week in which an expert still does reviews."""


def away(
    cohort: models.Cohort, absences: Iterable[tuple[date, date]], first_week: int, weeks: int
) -> frozenset[int]:
    """Weeks of a window, its first one 1, of which more days lie in absences (first and last day)."""
    days: set[date] = set()
    begins = cohort.starts_on + first_week * WEEK
    ends = begins + weeks * WEEK
    for first, last in absences:
        day, last = max(first, begins), min(last, ends)
        days.update(day + timedelta(days=number) for number in range((last - day).days + 1))
    found = Counter((day - begins) // WEEK + 1 for day in days)
    return frozenset(week for week, number in found.items() if number > MOST_DAYS_AWAY and week <= weeks)


def due_on(cohort: models.Cohort, week: int | None, today: date) -> date:
    """The last day of a week; without one, the middle of the cohort. Never sooner than a week from today."""
    if week is None:
        wished = cohort.starts_on + (cohort.ends_on - cohort.starts_on) // 2
    else:
        wished = cohort.starts_on + (week + 1) * WEEK - timedelta(days=1)
    return max(min(wished, cohort.ends_on), today + NOTICE)
