"""Parts of the week that people have words for: weekday evenings, Tuesday mornings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matching.week import utc_week

Part = Literal["morning", "afternoon", "evening"]
#: Local hours at which each part of the day begins and ends.
HOURS: dict[Part, tuple[int, int]] = {"morning": (8, 12), "afternoon": (12, 17), "evening": (17, 22)}
#: By name, the days (0 = Monday) that are spoken of together; a single day is named by its number.
DAYS: dict[str, tuple[int, ...]] = {
    **{str(day): (day,) for day in range(7)},
    "weekend": (5, 6),
    "weekdays": (0, 1, 2, 3, 4),
}
_HALF_HOURS = 48


@dataclass(frozen=True)
class Window:
    """days: a key of `DAYS`. part: a key of `HOURS`. slots: the half hours 0..335 of the UTC week in it."""

    days: str
    part: Part
    slots: frozenset[int]


def windows(zone: str, on: date) -> tuple[Window, ...]:
    """Every such part of the week in a time zone, by the offsets of the week that holds `on`; the shortest
    first. Raises ValueError naming zone."""
    found = [
        Window(days, part, utc_week(_local(numbers, part), zone, on))
        for days, numbers in DAYS.items()
        for part in HOURS
    ]
    return tuple(sorted(found, key=lambda window: len(window.slots)))


def _local(days: tuple[int, ...], part: Part) -> list[int]:
    start, stop = HOURS[part]
    return [day * _HALF_HOURS + slot for day in days for slot in range(2 * start, 2 * stop)]
