"""The grade rule as a pure function: what somebody took part in, and the points that it gives.

Only dates come in here: nothing of what was said, and not how a review ended.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Taken = Mapping[str, Sequence[date]]
"""By kind: the day of each thing that counts, in any order."""

WHOLE = ""


@dataclass(frozen=True)
class PartTerms:
    """How one kind of taking part counts."""

    kind: str
    weight: int
    """Share of the maximum, relative to the other weights; 0: it does not count."""
    needed: int = 1
    """How many give the part in full, at least 1."""
    most: int | None = None
    """At most so many of one period count."""
    period: str = "week"
    """week or month: calendar weeks from Monday, or calendar months, in UTC."""
    makeup: int = 0
    """So many beyond ``most``, in all periods together, count too: they make up for poorer periods."""


@dataclass(frozen=True)
class Terms:
    """A grade rule."""

    maximum: int
    parts: tuple[PartTerms, ...]
    places: int = 2
    """Decimal places that points are rounded to, half up."""
    apart: bool = False
    """A column for each part instead of one for all."""

    @property
    def counting(self) -> tuple[PartTerms, ...]:
        return tuple(part for part in self.parts if part.weight > 0)

    def share(self, part: PartTerms) -> Fraction:
        """The part's points at full participation."""
        whole = sum(one.weight for one in self.parts)
        return Fraction(self.maximum * part.weight, whole) if whole else Fraction(0)

    def columns(self) -> tuple[str, ...]:
        """`WHOLE`, or the kinds that have a column of their own."""
        return tuple(part.kind for part in self.counting) if self.apart else (WHOLE,)


@dataclass(frozen=True)
class Part:
    """One thing that counts: how much of it took place and counts, and the points it gives."""

    kind: str
    done: int
    counted: int
    """Of those done, within the cap; may be more than are needed."""
    needed: int
    points: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class Column:
    """What goes into one column of the gradebook."""

    part: str
    """A kind, or `WHOLE`."""
    points: Decimal
    maximum: Decimal
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Reckoning:
    """Points of a maximum, and the parts they come from."""

    points: Decimal
    maximum: Decimal
    """Where each part has its own column, the sum of the columns' maxima, which may differ by rounding."""
    parts: tuple[Part, ...]
    apart: bool = False

    @property
    def complete(self) -> bool:
        return self.points >= self.maximum

    def columns(self) -> tuple[Column, ...]:
        if self.apart:
            return tuple(Column(part.kind, part.points, part.maximum, (part,)) for part in self.parts)
        return (Column(WHOLE, self.points, self.maximum, self.parts),)


def reckon(terms: Terms, taken: Taken) -> Reckoning:
    """The rule itself.

    Returns:
        Between 0 and the maximum. The same for the same things in any order, and never less for one more.
    """
    found: list[Part] = []
    total = Fraction(0)
    for part in terms.counting:
        days = taken.get(part.kind, ())
        counted = within_cap(part, days)
        share = terms.share(part)
        exact = share * min(counted, part.needed) / part.needed
        total += exact
        places = terms.places if terms.apart else 2
        points, most = _rounded(exact, places), _rounded(share, places)
        found.append(Part(part.kind, len(days), counted, part.needed, points, most))
    parts = tuple(found)
    if terms.apart:
        points = sum((one.points for one in parts), Decimal(0))
        return Reckoning(points, sum((one.maximum for one in parts), Decimal(0)), parts, apart=True)
    return Reckoning(_rounded(total, terms.places), Decimal(terms.maximum), parts)


def within_cap(part: PartTerms, days: Iterable[date]) -> int:
    """How many of these count: at most so many of each period, and as many again as may be made up."""
    if part.most is None:
        return sum(1 for _day in days)
    by_period = Counter(_period(day, part.period) for day in days)
    within = sum(min(number, part.most) for number in by_period.values())
    beyond = sum(by_period.values()) - within
    return within + min(beyond, part.makeup)


def _period(day: date, period: str) -> date:
    return day.replace(day=1) if period == "month" else day - timedelta(days=day.weekday())


def _rounded(points: Fraction, places: int) -> Decimal:
    step = Decimal(1).scaleb(-places)
    # Exact: a fraction becomes a decimal only after it was rounded to whole steps.
    steps = (points * 10**places + Fraction(1, 2)).__floor__()
    return (Decimal(steps) * step).quantize(step, ROUND_HALF_UP)
