"""The two formulas of "Mentorship and Peer Learning Engagement", as pure functions, and their rules.

Mentorship Engagement Rate = people in mentor or mentee roles / headcount x 100.
Peer Learning Frequency = structured peer-learning sessions per person per month.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

FORMATS = {
    "mentorship": ("mentoring",),
    "peer_learning": ("pairing", "circle", "knowledge_share"),
    "community": ("community",),
}
"""The measure's three formats, and which sessions belong to each."""


@dataclass(frozen=True)
class Month:
    """A calendar month, or the part of it in which the cohort has been running (UTC)."""

    first: date
    last: date

    @property
    def share(self) -> Fraction:
        """1 for a whole month, else the share of its days."""
        days = calendar.monthrange(self.first.year, self.first.month)[1]
        return Fraction((self.last - self.first).days + 1, days)

    @property
    def begins(self) -> datetime:
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        after = self.last + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=UTC)


def months(first: date, last: date, today: date) -> list[Month]:
    """The months from a cohort's first day to its last, or to today while it goes on."""
    until = min(last, today)
    found = []
    while first <= until:
        length = calendar.monthrange(first.year, first.month)[1]
        end = min(first.replace(day=length), until)
        found.append(Month(first, end))
        first = end + timedelta(days=1)
    return found


def length(of: list[Month]) -> Fraction:
    """How many months these are together."""
    return sum((month.share for month in of), Fraction())


def engagement_rate(engaged: int, headcount: int) -> Fraction | None:
    """Percent of the headcount; None while there is nobody to count."""
    return Fraction(100 * engaged, headcount) if headcount else None


def learning_frequency(sessions: int, people: int, months_passed: Fraction) -> Fraction | None:
    """Sessions a person a month; None while there are no people or no time has passed.

    Args:
        sessions: taken part in, summed over the people: one session of two people counts two.
    """
    return Fraction(sessions) / people / months_passed if people and months_passed else None
