"""When two people are both free: each one's week laid onto real dates in their own zone.

Everything is computed for each date by itself, so that a change of the clocks in one zone and not yet in the
other moves the shared hours exactly as it moves the people's days. Pure: no database, no request.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HALF_HOUR = timedelta(minutes=30)
STEP = timedelta(minutes=15)
"""All zones in use stand at a multiple of a quarter of an hour from UTC, some not at half an hour (Nepal)."""
HALF_HOURS_A_DAY = 48


@dataclass(frozen=True)
class FreeWeek:
    """Free half hours of a week (0 = Monday 00:00) by the clock of an IANA zone."""

    slots: frozenset[int]
    zone: str


@dataclass(frozen=True)
class Stretch:
    """A time without gap, from ``start`` up to ``end`` (aware, UTC)."""

    start: datetime
    end: datetime


def stretches(weeks: Sequence[FreeWeek], after: datetime, until: datetime) -> list[Stretch]:
    """When all of them are free between two instants, in order and as long as each lasts."""
    if not weeks:
        return []
    shared = set.intersection(*(set(_free_steps(week, after, until)) for week in weeks))
    return list(_joined(sorted(shared)))


def proposals(
    weeks: Sequence[FreeWeek],
    after: datetime,
    until: datetime,
    *,
    minutes: int,
    limit: int,
    taken: Iterable[Stretch] = (),
) -> list[datetime]:
    """Beginnings at which all are free for ``minutes``, spread over the days so that people have a choice.

    Args:
        taken: what they have booked already; nothing is proposed that meets it.

    Returns:
        At most ``limit`` instants in UTC, earliest first.
    """
    length = timedelta(minutes=minutes)
    busy = list(taken)
    days: dict[date, list[datetime]] = {}
    for start in _starts(stretches(weeks, after, until), length):
        if not any(start < other.end and other.start < start + length for other in busy):
            days.setdefault(start.astimezone(ZoneInfo(weeks[0].zone)).date(), []).append(start)
    if not days:
        return []
    a_day = math.ceil(limit / len(days))
    return [start for starts in days.values() for start in _spread(starts, a_day)][:limit]


def exists(local: datetime, zone: str) -> bool:
    """Whether a clock in the zone ever shows this (naive) time: it skips an hour when summer time begins."""
    aware = local.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def is_ambiguous(local: datetime, zone: str) -> bool:
    """Whether a clock in the zone shows this (naive) time twice, as when summer time ends."""
    return len(set(_instants(local, ZoneInfo(zone)))) > 1


def _free_steps(week: FreeWeek, after: datetime, until: datetime) -> Iterator[datetime]:
    """The quarters of an hour in which one person is free, each as its beginning in UTC."""
    zone = ZoneInfo(week.zone)
    day = after.astimezone(zone).date()
    last = until.astimezone(zone).date()
    while day <= last:
        for half in range(HALF_HOURS_A_DAY):
            if day.weekday() * HALF_HOURS_A_DAY + half in week.slots:
                yield from _steps(datetime.combine(day, time(half // 2, half % 2 * 30)), zone, after, until)
        day += timedelta(days=1)


def _steps(local: datetime, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
    for quarter in (local, local + STEP):
        for instant in _instants(quarter, zone):
            if after <= instant and instant + STEP <= until:
                yield instant


def _instants(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """When clocks of the zone show this time: once as a rule, never or twice when they are changed."""
    found = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [instant for instant in found if instant.astimezone(zone).replace(tzinfo=None, fold=0) == local]
    return sorted(set(real))


def _joined(steps: Sequence[datetime]) -> Iterator[Stretch]:
    if not steps:
        return
    start = end = steps[0]
    for step in steps:
        if step > end:
            yield Stretch(start, end)
            start = step
        end = step + STEP
    yield Stretch(start, end)


def _starts(found: Iterable[Stretch], length: timedelta) -> Iterator[datetime]:
    for stretch in found:
        start = _round_up(stretch.start)
        while start + length <= stretch.end:
            yield start
            start += HALF_HOUR


def _round_up(start: datetime) -> datetime:
    """To a quarter of an hour: "now" may cut a stretch anywhere."""
    over = (start - datetime.min.replace(tzinfo=UTC)) % STEP
    return start if not over else start + (STEP - over)


def _spread(starts: Sequence[datetime], count: int) -> list[datetime]:
    """At most ``count`` of a day's beginnings, as far apart as they come."""
    if len(starts) <= count:
        return list(starts)
    if count == 1:
        return [starts[0]]
    chosen = {round(index * (len(starts) - 1) / (count - 1)) for index in range(count)}
    return [starts[at] for at in sorted(chosen)]
